/** Anchors of a resolved map, ready to be looked for. Anchors in a circle are refused, or none would be the first. */
import type { Problem } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import { earlierOf, parseAnchor, type Anchor } from "./anchors.ts";
import type { Sections } from "./map-text.ts";

type Parsed = ReturnType<typeof parseAnchor>;

/** A text is parsed once, in however many resolved maps it stands. */
const parsed = new WeakMap<object, Parsed>();

export function compileAnchors(
  given: Sections["anchors"],
  problems: Problem[],
): ReadonlyMap<string, Anchor> {
  const anchors = new Map<string, Anchor>();
  for (const [name, { file, pointer, value }] of given) {
    const anchor = parsed.get(value) ?? parseAnchor(value);
    parsed.set(value, anchor);
    if ("fault" in anchor)
      problems.push({ file, pointer, code: "invalid_anchor", message: anchor.fault });
    else anchors.set(name, anchor);
  }
  for (const [name, { file, pointer }] of given) {
    const seen: string[] = [];
    let at: string | null = name;
    while (at !== null && !seen.includes(at)) {
      seen.push(at);
      const anchor: Anchor | undefined = anchors.get(at);
      const next: string | null = anchor === undefined ? null : earlierOf(anchor);
      if (next !== null && !given.has(next)) {
        const message = `no anchor "${next}".${didYouMean(next, [...given.keys()])}`;
        problems.push({ file, pointer, code: "unknown_anchor", message });
        anchors.delete(name);
        break;
      }
      at = next;
    }
    if (at !== null && seen.includes(at)) {
      problems.push({ file, pointer, code: "cycle", message: [...seen, at].join(" rests on ") });
      anchors.delete(name);
    }
  }
  return anchors;
}
