/** Findings for people: who may read them, and who may decide. */
import { z } from "zod";
import { RULES } from "../fraud/rules/index.ts";
import { PATTERN_IDS, type PatternId } from "../fraud/rules/pattern.ts";
import { AppError } from "../lib/errors.ts";
import { parseWith } from "../lib/schema.ts";
import type { FindingView, FindingsStore, FirstLook } from "../ports/findings-store.ts";
import type { Page } from "../ports/fleet-store.ts";
import { demand, type Caller } from "./access.ts";
import { checkSelector } from "./devices.ts";

const STATES = ["suspected", "confirmed", "actioned", "closed"] as const;
const PAGE_DEFAULT = 50;

const listOf = <T extends string>(known: readonly T[], what: string) =>
  z.string().transform((text, context): T[] => {
    const named = text.split(",").map((one) => one.trim());
    const found = known.filter((one) => named.includes(one));
    if (found.length === new Set(named).size) return found;
    context.addIssue({ code: "custom", message: `must be ${what}: ${known.join(", ")}` });
    return z.NEVER;
  });
/** `state=all` is every one; without it the open ones are shown. */
const query = z.strictObject({
  state: z
    .literal("all")
    .transform(() => [...STATES])
    .or(listOf(STATES, "states, or all"))
    .optional(),
  pattern: listOf(PATTERN_IDS, "patterns").optional(),
  selector: z.string().min(1).max(8_192).optional(),
  limit: z.int().optional(),
  cursor: z.string().optional(),
});

const decision = z.strictObject({
  as: z.enum(["theft", "swap", "clone", "mistake"]),
  reason: z
    .string()
    .min(1)
    .max(500)
    .regex(/^[^\u0000-\u001f\u007f]*$/, "holds a control character"),
});

/** What the API takes; the document of the API is made of the same. */
export const DECISION_BODY = decision;

export interface Findings {
  list(
    given: unknown,
    caller: Caller,
  ): Promise<Page<FindingView> & { readonly firstLook: FirstLook | null }>;
  /** Logged: it holds what ties a line and a MAC to a customer. @throws `not_found` */
  get(id: number, caller: Caller): Promise<FindingView>;
  /** @throws `not_found`, `finding_closed` */
  decide(id: number, body: unknown, caller: Caller): Promise<FindingView>;
}

export function patternName(pattern: PatternId): string {
  return RULES[pattern].name;
}

export function findingsOf({ store }: { readonly store: FindingsStore }): Findings {
  return {
    async list(given, caller) {
      demand(caller, "findings:read");
      const { state, pattern, selector, limit, cursor } = parseWith(
        query,
        given,
        "query parameter",
      );
      if (selector !== undefined) checkSelector(selector, "record");
      const page = await store.findings({
        states: state ?? null,
        patterns: pattern ?? null,
        selector: selector ?? null,
        limit: limit ?? PAGE_DEFAULT,
        cursor: cursor ?? null,
      });
      return { ...page, firstLook: await store.firstLook() };
    },
    async get(id, caller) {
      demand(caller, "findings:read");
      const found = await store.finding(id, caller.actor);
      if (found === null) throw new AppError("not_found", `there is no finding ${id}`);
      return found;
    },
    async decide(id, body, caller) {
      demand(caller, "findings:decide");
      const { as, reason } = parseWith(decision, body, "decision");
      return await store.decide(id, as, reason, caller.actor);
    },
  };
}
