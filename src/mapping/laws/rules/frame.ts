import { Broken, judgeBy, type Law } from "../law.ts";
import { footprintOf, outsideOf } from "../footprint.ts";
import { read, settle } from "../trial.ts";
import { deviceAfter, drawnFor, settledOr } from "./drawn.ts";

export const frame: Law = {
  name: "Frame",
  says: "edits touch only the footprint of the binding and the rows of its tables",
  judge: (trial, budget) =>
    trial.standing !== "open"
      ? null
      : judgeBy(drawnFor(trial), budget, ({ value, before, manner }, tally) => {
          const start = deviceAfter(trial, before, manner);
          const areas = footprintOf(trial.bound, trial.subject.view(read(trial, start)));
          const settled = settledOr(settle(trial, start, value, manner), tally);
          const outside = settled?.done.flatMap((operation) => outsideOf(areas, operation)) ?? [];
          if (outside.length > 0) throw new Broken(`writes ${outside.join(", ")}`);
        }),
};
