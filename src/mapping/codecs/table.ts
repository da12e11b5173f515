/**
 * `table`: a list in the rows of a table. `order` is the device's: a `set` is shown sorted by `key`, `index` is a list in
 * the order of row numbers. Three kinds: rows that the CPE makes (`table/real.ts`), rows that are always there
 * (`table/slots.ts`), rows made by a trigger (`table/trigger.ts`).
 *
 * A plan makes and fills rows first and removes last, and what it overwrites changes in the same call as what it fills: a
 * CPE must never be without both its old and its new frequencies. Any first call of a plan may be the last that happens:
 * the next plan starts from the rows as they are then, and is shorter by that call.
 *
 * The list is known only when the whole table was read. It is nonconforming where two rows have one key, and where a row
 * was made and never filled: the next put mends both. Two wanted entries with one key are `duplicate_key`, and so is a new
 * entry whose key stands in a row of a stranger.
 */
import type { Step } from "./codec.ts";
import { buildTable } from "./table/built.ts";
import { optionsSchema, type Options } from "./table/options.ts";
import { normalList, putList } from "./table/put.ts";
import { listIn } from "./table/read.ts";

export const table: Step<Options> = {
  name: "table",
  meaning: "a list in the rows of a table",
  shape: "end",
  options: optionsSchema,
  build(options, context, pointer) {
    const built = buildTable(options, context, pointer);
    return {
      needs: built.needs,
      place: built.place,
      normal: (value, view) => normalList(built, value, view),
      get: (view) => listIn(built, view),
      put: (value, view) => putList(built, value, view),
    };
  },
};
