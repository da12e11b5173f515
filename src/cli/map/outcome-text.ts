/** The six outcomes and the edits of a map in words for a terminal. */
import { printLogical, type Observation } from "../../model/logical.ts";
import type { Operation } from "../../model/parameter.ts";
import { clean } from "../text.ts";

/** Outcome, value or reason, and the place: three cells. */
export function outcomeCells(observation: Observation): readonly [string, string, string] {
  switch (observation.kind) {
    case "value": {
      const [first = "", ...others] = observation.paths;
      const more = others.length === 0 ? "" : ` and ${others.length} more`;
      return ["value", clean(printLogical(observation.value)), first + more];
    }
    case "nonconforming":
      return [
        "nonconforming",
        `${clean(printLogical(observation.value))}, but ${clean(observation.detail)}`,
        observation.path,
      ];
    case "absent":
    case "foreign":
      return [observation.kind, clean(observation.detail), observation.path];
    case "unread":
      return ["unread", "was not read", observation.path];
    case "unreadable":
      return ["unreadable", "a secret: written, never shown", observation.path];
  }
}

/** One line for each thing that a call does; a secret stands as its name. */
export function operationLines(operation: Operation): readonly string[] {
  switch (operation.kind) {
    case "set":
      return operation.edits.map(({ path, value }) =>
        value.kind === "text"
          ? `set ${path} = ${JSON.stringify(value.text)}`
          : `set ${path} = the secret ${value.logical}`,
      );
    case "add":
      return [`add a row to ${operation.table}`];
    case "delete":
      return [`delete ${operation.row}`];
    case "reboot":
      return ["reboot"];
    case "download":
      return [`download ${operation.fileName} (${operation.fileType})`];
    case "factoryReset":
      return ["factory reset"];
  }
}
