/** Puts a map through the laws: every binding, on every tree that is given. The same arguments give the same result. */
import type { DeviceTree } from "../../model/tree/tree.ts";
import { shuffled } from "../lab/vary.ts";
import type { Mapper, PutRefusal } from "../mapper.ts";
import { knowledgeOf, type Known } from "../lint/known.ts";
import { standardOf, type Standard } from "../standard/standard.ts";
import { benchOf } from "./bench.ts";
import { LAWS } from "./index.ts";
import type { Budget, Law, Verdict } from "./law.ts";
import { subjectOf } from "./subject.ts";
import { syntheticTrees } from "./synthetic.ts";
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
  readonly standard?: Standard;
}

/** Each tree and a copy of it with its rows in another order. Copies with other numbers are a law of their own. */
export function withShuffled(trees: readonly NamedTree[]): NamedTree[] {
  return trees.flatMap(({ name, tree }) => [
    { name, tree },
    { name: `${name}, shuffled`, tree: shuffled(tree, (paths) => [...paths].reverse()) },
  ]);
}

/** Every read asks for every path, and the nearest name to a misspelt one is dear. */
function remembered(known: (path: string) => Known): (path: string) => Known {
  const memo = new Map<string, Known>();
  return (path) => {
    const found = memo.get(path) ?? known(path);
    memo.set(path, found);
    return found;
  };
}

export function runLaws(
  mapper: Mapper,
  trees: readonly NamedTree[],
  { laws = LAWS, standard = standardOf([]), ...budget }: RunOptions,
): LawRun[] {
  const subject = subjectOf(mapper);
  const known = remembered(knowledgeOf(standard, mapper.resolved.declares));
  return trees.flatMap(({ name: tree, tree: nodes }) => {
    const bench = benchOf(subject, nodes, known);
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

/** Devices that the map itself describes, for maps that no recorded tree fits. */
export function ownTrees(mapper: Mapper, standard: Standard): NamedTree[] {
  const known = remembered(knowledgeOf(standard, mapper.resolved.declares));
  const names = ["made from the map", "made from the map, second homes"];
  return syntheticTrees(subjectOf(mapper), known).map((tree, index) => ({
    name: names[index] ?? "",
    tree,
  }));
}
