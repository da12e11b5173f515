/** Imports with what became of each line, kept for a month. Nothing of what a line held is in here. */
import type { ErrorCode, Problem } from "../lib/errors.ts";
import type { DeviceId } from "../model/device.ts";
import type { Actor } from "./actor.ts";

/** A line to which nothing more happens. */
export interface KeptLine {
  /** From 1, where it begins in the text. */
  readonly line: number;
  /** Null where it names none. */
  readonly device: DeviceId | null;
  readonly outcome: "created" | "changed" | "unchanged" | "refused";
  /** Where its change can be followed. */
  readonly operation: string | null;
  /** Of a line that was refused. */
  readonly problem: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly problems: readonly Problem[];
  } | null;
}

/** `refused`: nothing was written. `broken`: it ended by trouble of ours; sent again as it was, it goes on. */
export type ImportEnd =
  | { readonly kind: "done" }
  | {
      readonly kind: "refused" | "broken";
      readonly code: ErrorCode;
      readonly message: string;
    };

export interface ImportView {
  readonly id: string;
  readonly owner: string;
  readonly at: Date;
  readonly lines: number;
  /** Devices that would change; null until all lines were rehearsed. */
  readonly wanted: number | null;
  /** Lines that have an outcome, by outcome. */
  readonly counts: { readonly [Outcome in KeptLine["outcome"]]: number };
  /** ms since it last got on. */
  readonly silentMs: number;
  readonly endedAt: Date | null;
  readonly end: ImportEnd | null;
}

export interface LinePage {
  /** Number of a line; those behind it follow. */
  readonly after: number;
  readonly limit: number;
  /** Null: all. */
  readonly outcome: KeptLine["outcome"] | null;
}

export interface ImportStore {
  /** What is older than a month goes away with it. */
  beginImport(id: string, lines: number, actor: Actor): Promise<void>;
  /** It gets on: these lines are done with, and so many devices are to change, where that is known by now. */
  noteImport(id: string, done: readonly KeptLine[], wanted: number | null): Promise<void>;
  endImport(id: string, end: ImportEnd): Promise<void>;
  /** Null: there is none, or it is another owner's. */
  import(id: string, owner: string): Promise<ImportView | null>;
  /** Newest first. */
  imports(owner: string, limit: number): Promise<readonly ImportView[]>;
  /** In the order of the text. */
  importLines(id: string, page: LinePage): Promise<readonly KeptLine[]>;
}
