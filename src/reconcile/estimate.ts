/**
 * When it is a device's turn, from what was measured: devices finished a minute, and the times of calls. A range from p50
 * to p90, and no moment at all where nothing was measured or nobody can know.
 */
import type { State } from "../model/status.ts";

export interface EstimateFacts {
  readonly now: Date;
  readonly state: State;
  /** When it is due; null: nothing is. */
  readonly dueAt: Date | null;
  /** Devices that are due now and go first. */
  readonly ahead: number;
  /** Of the holder of its ACS; each null where it was not measured yet. */
  readonly perMinute: number | null;
  readonly callP50Ms: number | null;
  readonly callP90Ms: number | null;
  /** Something keeps it from being served at all: a hold, a stop, an ACS that nobody serves or that does not answer. */
  readonly blocked: boolean;
  /** Devices that are looked for as this one would be, and the share of the ACS's time that this may take. */
  readonly probed: { readonly devices: number; readonly share: number };
}

export type Estimate =
  /** Nothing happens until somebody wants something. */
  | { readonly kind: "nothing" }
  /** It is being worked on. */
  | { readonly kind: "now" }
  /** Not before what keeps it has ended; `at` is when it is looked at again. */
  | { readonly kind: "blocked"; readonly at: Date | null }
  /** Nobody knows when it is back. It is looked for about so often; null where no call was measured. */
  | { readonly kind: "offline"; readonly everyMs: number | null }
  /** No rate yet. */
  | { readonly kind: "notBefore"; readonly at: Date }
  | { readonly kind: "range"; readonly from: Date; readonly to: Date };

const MINUTE_MS = 60_000;
/** A device that is away is looked for no more often than this, however few there are (`reconcile/outcome.ts`). */
const PROBED_AT_MOST_MS = 75_000;

export function estimate(facts: EstimateFacts): Estimate {
  const { now, dueAt, callP50Ms, callP90Ms } = facts;
  if (facts.state === "applying") return { kind: "now" };
  if (facts.blocked) return { kind: "blocked", at: dueAt };
  if (facts.state === "offline") return { kind: "offline", everyMs: probedEvery(facts) };
  if (dueAt === null) return { kind: "nothing" };
  const startMs = Math.max(now.getTime(), dueAt.getTime());
  const waitMs = waitOf(facts, startMs - now.getTime());
  if (waitMs === null || callP50Ms === null || callP90Ms === null) {
    // Each device before it takes one call at least.
    const leastMs = startMs > now.getTime() ? 0 : facts.ahead * (callP50Ms ?? 0);
    return { kind: "notBefore", at: new Date(startMs + leastMs) };
  }
  const slow = callP50Ms > 0 ? Math.max(1, callP90Ms / callP50Ms) : 1;
  // At the latest behind one slow call that is in flight when its turn comes.
  const toMs = startMs + waitMs * slow + callP90Ms;
  return { kind: "range", from: new Date(startMs + waitMs), to: new Date(toMs) };
}

/** For those before it that are not done when it falls due; null where no rate was measured. */
function waitOf({ ahead, perMinute }: EstimateFacts, untilDueMs: number): number | null {
  if (ahead === 0) return 0;
  if (perMinute === null || perMinute <= 0) return null;
  return Math.max(0, (ahead / perMinute) * MINUTE_MS - untilDueMs);
}

function probedEvery({ callP50Ms, probed }: EstimateFacts): number | null {
  if (callP50Ms === null || probed.share <= 0) return null;
  return Math.max(PROBED_AT_MOST_MS, (probed.devices * callP50Ms) / probed.share);
}
