/** Anchors of a resolved map, ready to be looked for. Follows in a circle are refused, or a walk would never start. */
import type { Problem } from "../lib/errors.ts";
import { parseAnchor, type Anchor } from "./anchors.ts";
import type { MapText } from "./map.ts";

export function compileAnchors(
  given: MapText["anchors"],
  problems: Problem[],
): ReadonlyMap<string, Anchor> {
  const anchors = new Map<string, Anchor>();
  for (const [name, { file, pointer, value }] of given) {
    const anchor = parseAnchor(value);
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
      const next: string | null = anchor?.kind === "follow" ? anchor.from.anchor : null;
      if (next !== null && !given.has(next)) {
        problems.push({ file, pointer, code: "unknown_anchor", message: `no anchor "${next}"` });
        anchors.delete(name);
        break;
      }
      at = next;
    }
    if (at !== null && seen.includes(at)) {
      problems.push({ file, pointer, code: "cycle", message: [...seen, at].join(" follows ") });
      anchors.delete(name);
    }
  }
  return anchors;
}
