import fc from "fast-check";
import { printLogical } from "../../../model/logical.ts";
import { Broken, judgeBy, type Law } from "../law.ts";
import { samples } from "../../dictionary/samples.ts";
import { equal, get, put, settle, type Trial } from "../trial.ts";
import { settledOr, valuesFor } from "./drawn.ts";

/** Edge values meet each other as often as values by lot: two words that share a code are edges both. */
function pairsFor(trial: Trial) {
  const edges = samples(trial.bound.type.domain);
  const one =
    edges.length === 0 ? valuesFor(trial) : fc.oneof(fc.constantFrom(...edges), valuesFor(trial));
  return fc.record({ value: one, other: one });
}

export const alphabet: Law = {
  name: "Alphabet",
  says: "what is decoded is the normal form of what was encoded, and two values are never written alike",
  judge: (trial, budget) =>
    trial.standing !== "open" || trial.bound.binding.secret
      ? null
      : judgeBy(pairsFor(trial), budget, ({ value, other }, tally) => {
          const settled = settledOr(settle(trial, trial.device, value), tally);
          const [form, second] = [value, other].map((one) => trial.bound.type.parse(one));
          if (settled === undefined || form === undefined || second === undefined) return;
          const got = get(trial, settled.device);
          if (got.kind !== "value" || !equal(trial, got.value, form))
            throw new Broken(`${printLogical(form)} is decoded as something else`);
          if (equal(trial, form, second)) return;
          const next = put(trial, second, settled.device);
          if (next.kind === "edits" && next.calls.length === 0)
            throw new Broken(`${printLogical(form)} and ${printLogical(second)} are written alike`);
        }),
};
