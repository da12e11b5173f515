/**
 * What a law is: a name, a sentence, and a way to look whether a binding keeps it on a device. One file each in `rules`,
 * one line each in `index.ts`.
 */
import fc from "fast-check";
import { messageOf } from "../../lib/errors.ts";
import type { Trial } from "./trial.ts";

/** The same budget always makes the same checks. */
export interface Budget {
  readonly runs: number;
  readonly seed: number;
}

export interface Failure {
  readonly message: string;
  /** What was tried, as short as it could be made; secrets are marks. */
  readonly counterexample: string;
  readonly seed: number;
  /** Of fast-check, to come back to the counterexample; empty where nothing was drawn by lot. */
  readonly path: string;
}

export interface Verdict {
  readonly checks: number;
  /** Checks that ended in a typed refusal. */
  readonly refused: number;
  readonly failure: Failure | null;
}

/** Grows while a property runs. */
export interface Tally {
  refused: number;
}

export interface Law {
  readonly name: string;
  readonly says: string;
  /** Null: the law says nothing of such a binding. */
  judge(trial: Trial, budget: Budget): Verdict | null;
}

/** For laws that draw nothing by lot. */
export const brokenBy = (message: string, counterexample: string, checks: number): Verdict => ({
  checks,
  refused: 0,
  failure: { message, counterexample, seed: 0, path: "" },
});

/** Ends the run of a property; `judgeBy` turns it into a failure. */
export class Broken extends Error {}

/** Secrets print as marks; everything else as JSON, cut where it is long. */
function printed(drawn: unknown): string {
  const text = JSON.stringify(drawn);
  return text.length > 600 ? `${text.slice(0, 600)}...` : text;
}

/**
 * @param holds throws `Broken` when the law does not hold for what was drawn
 */
export function judgeBy<T>(
  drawn: fc.Arbitrary<T>,
  { runs, seed }: Budget,
  holds: (drawn: T, tally: Tally) => void,
): Verdict {
  const tally = { refused: 0 };
  const details = fc.check(
    fc.property(drawn, (one) => {
      holds(one, tally);
    }),
    { numRuns: runs, seed },
  );
  const failure = details.failed
    ? {
        message: messageOf(details.errorInstance),
        counterexample: printed(details.counterexample?.[0]),
        seed: details.seed,
        path: details.counterexamplePath ?? "",
      }
    : null;
  return { checks: details.numRuns, refused: tally.refused, failure };
}
