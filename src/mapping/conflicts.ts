/**
 * Two maps of one layer that are equally specific, can fit one device and say different things of the same name: refused
 * when the set is loaded, since on a device chance would decide.
 */
import type { Problem } from "../lib/errors.ts";
import { canMeet } from "./fit.ts";
import { additionsOf, type Candidate } from "./layers.ts";
import { SECTIONS, type Sections } from "./map-text.ts";
import { compareRank } from "./match.ts";
import { impliedBy } from "./resolve.ts";

const WORDS = { declares: "declares", anchors: "anchor", bind: "binding", actions: "action" };

function between(a: Candidate, b: Candidate, ofA: Sections, ofB: Sections): Problem[] {
  for (const section of SECTIONS) {
    for (const [name, part] of ofA[section]) {
      const other = ofB[section].get(name);
      if (other === undefined || other.text === part.text) continue;
      const what = `${a.map.name} and ${b.map.name} fit the same devices equally well and differ`;
      const message = `${what} in ${WORDS[section]} ${name}; narrow one match`;
      return [part, other].map(({ file, pointer }) => ({
        file,
        pointer,
        code: "ambiguous_map",
        message,
      }));
    }
  }
  return [];
}

/** Two problems for each pair, one for each place. */
export function conflicts(candidates: readonly Candidate[]): Problem[] {
  const additions = candidates.map((one) => {
    const around = impliedBy(one, candidates).map(({ map }) => map.name);
    return additionsOf(one.map, new Set(around.filter((name) => name !== one.map.name)));
  });
  return candidates.flatMap((a, index) =>
    candidates.slice(index + 1).flatMap((b, offset) => {
      const [ofA, ofB] = [additions[index], additions[index + 1 + offset]];
      const equal =
        a.map.layer === b.map.layer && compareRank(a.matcher.rank, b.matcher.rank) === 0;
      return ofA !== undefined && ofB !== undefined && equal && canMeet(a.matcher, b.matcher)
        ? between(a, b, ofA, ofB)
        : [];
    }),
  );
}
