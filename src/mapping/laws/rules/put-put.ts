import { Secret } from "../../../lib/secret.ts";
import { printLogical } from "../../../model/logical.ts";
import fc from "fast-check";
import { Broken, judgeBy, type Law } from "../law.ts";
import { equal, get, manners, settle } from "../trial.ts";
import { deviceAfter, settledOr, valuesFor } from "./drawn.ts";

export const putPut: Law = {
  name: "PutPut",
  says: "writing one value and then another reads back as writing the other alone",
  judge: (trial, budget) => {
    if (trial.standing !== "open") return null;
    const drawn = fc.record({
      first: valuesFor(trial),
      second: valuesFor(trial),
      manner: manners,
    });
    return judgeBy(drawn, budget, ({ first, second, manner }, tally) => {
      const middle = deviceAfter(trial, first, manner);
      const [late, alone] = [middle, trial.device].map((start) =>
        settledOr(settle(trial, start, second, manner), tally),
      );
      // What is there already is never refused, also when it could not be written.
      const quiet = late?.done.length === 0 || alone?.done.length === 0;
      if ((late === undefined) !== (alone === undefined) && !quiet)
        throw new Broken("it is taken after the one and refused after the other");
      if (late === undefined || alone === undefined || second instanceof Secret) return;
      const [a, b] = [get(trial, late.device), get(trial, alone.device)];
      if (a.kind !== "value" || b.kind !== "value")
        throw new Broken(`it reads ${a.kind}, ${b.kind}`);
      if (!equal(trial, a.value, b.value))
        throw new Broken(`reads ${printLogical(a.value)}, alone ${printLogical(b.value)}`);
    });
  },
};
