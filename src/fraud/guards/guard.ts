/** A guard asks for one honest cause. It is told the whole suspicion, and its answer stands in the evidence whatever it is. */
import type { Explanation, GuardEffect, GuardResult, Suspicion } from "../verdict.ts";
import type { Instant } from "../facts/instant.ts";
import type { View } from "../view.ts";

export interface Guard {
  readonly name: string;
  ask(suspicion: Suspicion, view: View): GuardResult;
}

interface Answer {
  readonly effect: GuardEffect;
  readonly detail: string;
}

export function guard(
  name: string,
  ask: (suspicion: Suspicion, view: View) => Answer | null,
): Guard {
  return {
    name,
    ask: (suspicion, view) => ({
      guard: name,
      ...(ask(suspicion, view) ?? { effect: { kind: "none" }, detail: "does not apply" }),
    }),
  };
}

export const explains = (as: Explanation, detail: string): Answer => ({
  effect: { kind: "explains", as },
  detail,
});
/** @param untilAt when it no longer does; null: while the facts are as they are */
export const weakens = (detail: string, untilAt: Instant | null = null): Answer => ({
  effect: { kind: "weakens", untilAt },
  detail,
});
export const quiet = (untilAt: Instant, as: Explanation, detail: string): Answer => ({
  effect: { kind: "quiet", untilAt, as },
  detail,
});
