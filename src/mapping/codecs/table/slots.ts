/**
 * Rows that are always there; an unused one holds the `free` texts. Everything goes in one SetParameterValues: what is
 * overwritten, filled and freed changes at once or not at all, so there is no state between. More items than rows:
 * `table_full`. An item that reads like a free row is refused.
 */
import { saysLiteral, type Literal } from "../../literal.ts";
import { printTemplate } from "../../path.ts";
import { NO_EDITS, refused, together } from "../codec.ts";
import { writeLiteral } from "./edits.ts";
import type { RowKind } from "./kind.ts";

/** @param free by parameter below the row; "" is the row itself, where it is one parameter */
export function slotRows(free: ReadonlyMap<string, Literal>): RowKind {
  const members = [...free];
  const at = (row: string, param: string): string => (param === "" ? row : `${row}.${param}`);
  return {
    made: "whole",
    spare: "stays",
    tellsTwins: true,
    isFree: (row, view) =>
      members.every(([param, value]) => {
        const state = view.state(at(row, param));
        return state.kind === "text" && saysLiteral(value, state.text);
      }),
    // A device without a single slot does not have the table: an empty branch of the name is not an empty list.
    exists: () => false,
    add: (values, { row, rows }) =>
      values.length === 0
        ? NO_EDITS
        : refused("table_full", printTemplate(row), `has no more than ${rows} rows`),
    remove: (rows, _wanted, _home, view) => ({
      beside: together(
        rows.flatMap((row) =>
          members.map(([param, value]) => writeLiteral(at(row, param), value, view)),
        ),
      ),
      after: NO_EDITS,
    }),
  };
}
