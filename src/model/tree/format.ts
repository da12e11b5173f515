/** What a format of trees is. A new one is its own file and one line in `parse.ts`. */
import type { TreeBuilder } from "./builder.ts";

export interface TreeFormat {
  /** For messages: what a text of this format is. */
  readonly meaning: string;
  /** By the text alone; the first format that says yes reads it. A byte order mark is already gone. */
  recognises(text: string): boolean;
  /** Never throws: what cannot be read becomes a problem of the builder. */
  read(text: string, builder: TreeBuilder): void;
}
