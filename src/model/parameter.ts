/** Parameters as an ACS reports and takes them: text by full path. Types are the map's business. */
import type { Secret } from "../lib/secret.ts";

/** Full path, no trailing dot; a partial path (a subtree) ends in a dot. */
export type ParameterPath = string;

/**
 * What the ACS said of one name. `null` is a nil value, which is not an empty text. `failed` is a name that the CPE or
 * the ACS could not read inside an answer that was otherwise good: not read, never empty.
 */
export type Reading =
  | { readonly kind: "value"; readonly text: string }
  | { readonly kind: "null" }
  | { readonly kind: "failed"; readonly code: number; readonly text: string };

/**
 * One read of a CPE. A path below a `covered` subtree that is not in `values` is absent from the device; a path that is
 * in neither was not read, and nothing may be concluded from that.
 */
export interface Snapshot {
  readonly values: ReadonlyMap<ParameterPath, Reading>;
  /** Subtrees (ending in a dot) that the answer covered wholly. */
  readonly covered: readonly ParameterPath[];
}

export const EMPTY_SNAPSHOT: Snapshot = { values: new Map(), covered: [] };

/** A new snapshot with the later read laid over the earlier one. Rows that a covered subtree lost are gone. */
export function overlay(earlier: Snapshot, later: Snapshot): Snapshot {
  const values = new Map(earlier.values);
  for (const path of earlier.values.keys()) {
    if (later.covered.some((subtree) => path.startsWith(subtree))) values.delete(path);
  }
  for (const [path, reading] of later.values) values.set(path, reading);
  return { values, covered: [...new Set([...earlier.covered, ...later.covered])] };
}

/** One value to write. A secret is named by its logical parameter until the call is built. */
export interface Edit {
  readonly path: ParameterPath;
  readonly value:
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "secret"; readonly logical: string };
}

/** A file that a CPE is to fetch by itself. */
export interface Download {
  readonly url: string;
  /** As CWMP spells it: `1 Firmware Upgrade Image`. */
  readonly fileType: string;
  readonly sizeBytes: number;
  readonly fileName: string;
}

/** From which version to which a download takes a device, and by which record. */
export interface Hop {
  readonly image: string;
  readonly sha256: string;
  readonly over: string;
  readonly version: string;
}

/**
 * What one call does to a device. `set` is one SetParameterValues: whole or not at all, no name twice. `add` makes a row
 * of a table, `delete` takes one away; both paths end in a dot. In the calls behind an `add` of the same plan the new
 * row's number is not known yet and stands as `{new}` (`{new2}` for the second one): whoever sends them reads the table
 * after the `add` and plans again, so such a path never reaches an ACS. `factoryReset` is for adapters; no plan holds
 * one yet.
 */
export type Operation =
  | { readonly kind: "set"; readonly edits: readonly Edit[] }
  | { readonly kind: "add"; readonly table: ParameterPath }
  | { readonly kind: "delete"; readonly row: ParameterPath }
  | { readonly kind: "reboot" }
  | ({ readonly kind: "download"; readonly hop: Hop } & Download)
  | { readonly kind: "factoryReset" };

/** The paths that an operation touches, for logs and people. */
export function pathsOf(operation: Operation): ParameterPath[] {
  switch (operation.kind) {
    case "set":
      return operation.edits.map(({ path }) => path);
    case "add":
      return [operation.table];
    case "delete":
      return [operation.row];
    case "reboot":
    case "download":
    case "factoryReset":
      return [];
  }
}

/** What goes into a call: secrets are opened by the adapter, in the tick that builds the body. */
export interface WriteValue {
  readonly path: ParameterPath;
  readonly value: string | Secret;
}

/** An operation as an adapter gets it: its secrets at hand, and no row without a number. */
export type Change =
  | { readonly kind: "set"; readonly values: readonly WriteValue[] }
  | ({ readonly kind: "download" } & Download)
  | Exclude<Operation, { readonly kind: "set" | "download" }>;
