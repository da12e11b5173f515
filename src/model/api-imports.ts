/** What the API says of an import. Never what a line held, except the names of its members. */

export interface ApiImported {
  readonly dryRun: boolean;
  readonly lines: number;
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
  /** The first ones, each with its place and what to do. */
  readonly refusals: readonly {
    readonly line: number;
    /** From 1, where it is known. */
    readonly column?: number;
    readonly pointer?: string;
    readonly code: string;
    readonly message: string;
  }[];
  /** Every line, in the order of the text. */
  readonly results: readonly {
    readonly line: number;
    /** Null where the line names no device. */
    readonly device: string | null;
    readonly outcome: "created" | "changed" | "unchanged" | "refused";
    /** Where the change can be followed; none in a dry run. */
    readonly operation?: string;
  }[];
}
