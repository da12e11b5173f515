/** Puts a map through the laws: every binding, on every tree that is given. The same arguments give the same result. */
import type { DeviceTree } from "../../model/tree/tree.ts";
import { shuffled } from "../lab/vary.ts";
import type { Mapper, PutRefusal } from "../mapper.ts";
import { benchOf, type Known } from "./bench.ts";
import { LAWS } from "./index.ts";
import type { Budget, Law, Verdict } from "./law.ts";
import { subjectOf } from "./subject.ts";
import { trialOf } from "./trial.ts";

export interface NamedTree {
  readonly name: string;
  readonly tree: DeviceTree;
}

export interface LawRun extends Verdict {
  readonly map: string;
  readonly law: string;
  readonly logical: string;
  readonly tree: string;
  /** Can the device be written at all? If not, the refusal that every edge value meets. */
  readonly standing: "open" | PutRefusal;
}

export interface RunOptions extends Budget {
  readonly laws?: readonly Law[];
  /** The standard, with what the map declares laid over it. */
  readonly knownOf?: (path: string) => Known | null;
}

/** Each tree and a copy of it with its rows in another order. Copies with other numbers are a law of their own. */
export function withShuffled(trees: readonly NamedTree[]): NamedTree[] {
  return trees.flatMap(({ name, tree }) => [
    { name, tree },
    { name: `${name}, shuffled`, tree: shuffled(tree, (paths) => [...paths].reverse()) },
  ]);
}

export function runLaws(
  mapper: Mapper,
  trees: readonly NamedTree[],
  { laws = LAWS, knownOf = () => null, ...budget }: RunOptions,
): LawRun[] {
  const subject = subjectOf(mapper);
  return trees.flatMap(({ name: tree, tree: nodes }) => {
    const bench = benchOf(subject, nodes, knownOf);
    return [...subject.bounds.values()].flatMap((bound) => {
      const trial = trialOf(subject, bound, tree, bench);
      const { logical, standing } = trial;
      return laws.flatMap((law): LawRun[] => {
        const verdict = law.judge(trial, budget);
        if (verdict === null) return [];
        return [{ ...verdict, map: mapper.name, law: law.name, logical, tree, standing }];
      });
    });
  });
}
