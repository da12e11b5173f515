/** What comes after an attempt to deliver. Pure; the times are laid on the database's clock by the store. */
import type { OutboundAnswer } from "../ports/outbound.ts";
import type { AttemptEnd } from "../ports/webhook-store.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Waits before the second, third, … attempt, as the example of Standard Webhooks has them: a little over three days. */
export const RETRY_AFTER_MS: readonly number[] = [
  5_000,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  ...[2, 5, 10, 14, 20, 24].map((hours) => hours * HOUR_MS),
];
/** Nobody makes us wait longer than that. */
const LONGEST_MS = 24 * HOUR_MS;
const SLOWED_MS = MINUTE_MS;
const SLOWS_DOWN = new Set([429, 502, 503, 504]);

/**
 * @param attempts made so far, with this one
 * @param jitter in [0, 1): the wait is up to a fifth longer, so that what failed together does not come together
 */
export function afterAttempt(
  answer: OutboundAnswer,
  attempts: number,
  jitter: number,
  waits: readonly number[] = RETRY_AFTER_MS,
): AttemptEnd {
  if (answer.kind === "answered" && answer.status >= 200 && answer.status < 300)
    return { kind: "delivered", status: answer.status };
  const status = answer.kind === "answered" ? answer.status : null;
  if (status === 410) return { kind: "gone", status };
  const why = answer.kind === "answered" ? whyOf(answer.status) : answer.why;
  const wait = waits[attempts - 1];
  if (wait === undefined) return { kind: "failed", status, why };
  const asked = answer.kind === "answered" ? (answer.retryAfterSeconds ?? 0) * 1_000 : 0;
  const slowMs =
    status !== null && SLOWS_DOWN.has(status) ? Math.min(LONGEST_MS, asked || SLOWED_MS) : 0;
  const inMs = Math.min(LONGEST_MS, Math.max(asked, Math.round(wait * (1 + jitter / 5))));
  return { kind: "again", status, why, inMs, slowMs };
}

function whyOf(status: number): string {
  return status >= 300 && status < 400
    ? `${status}: redirects are not followed`
    : `answered ${status}`;
}
