/**
 * Rows that the CPE makes when a text is written to a parameter (the talk's InsertRule). A name cannot stand twice in one
 * SetParameterValues, so each row is a call of its own; it is made whole or not at all, and an insert whose answer was
 * lost shows in the next read.
 *
 * A row goes when `text` (empty unless the map says otherwise) is written to it, beside the values of other rows, and a
 * row that still reads so is free; or when another trigger is told its name or its text, in a call of its own behind all
 * others. A text takes away all rows that say so: they go by one call, and none of them goes while one has to stay.
 *
 * **Assumption**: no public source says how the talk's devices remove a rule, nor which number a new one gets. A list that
 * counts by position expects the next one after the last; where that is wrong the next plan overwrites the rows in place.
 */
import { nameOfRow, prefixOf, printTemplate, type Template } from "../../path.ts";
import type { View } from "../../view.ts";
import type { PutResult } from "../../mapper.ts";
import { NO_EDITS, refused, setText, together, type Plain, type Refused } from "../codec.ts";
import { inOrder, writeLiteral } from "./edits.ts";
import type { RowKind } from "./kind.ts";

/** How a row goes. */
export type Removal =
  | { readonly by: "text"; readonly text: string }
  | {
      readonly by: "trigger";
      readonly trigger: Template;
      readonly value: "rowName" | "rowText";
    };

/** What a trigger is told, or why it cannot be told that. */
export type Told = string | Refused;

function tell(trigger: Template, told: Told, view: View): PutResult {
  if (typeof told !== "string") return told;
  const where = view.place(trigger);
  if (where.kind !== "path") return refused("unread", where.path, "the trigger has no place");
  const { kind } = view.state(where.path);
  if (kind === "absent") return refused("absent", where.path, "the device has no such parameter");
  // What a trigger holds does not matter, so nil will do.
  if (kind === "unread") return refused("unread", where.path, "was not read");
  return setText(where.path, told);
}

/**
 * @param textOf what the trigger is told to make a row that holds this value
 * @param textIn what a row says, in the same form
 */
export function triggerRows(
  trigger: Template,
  removal: Removal,
  max: number,
  textOf: (value: Plain, view: View) => Told,
  textIn: (row: string, view: View) => Told,
): RowKind {
  return {
    made: "whole",
    spare: "stays",
    tellsTwins: removal.by === "text" || removal.value === "rowName",
    isFree(row, view) {
      if (removal.by !== "text") return false;
      const state = view.state(row);
      return state.kind === "text" && state.text === removal.text;
    },
    exists({ row }, view) {
      const where = view.place(trigger);
      return (
        view.holds(prefixOf(row)) ||
        (where.kind === "path" && view.state(where.path).kind !== "absent")
      );
    },
    add(values, { row, rows }, view) {
      if (rows + values.length > max)
        return refused("table_full", printTemplate(row), `has room for ${max} rows`);
      return inOrder(values.map((value) => tell(trigger, textOf(value, view), view)));
    },
    remove(rows, wanted, { row: template }, view) {
      if (removal.by === "text") {
        const emptied = rows.map((row) => writeLiteral(row, removal.text, view));
        return { beside: together(emptied), after: NO_EDITS };
      }
      const stay = new Set(wanted.map((value) => textOf(value, view)));
      const told: Told[] =
        removal.value === "rowName"
          ? rows.map((row) => nameOfRow(template, row))
          : [...new Set(rows.map((row) => textIn(row, view)))].filter((text) => !stay.has(text));
      const calls = told.map((text) => tell(removal.trigger, text, view));
      return { beside: NO_EDITS, after: inOrder(calls) };
    },
  };
}
