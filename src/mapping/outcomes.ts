/** From what a lens found to the six outcomes that the rest of the program knows, and to what each means for a write. */
import type { Observation } from "../model/logical.ts";
import { refused, type Got } from "./codecs/codec.ts";
import type { LogicalType } from "./dictionary/type.ts";
import type { PutResult } from "./mapper.ts";

/** Folds what a lens found into one of the six; a value that is not of the logical type is foreign. */
export function observationOf(got: Got, type: LogicalType): Observation {
  switch (got.kind) {
    case "value":
    case "nonconforming": {
      const value = type.parse(got.value);
      if (value !== undefined) {
        return got.kind === "value"
          ? { kind: "value", value, paths: got.paths }
          : { ...got, value };
      }
      const path = got.kind === "value" ? (got.paths[0] ?? "") : got.path;
      return { kind: "foreign", path, detail: `is no ${type.name}` };
    }
    case "no_instance":
      return { kind: "absent", path: got.path, detail: got.detail };
    case "ambiguous":
      return { kind: "foreign", path: got.path, detail: got.detail };
    case "nil":
      return { kind: "unread", path: got.path };
    case "absent":
    case "foreign":
      return { kind: got.kind, path: got.path, detail: got.detail };
    case "unread":
    case "unreadable":
      return { kind: got.kind, path: got.path };
  }
}

/** Why an observation forbids a write; undefined when a write may go on. */
export function obstacle(
  got: Got,
  observed: Observation,
  overwriteForeign: boolean,
): PutResult | undefined {
  if (got.kind === "no_instance") return refused("no_instance", got.path, got.detail);
  if (got.kind === "ambiguous") return refused("ambiguous_instance", got.path, got.detail);
  switch (observed.kind) {
    case "absent":
      return refused("absent", observed.path, observed.detail);
    case "unread":
      return refused("unread", observed.path, "was not read");
    case "foreign":
      return overwriteForeign ? undefined : refused("foreign", observed.path, observed.detail);
    case "value":
    case "unreadable":
    case "nonconforming":
      return undefined;
  }
}
