import { printLogical } from "../../../model/logical.ts";
import { pathsOf } from "../../../model/parameter.ts";
import { Broken, judgeBy, type Law } from "../law.ts";
import { get, put } from "../trial.ts";
import { deviceAfter, drawnFor } from "./drawn.ts";

export const getPut: Law = {
  name: "GetPut",
  says: "putting what is there makes no edits at all",
  judge: (trial, budget) =>
    trial.standing !== "open" || trial.bound.binding.secret
      ? null
      : judgeBy(drawnFor(trial), budget, ({ before, manner }) => {
          const device = deviceAfter(trial, before, manner);
          const got = get(trial, device);
          if (got.kind !== "value") return;
          const result = put(trial, got.value, device);
          const shown = printLogical(got.value);
          if (result.kind === "refused") throw new Broken(`${shown} is refused: ${result.code}`);
          if (result.calls.length > 0)
            throw new Broken(`${shown} writes ${result.calls.flatMap(pathsOf).join(", ")}`);
        }),
};
