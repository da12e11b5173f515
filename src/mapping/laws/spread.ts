/** Paths of a map without their anchors: `Device.PPP.Interface.{p}.Username` for `$ppp.Username`. */
import type { Anchor } from "../anchors.ts";
import type { Template } from "../path.ts";
import type { Bound } from "./subject.ts";

type Anchors = ReadonlyMap<string, Anchor>;

const rowOf = (anchor: Anchor): Template => (anchor.kind === "row" ? anchor.row : anchor.to);

/** From the root; undefined for an anchor that the map does not have, or `$row`. */
export function spread(template: Template, anchors: Anchors): Template | undefined {
  if (template.anchor === null) return template;
  const anchor = anchors.get(template.anchor);
  if (anchor === undefined) return undefined;
  return { anchor: null, segments: [...rowOf(anchor).segments, ...template.segments] };
}

/** All rows that a binding looks for: those of its anchors, of the anchors that these start at, and of its tables. */
export function rowsOf({ lens }: Pick<Bound, "lens">, anchors: Anchors): Template[] {
  const rows: Template[] = [];
  const seen = new Set<string>();
  const take = (name: string | null): void => {
    const anchor = name === null ? undefined : anchors.get(name);
    if (name === null || anchor === undefined || seen.has(name)) return;
    seen.add(name);
    rows.push(rowOf(anchor));
    take(anchor.kind === "follow" ? anchor.from.anchor : anchor.holds);
  };
  for (const need of lens.needs) {
    const path = need.kind === "table" ? need.row : need.path;
    take(path.anchor);
    const whole = need.kind === "table" ? spread(path, anchors) : undefined;
    if (whole !== undefined) rows.push(whole);
  }
  return rows;
}
