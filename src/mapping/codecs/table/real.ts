/**
 * Rows that the CPE makes by AddObject and takes away by DeleteObject.
 *
 * A plan adds the rows that are missing, then fills and overwrites in one SetParameterValues, then deletes. It adds only
 * when every row of ours is in use, so nothing is deleted in a plan that adds, and a full table has not to be emptied
 * first. After each call the table is read again and planned anew, so the process may die between any two of them:
 * - A row that was added and not filled is *half-made*: its key reads as the CPE made it (empty, 0, false, or what
 *   `created` says). It is nobody's, whatever `owns` and `ignore` say, as it cannot meet a condition yet: the next plan
 *   fills it, or deletes it when nothing needs it. It makes the list nonconforming.
 * - Where strangers have rows, all fields have to read so: a port of 0 means all ports to some, and a row that somebody
 *   filled is never taken for one that nobody did.
 * - An AddObject whose answer was lost made a row or did not: either way the next read shows what is there.
 * - Fields and `onCreate` go in the one call that fills a row, so no row is filled by half.
 * An entry that reads like a half-made row is refused. Where a CPE makes rows that hold something else and the map does
 * not say what, the plan is no shorter after an AddObject, so that the engine takes it for a write that did not happen.
 *
 * Nobody can choose an instance number, so a list that counts by position is written over the rows as they are numbered:
 * a reorder changes what rows hold, and moves no row.
 */
import type { Operation } from "../../../model/parameter.ts";
import { holderOf, prefixOf, printTemplate } from "../../path.ts";
import { saysLiteral, type Literal } from "../../literal.ts";
import { NO_EDITS, refused } from "../codec.ts";
import type { RowKind } from "./kind.ts";

const UNTOUCHED = ["", "0", "false"];

/**
 * @param telling parameters below the row that tell a half-made one
 * @param created what a new row holds in some of them, if it is not empty, 0 or false
 */
export function realRows(
  telling: readonly string[],
  created: ReadonlyMap<string, Literal>,
  max: number,
): RowKind {
  const isUntouched = (param: string, text: string): boolean => {
    const made = created.get(param);
    return made === undefined ? UNTOUCHED.includes(text.toLowerCase()) : saysLiteral(made, text);
  };
  return {
    made: "empty",
    spare: "goes",
    tellsTwins: true,
    isFree(row, view) {
      const states = telling.map((param) => ({ param, state: view.state(`${row}.${param}`) }));
      const shown = states.filter(({ state }) => state.kind !== "absent");
      return (
        shown.length > 0 &&
        shown.every(({ param, state }) => state.kind === "text" && isUntouched(param, state.text))
      );
    },
    exists({ row }, view) {
      const holder = holderOf(row);
      return holder === prefixOf(row) || view.holds(holder);
    },
    add(values, { row, rows }) {
      if (rows + values.length > max)
        return refused("table_full", printTemplate(row), `has room for ${max} rows`);
      const table = prefixOf(row);
      return { kind: "edits", calls: values.map((): Operation => ({ kind: "add", table })) };
    },
    remove: (rows) => ({
      beside: NO_EDITS,
      after: {
        kind: "edits",
        calls: rows.map((row): Operation => ({ kind: "delete", row: `${row}.` })),
      },
    }),
  };
}
