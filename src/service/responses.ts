/** Responses to misuse: the loop that makes those which a policy has switched on, and what a person orders and takes back. */
import { z } from "zod";
import { parseWith } from "../lib/schema.ts";
import type { ResponseStore, ResponseView } from "../ports/response-store.ts";
import { demand, type Caller } from "./access.ts";
import { reportMistake, takeWhatWaits, type Taking } from "./taking.ts";

const EVERY_MS = 1_000;

/** Until the signal aborts. Several processes may do it: they take turns. */
export async function respondToMisuse(
  deps: Taking & { readonly store: ResponseStore },
  signal: AbortSignal,
): Promise<void> {
  const failed = (error: unknown): void => {
    reportMistake(deps.telemetry, error, {
      log: "a finding could not be responded to; it is left to a person",
      message: "a response to misuse failed",
      of: "response",
    });
  };
  const how = { everyMs: EVERY_MS, trouble: "misuse is not responded to now" };
  await takeWhatWaits(deps, how, () => deps.store.respondDue(failed), signal);
}

/** As `POST /v1/findings/{id}/respond` takes it. */
export const RESPONSE_BODY = z.strictObject({
  step: z.enum(["rotate", "disconnect", "suspend"]),
  reason: z
    .string()
    .min(1)
    .max(500)
    .regex(/^[^\u0000-\u001f\u007f]*$/, "holds a control character"),
});

export interface Responses {
  /** Those that were made, refused or noted, oldest first. */
  to(finding: number, caller: Caller): Promise<readonly ResponseView[]>;
  /** @throws `not_found`, `finding_closed`, `response_refused` */
  order(finding: number, body: unknown, caller: Caller): Promise<ResponseView>;
  /** @throws `not_found`, `response_refused` */
  undo(finding: number, response: number, caller: Caller): Promise<ResponseView>;
}

export function responsesOf({ store }: { readonly store: ResponseStore }): Responses {
  return {
    async to(finding, caller) {
      demand(caller, "findings:read", "findings:decide");
      return await store.responsesTo(finding);
    },
    async order(finding, body, caller) {
      demand(caller, "findings:decide");
      const { step, reason } = parseWith(RESPONSE_BODY, body, "response");
      return await store.order(finding, step, reason, caller.actor);
    },
    async undo(finding, response, caller) {
      demand(caller, "findings:decide");
      return await store.undo(finding, response, caller.actor);
    },
  };
}

const WHY: Readonly<Record<string, string>> = {
  protected: "a device of it is labelled protected",
  stale: "nothing was seen of it for a day",
  no_service: "not exactly one service has this credential",
  own_side_unknown: "it cannot be told which side is the customer's own",
  no_session: "no session of another box runs",
  cap_lately: "five automatic responses in ten minutes are the most",
  cap_today: "ten automatic responses a day are the most",
  mistake_of_ours: "a mistake of ours; it was reported",
};

/** For people, in one line. */
export function responseText({ step, mode, verdict, reason, state, sessions }: ResponseView) {
  const what =
    step === "rotate"
      ? "ask its owner for a new password"
      : step === "suspend"
        ? "suspend the service"
        : `end ${sessions} ${sessions === 1 ? "session" : "sessions"} of another box`;
  if (verdict === "refuse") {
    const word = mode === "shadow" ? "would not have done anything" : "refused";
    return `${word} (${step}): ${WHY[reason] ?? reason}`;
  }
  if (mode === "shadow") return `in shadow; would have: ${what}`;
  return `${what}: ${state}`;
}
