import fc from "fast-check";
import { Secret } from "../../../lib/secret.ts";
import type { LabDevice } from "../../lab/device.ts";
import { Broken, judgeBy, type Law } from "../law.ts";
import { get, put, read, type Trial } from "../trial.ts";
import { valuesFor } from "./drawn.ts";

/** A device that shows every secret: the worst that there is. */
function loud({ device }: Trial, canary: string): LabDevice {
  const { isHidden } = device.options;
  const nodes = [...device.tree.nodes.values()].map((node) =>
    isHidden?.(node.path) === true ? { ...node, value: canary } : node,
  );
  const tree = { ...device.tree, nodes: new Map(nodes.map((node) => [node.path, node])) };
  return { ...device, tree, options: { ...device.options, isHidden: () => false } };
}

/** Marked, so that it can stand nowhere by chance; with what other steps take for separators. */
const canaries = fc
  .string({ unit: fc.constantFrom("a", "@", ",", "7", " "), minLength: 2, maxLength: 12 })
  .map((rest) => `qZ9x${rest}`);

export const blindSecret: Law = {
  name: "Blind secret",
  says: "nothing that comes out of a map holds a secret, neither ours nor one that the device shows",
  judge: (trial, budget) => {
    const { subject, logical, bound } = trial;
    const drawn = fc.record({ value: valuesFor(trial), ours: canaries, theirs: canaries });
    // Without a secret there is not much that could come out.
    const { isHidden } = trial.device.options;
    const secrets = [...trial.device.tree.nodes.keys()].some((path) => isHidden?.(path) === true);
    const runs = secrets ? budget.runs : Math.min(budget.runs, 2);
    return judgeBy(drawn, { ...budget, runs }, ({ value, ours, theirs }) => {
      const device = loud(trial, theirs);
      const snapshot = read(trial, device);
      const said = JSON.stringify([
        get(trial, device),
        put(trial, bound.binding.secret ? new Secret(ours) : value, device),
        subject.mapper.facts(snapshot),
        subject.mapper.evidence([logical], snapshot),
        subject.mapper.wanted([logical], snapshot),
      ]);
      if (said.includes(theirs)) throw new Broken("what the device shows of a secret comes out");
      if (said.includes(ours)) throw new Broken("the secret that is written comes out");
    });
  },
};
