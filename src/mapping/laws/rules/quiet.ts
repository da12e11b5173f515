import { canonicalJson } from "../../../lib/hash.ts";
import { pathsOf } from "../../../model/parameter.ts";
import { Broken, judgeBy, type Law } from "../law.ts";
import * as lab from "../../lab/read.ts";
import { get, put, read, settle } from "../trial.ts";
import { deviceAfter, drawnFor, settledOr } from "./drawn.ts";

export const quiet: Law = {
  name: "Quiet",
  says: "putting once more what was just put makes no edits, also after a read of known rows alone",
  judge: (trial, budget) =>
    trial.standing !== "open" || trial.bound.binding.secret
      ? null
      : judgeBy(drawnFor(trial), budget, ({ value, before, manner }, tally) => {
          const start = deviceAfter(trial, before, manner);
          const settled = settledOr(settle(trial, start, value, manner), tally);
          if (settled === undefined) return;
          const { device } = settled;
          const { mapper } = trial.subject;
          const shown = get(trial, device);
          const steady = lab.read(device, mapper.wanted([trial.logical], read(trial, device)));
          if (canonicalJson(mapper.get(trial.logical, steady)) !== canonicalJson(shown))
            throw new Broken("reads otherwise when only known rows are read");
          for (const again of [
            put(trial, value, device),
            mapper.put(trial.logical, value, steady),
          ]) {
            if (again.kind === "refused") throw new Broken(`is refused now: ${again.code}`);
            if (again.calls.length > 0)
              throw new Broken(`writes again ${again.calls.flatMap(pathsOf).join(", ")}`);
          }
        }),
};
