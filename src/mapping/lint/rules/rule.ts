/** What a rule of the linter is: one name, one meaning, and a pure look at one map. A rule is a file and a registry line. */
import type { Subject } from "../subject.ts";

export interface Found {
  readonly severity: "error" | "warning";
  readonly file: string;
  readonly pointer: string;
  /** What is wrong and what to do about it; never a secret. */
  readonly message: string;
}

export interface Rule {
  /** Code of its problems. */
  readonly name: string;
  /** One line, for the reference page. */
  readonly meaning: string;
  readonly check: (subject: Subject) => readonly Found[];
}
