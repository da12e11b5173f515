/** What befalls the CPEs of a model at writes of values. */

/** Counted for each CPE by itself: its first write meets the first one, and when all are used up it takes its writes. */
export interface Mishap {
  /** Name of a tree file. */
  readonly model: string;
  /** A code of CWMP with which the write is refused; or the CPE crashes before it has kept it, and is away for ms. */
  readonly writes: readonly ({ readonly refusedWith: number } | { readonly awayMs: number })[];
}
