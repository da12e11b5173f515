/**
 * The three ways in which a device has rows, one file each. They differ in how a row comes to be and how it goes; what
 * rows hold, whose they are and which entry goes where is the same for all.
 */
import type { PutResult } from "../../mapper.ts";
import type { Template } from "../../path.ts";
import type { View } from "../../view.ts";
import type { Plain } from "../codec.ts";

/** Where the table is on this device. */
export interface Home {
  /** From the root: below the row that an anchor chose. */
  readonly row: Template;
  /** How many rows it has, strangers' included. */
  readonly rows: number;
}

export interface Removed {
  /** Edits that go with the values of other rows, in one call. */
  readonly beside: PutResult;
  /** Calls behind that one. */
  readonly after: PutResult;
}

export interface RowKind {
  /** What `add` makes: rows that the next call has to fill, or rows that hold their entry at once. */
  readonly made: "empty" | "whole";
  /** What becomes of a free row that no entry needs. */
  readonly spare: "stays" | "goes";
  /** Can one of two rows with the same content be removed? */
  readonly tellsTwins: boolean;
  /** Does the row hold nothing, so that an entry may be put in it? Such a row is nobody's. */
  isFree(row: string, view: View): boolean;
  /** Is the table there, though it shows no row? */
  exists(home: Home, view: View): boolean;
  /** A call for each, before all others. */
  add(values: readonly Plain[], home: Home, view: View): PutResult;
  /** @param wanted what the other rows hold by then */
  remove(rows: readonly string[], wanted: readonly Plain[], home: Home, view: View): Removed;
}
