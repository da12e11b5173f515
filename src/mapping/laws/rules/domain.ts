import fc from "fast-check";
import type { LogicalValue } from "../../../model/logical.ts";
import type { PutRefusal } from "../../mapper.ts";
import { Broken, judgeBy, type Law } from "../law.ts";
import { manners, settle } from "../trial.ts";
import { settledOr, valuesFor } from "./drawn.ts";

/** About the value. Any other refusal is about the device, and a device that takes one value cannot be in the way of another. */
const OF_VALUES: readonly PutRefusal[] = ["domain", "inexact", "table_full", "duplicate_key"];

/** What comes from outside is only said to be a logical value. */
const ANYTHING = fc.anything() as fc.Arbitrary<LogicalValue>;

export const domain: Law = {
  name: "Domain",
  says: "any value is written whole or refused with one code; nothing is thrown, and no call is faulted",
  judge: (trial, budget) => {
    const drawn = fc.record({
      value: fc.oneof(valuesFor(trial), ANYTHING),
      manner: manners,
    });
    // A binding that only observes refuses everything alike.
    const runs = trial.standing === "observe_only" ? Math.min(budget.runs, 2) : budget.runs;
    return judgeBy(drawn, { ...budget, runs }, ({ value, manner }, tally) => {
      const settled = settle(trial, trial.device, value, manner);
      if (settledOr(settled, tally) !== undefined) {
        if (trial.standing === "open") return;
        throw new Broken(`is taken where edge values are refused as ${trial.standing}`);
      }
      const code = settled.kind === "refused" ? settled.code : "";
      const typed = [...OF_VALUES, trial.standing].some((known) => known === code);
      if (!typed) throw new Broken(`is refused as ${code}, which is no refusal of a value`);
    });
  },
};
