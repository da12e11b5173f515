/** What the queries of this folder share. */

/** Keyed, as the ring makes it: hex. */
export type Digest = (label: string, text: string) => string;

/** How far back facts are kept in view; `SETTINGS.retentionMs` in SQL. */
export const RETENTION_DAYS = 8;

/** Each once, as a parameter of `any(...)`. */
export function list<T>(values: Iterable<T>): T[] {
  return [...new Set(values)];
}
