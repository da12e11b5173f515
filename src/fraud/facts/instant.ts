/**
 * Instants and durations of the rules: whole milliseconds, instants since 1970 in UTC. The rules only compare and subtract,
 * so plain numbers it is; a `Date` comes in at the edge and leaves as RFC 3339 text in the evidence.
 */
export type Instant = number;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export function printInstant(at: Instant): string {
  return new Date(at).toISOString();
}
