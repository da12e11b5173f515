/**
 * Sends to the AAA what was asked of it: a loop beside everything else. Nothing waits for it, and an AAA that is away or says
 * no holds up no suspension, no correction and no other session (I19).
 */
import type { AaaOutcome, AaaStore, DueAaaRequest } from "../ports/aaa-store.ts";
import type { DynamicAuthorization } from "../ports/outbound.ts";
import { takeWhatWaits, type Taking } from "./taking.ts";

const EVERY_MS = 500;
const AT_ONCE = 8;
/** Longer than any exchange: five packets, the first wait 5 s, make 155 s. */
const LEASE_MS = 4 * 60_000;
/** A secret that is missing is put there by a person. */
const HINDERED_MS = 60_000;

export interface AaaSenderDeps extends Taking {
  readonly store: AaaStore;
  readonly outbound: DynamicAuthorization;
}

/** Until the signal aborts; what is under way is then left to the next process. Several processes may do it. */
export async function sendToAaa(deps: AaaSenderDeps, signal: AbortSignal): Promise<void> {
  const how = { everyMs: EVERY_MS, trouble: "nothing is asked of the AAA now" };
  await takeWhatWaits(deps, how, async () => (await sendDue(deps, signal)) > 0, signal);
}

const WANTED = { suspend: "suspended", resume: "active" } as const;

/** What is due, a few at once. @returns how many were taken */
export async function sendDue(
  { store, outbound }: Pick<AaaSenderDeps, "store" | "outbound">,
  signal: AbortSignal,
): Promise<number> {
  const due = await store.takeAaa(AT_ONCE, LEASE_MS);
  await Promise.all(
    due.map(async (request) => {
      await store.settleAaa(request, await outcomeOf(request, outbound, signal));
    }),
  );
  return due.length;
}

async function outcomeOf(
  request: DueAaaRequest,
  outbound: DynamicAuthorization,
  signal: AbortSignal,
): Promise<AaaOutcome> {
  const { purpose, target, hindrance, session, username, nas, nasAddress } = request;
  if (request.isOver) return { kind: "moot", detail: "the session had ended" };
  if (hindrance !== null) return { kind: "later", waitMs: HINDERED_MS, detail: hindrance };
  if (target === null) return { kind: "told" };
  const { filterIds, settleMs } = target;
  if (purpose === "resume" && filterIds === null) {
    // It was ended, and logs in again by itself; a session that began since is an active one.
    return { kind: "moot", detail: "a resume ends no session; the CPE logs in again" };
  }
  // The AAA must refuse the next login before this one is cut, or the CPE is back at once.
  const leftMs = purpose === "suspend" ? Math.ceil(settleMs - request.ageMs) : 0;
  if (leftMs > 0) return { kind: "later", waitMs: leftMs, detail: "the AAA is told first" };
  const named = { sessionId: session, username, nasIdentifier: nas, nasAddress };
  const change =
    purpose === "misuse" || filterIds === null
      ? ({ kind: "disconnect" } as const)
      : ({ kind: "coa", filterId: filterIds[WANTED[purpose]] } as const);
  const answer = await outbound.ask(target, named, change, signal);
  if (answer.kind === "unknown" && signal.aborted) {
    return { kind: "later", waitMs: 0, detail: answer.why };
  }
  return { kind: "answered", packet: change.kind, answer };
}
