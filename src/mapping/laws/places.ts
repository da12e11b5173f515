/** Where the rows of a device stand that is made from a map: one for each anchor, and one beside it that does not fit. */
import type { Anchor } from "../anchors.ts";
import { fromRoot } from "../lint/uses.ts";
import { printTemplate } from "../path.ts";
import type { Subject } from "./subject.ts";

export interface Place {
  /** With `{names}` for numbers. */
  readonly template: string;
  /** The row that the anchor is to choose. */
  readonly row: string;
  /** A row that fails a condition; undefined where every row is as good. */
  readonly decoy: string | undefined;
}

/** Numbers that no map writes down: whoever finds such a row has looked for it. Outer rows are shared. */
const OUTER = "2";

const rowAt = (template: string, last: number): string => {
  const end = template.lastIndexOf("{");
  const head = template.slice(0, end).replaceAll(/\{\w+\}/g, OUTER);
  return head + template.slice(end).replace(/\{\w+\}/, String(last));
};

const templateOf = (anchor: Anchor): string =>
  printTemplate(anchor.kind === "row" ? anchor.row : anchor.to);

const choosy = (anchor: Anchor): boolean =>
  anchor.kind === "follow" || anchor.where.length + anchor.prefer.length > 0;

/** By anchor. Anchors of one table get rows of their own. */
export function placesOf({ anchors }: Subject): ReadonlyMap<string, Place> {
  const used = new Map<string, number>();
  const places = new Map<string, Place>();
  for (const [name, anchor] of anchors) {
    const template = templateOf(anchor);
    const index = used.get(template) ?? 0;
    used.set(template, index + 1);
    places.set(name, {
      template,
      row: rowAt(template, 3 + 2 * index),
      decoy: choosy(anchor) ? rowAt(template, 4 + 2 * index) : undefined,
    });
  }
  return places;
}

/** Texts of the parameters where walks start, each naming the row where it is to end. */
export function referencesOf(
  { anchors }: Subject,
  places: ReadonlyMap<string, Place>,
): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [name, anchor] of anchors) {
    const place = places.get(name);
    if (anchor.kind !== "follow" || place === undefined) continue;
    const start = anchor.from.anchor === null ? undefined : places.get(anchor.from.anchor);
    const path = fromRoot(anchor.from, anchors) ?? "";
    const from = start === undefined ? path : start.row + path.slice(start.template.length);
    texts.set(from, `${place.row}.`);
  }
  return texts;
}
