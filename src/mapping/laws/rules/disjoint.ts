import type { LabDevice } from "../../lab/device.ts";
import { read } from "../../lab/read.ts";
import type { View } from "../../view.ts";
import { footprintOf, meeting } from "../footprint.ts";
import { brokenBy, type Law } from "../law.ts";
import type { Subject } from "../subject.ts";
import type { Trial } from "../trial.ts";

const shares = ({ mapper }: Subject, logical: string): boolean =>
  mapper.resolved.bind[logical]?.shares === true;

/** Each pair is judged once, by the one whose name comes first. */
function rivals({ subject, logical }: Trial): string[] {
  return [...subject.bounds.values()]
    .filter(({ binding }) => !binding.observeOnly && binding.logical > logical)
    .map(({ binding }) => binding.logical)
    .filter((other) => !(shares(subject, logical) && shares(subject, other)));
}

/** All bindings of a map are looked at on one device. */
const VIEWS = new WeakMap<LabDevice, View>();

function viewOf({ subject, whole }: Trial): View {
  const known = VIEWS.get(whole) ?? subject.view(read(whole));
  VIEWS.set(whole, known);
  return known;
}

export const disjoint: Law = {
  name: "Disjoint",
  says: "footprints of two bindings do not meet, unless both say that they share",
  judge(trial) {
    const { subject, bound } = trial;
    if (bound.binding.observeOnly) return null;
    const others = rivals(trial);
    const view = viewOf(trial);
    const own = footprintOf(bound, view);
    for (const name of others) {
      const other = subject.bounds.get(name);
      const areas = other === undefined ? [] : footprintOf(other, view);
      for (const a of own) {
        for (const b of areas) {
          const where = meeting(a, b);
          if (where !== undefined)
            return brokenBy(`meets ${name} at ${where}`, where, others.length);
        }
      }
    }
    return { checks: others.length, refused: 0, failure: null };
  },
};
