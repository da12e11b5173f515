/** What was measured of an ACS: how many calls at once it answers rightly. */
export interface ProbeLevel {
  readonly atOnce: number;
  readonly calls: number;
  /** Answers that were not believed, by fault; silence is not among them. */
  readonly wrong: Readonly<Record<string, number>>;
  readonly unanswered: number;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
}

export interface ProbeResult {
  readonly levels: readonly ProbeLevel[];
  /** Calls at once with no wrong answer seen; 0 when not even one at a time went well. */
  readonly recommended: number;
  readonly why: string;
}
