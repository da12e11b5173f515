/**
 * Two maps of one layer that are equally specific, can fit one device and say different things of the same name: refused
 * when the set is loaded, since on a device chance would decide.
 */
import type { Problem } from "../lib/errors.ts";
import { canMeet } from "./fit.ts";
import { additionsOf, type Candidate } from "./layers.ts";
import { SECTIONS, type Sections } from "./map-text.ts";

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

/**
 * Two problems for each pair, one for each place.
 *
 * @param implied what `impliedBy` says of each, by name
 */
export function conflicts(
  candidates: readonly Candidate[],
  implied: ReadonlyMap<string, readonly Candidate[]>,
): Problem[] {
  const ranks = new Map<string, Candidate[]>();
  for (const one of candidates) {
    const rank = [one.map.layer, ...one.matcher.rank].join(" ");
    ranks.set(rank, [...(ranks.get(rank) ?? []), one]);
  }
  const added = ({ map }: Candidate): Sections => {
    const names = (implied.get(map.name) ?? []).map((one) => one.map.name);
    return additionsOf(map, new Set(names.filter((name) => name !== map.name)));
  };
  return [...ranks.values()].flatMap((equals) => {
    const additions = equals.map((candidate) => ({ candidate, sections: added(candidate) }));
    return additions.flatMap((a, index) =>
      additions
        .slice(index + 1)
        .filter((b) => canMeet(a.candidate.matcher, b.candidate.matcher))
        .flatMap((b) => between(a.candidate, b.candidate, a.sections, b.sections)),
    );
  });
}
