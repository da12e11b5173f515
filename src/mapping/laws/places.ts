/** Where the rows of a device stand that is made from a map: one for each anchor, and one beside it that does not fit. */
import type { Anchor } from "../anchors.ts";
import type { Condition } from "../conditions.ts";
import { fromRoot } from "../lint/uses.ts";
import { printTemplate } from "../path.ts";
import { evidenceText } from "./evidence-text.ts";
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

const heldBy = (anchor: Anchor): string | null => (anchor.kind === "row" ? anchor.holds : null);

/**
 * By anchor. Anchors of one table get rows of their own; one around another is where that one is.
 *
 * @param shared anchors that choose the row of another one
 */
function placesOf(
  { anchors }: Subject,
  shared: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, Place> {
  const used = new Map<string, number>();
  const places = new Map<string, Place>();
  for (const [name, anchor] of anchors) {
    if (heldBy(anchor) !== null || shared.has(name)) continue;
    const template = templateOf(anchor);
    const index = used.get(template) ?? 0;
    used.set(template, index + 1);
    places.set(name, {
      template,
      row: rowAt(template, 3 + 2 * index),
      decoy: choosy(anchor) ? rowAt(template, 4 + 2 * index) : undefined,
    });
  }
  for (const [name, other] of shared) {
    const place = places.get(other);
    if (place !== undefined) places.set(name, { ...place, decoy: undefined });
  }
  for (const [name, anchor] of anchors) {
    const held = heldBy(anchor);
    if (held === null) continue;
    const template = templateOf(anchor);
    const length = template.split(".").length;
    const around = places.get(held)?.row.split(".").slice(0, length).join(".");
    places.set(name, { template, row: around ?? rowAt(template, 2), decoy: undefined });
  }
  return places;
}

/** Texts of the parameters where walks start, each naming the rows where they are to end. */
function referencesOf(
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
    const known = texts.get(from);
    texts.set(from, `${known === undefined ? "" : `${known},`}${place.row}.`);
  }
  return texts;
}

/** Texts that the rows of anchors have to hold, so that each anchor finds its own. */
function evidenceOf(subject: Subject, places: ReadonlyMap<string, Place>): Map<string, string> {
  const texts = referencesOf(subject, places);
  for (const [name, { row, decoy }] of places) {
    const { where = [], prefer = [] } = subject.mapper.resolved.anchors[name] ?? {};
    const conditions = [...where, ...prefer];
    for (const param of new Set(conditions.map((condition) => condition.param))) {
      const path = `${row}.${param}`;
      const own = conditions.filter((condition) => condition.param === param);
      const { meets, fails } = evidenceText(own, texts.get(path));
      texts.set(path, meets);
      if (decoy !== undefined) texts.set(`${decoy}.${param}`, fails);
    }
  }
  return texts;
}

/** Anchors that would choose the row of another one, as it meets their conditions too. */
function sharedBy(
  { anchors }: Subject,
  places: ReadonlyMap<string, Place>,
  texts: ReadonlyMap<string, string>,
): Map<string, string> {
  const shared = new Map<string, string>();
  const owners: string[] = [];
  for (const [name, anchor] of anchors) {
    if (heldBy(anchor) !== null) continue;
    const meets = (other: string, { param, test }: Condition): boolean => {
      const text = texts.get(`${places.get(other)?.row ?? ""}.${param}`);
      return text !== undefined && test(text);
    };
    const template = places.get(name)?.template;
    let left = owners.filter((other) => places.get(other)?.template === template);
    if (anchor.kind === "row") {
      left = left.filter((other) => anchor.where.every((condition) => meets(other, condition)));
      for (const condition of anchor.prefer) {
        const better = left.filter((other) => meets(other, condition));
        if (better.length > 0) left = better;
      }
    }
    const [other] = left;
    if (anchor.kind === "follow" || other === undefined) owners.push(name);
    else shared.set(name, other);
  }
  return shared;
}

export interface Ground {
  readonly places: ReadonlyMap<string, Place>;
  /** By path. */
  readonly texts: Map<string, string>;
}

/** Where the rows of all anchors are, and what has to stand in them. */
export function groundOf(subject: Subject): Ground {
  const apart = placesOf(subject);
  const places = placesOf(subject, sharedBy(subject, apart, evidenceOf(subject, apart)));
  return { places, texts: evidenceOf(subject, places) };
}
