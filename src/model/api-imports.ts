/** What the API says of an import. Never what a line held, except the names of its members. */
import type { Problem } from "../lib/errors.ts";

/** What an import came to, or has come to by now. */
interface Counts {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
}

/** One import as `GET /v1/imports` lists it. */
export interface ApiImport extends Counts {
  readonly id: string;
  /**
   * `checking`: nothing is written yet. `done`: every line has its outcome. `refused`: nothing was written. `broken`: it was
   * cut off; send it again as it was, and it goes on.
   */
  readonly status: "checking" | "writing" | "done" | "refused" | "broken";
  readonly at: string;
  readonly endedAt: string | null;
  readonly lines: number;
  /** Devices that were to change; null before all lines were looked at. */
  readonly wanted: number | null;
  /** Why it was refused or broke off. */
  readonly problem: { readonly code: string; readonly message: string } | null;
}

/** With what became of its lines, a page of them. */
export interface ApiImportDetail extends ApiImport {
  /** Lines to which nothing more happens, in the order of the text. */
  readonly results: readonly {
    readonly line: number;
    /** Null where the line names no device. */
    readonly device: string | null;
    readonly outcome: "created" | "changed" | "unchanged" | "refused";
    /** Where the change can be followed. */
    readonly operation?: string;
    /** Why it was refused, with the places in the line that are wrong. */
    readonly problem?: {
      readonly code: string;
      readonly message: string;
      readonly errors: readonly Problem[];
    };
  }[];
  /** `cursor` of the next page; null: these were the last that are there by now. */
  readonly next: string | null;
}

export interface ApiImported {
  /** Where it can be asked for later; null after a dry run. */
  readonly id: string | null;
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
