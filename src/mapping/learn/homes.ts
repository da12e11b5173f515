/**
 * What is known: every binding of every map as a *home* of its logical parameter, with the anchors that it stands on and
 * the maps that say so. Two maps that say the same make one home with two origins.
 */
import { canonicalJson } from "../../lib/hash.ts";
import { isRecord } from "../../model/logical.ts";
import type { AnchorText } from "../anchors.ts";
import { pathsIn } from "./paths.ts";

export interface Origin {
  readonly map: string;
  readonly layer: string;
  /** The text of its match, for kinship. */
  readonly match: Readonly<Record<string, unknown>>;
}

export interface Home {
  readonly logical: string;
  readonly lens: readonly unknown[];
  /** Of the binding, beside its lens: effects, order. */
  readonly rest: Readonly<Record<string, unknown>>;
  /** Maps among the origins that write it; general maps only read what a model has not been seen to take. */
  readonly writers: readonly Origin[];
  readonly anchors: Readonly<Record<string, AnchorText>>;
  readonly origins: readonly Origin[];
}

interface Doc {
  readonly name: string;
  readonly layer: string;
  readonly extends: readonly string[];
  readonly match: Readonly<Record<string, unknown>>;
  readonly anchors: Readonly<Record<string, AnchorText>>;
  readonly bind: Readonly<Record<string, unknown>>;
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  isRecord(value) ? value : {};

/** The documents were loaded before, so their shape is known to be good. */
function docOf(document: unknown): Doc {
  const spec = record(record(document)["spec"]);
  return {
    name: String(record(record(document)["metadata"])["name"]),
    layer: typeof spec["layer"] === "string" ? spec["layer"] : "model",
    extends: Array.isArray(spec["extends"]) ? spec["extends"].map(String) : [],
    match: record(spec["match"]),
    anchors: record(spec["anchors"]) as Readonly<Record<string, AnchorText>>,
    bind: record(spec["bind"]),
  };
}

const rootOf = (text: string): string => text.slice(0, Math.max(0, text.indexOf(".")));

/** Anchors of a document: its own, then those of what it extends, then those of the layers below it. */
function anchorsFor(doc: Doc, docs: readonly Doc[]): Readonly<Record<string, AnchorText>> {
  const byName = new Map(docs.map((one) => [one.name, one]));
  const inherited = doc.extends.map((name) => {
    const parent = byName.get(name);
    return parent === undefined ? {} : anchorsFor(parent, docs);
  });
  const root =
    doc.match["root"] ?? rootOf(pathsIn(doc.bind).find((path) => !path.startsWith("$")) ?? "");
  const below = docs
    .filter(({ layer }) => layer === "base" || layer === "vendor")
    .filter(
      (one) =>
        one !== doc &&
        (root === "" || one.match["root"] === undefined || one.match["root"] === root),
    )
    .map(({ anchors }) => anchors);
  return Object.assign({}, ...below, ...inherited, doc.anchors) as Record<string, AnchorText>;
}

/** Those that the lens names, and those that they follow. */
function used(
  lens: unknown,
  all: Readonly<Record<string, AnchorText>>,
): Readonly<Record<string, AnchorText>> {
  const found: Record<string, AnchorText> = {};
  const take = (path: string): void => {
    const name = /^\$(\w+)/.exec(path)?.[1];
    const anchor = name === undefined ? undefined : all[name];
    if (name === undefined || anchor === undefined || found[name] !== undefined) return;
    found[name] = anchor;
    if (anchor.follow !== undefined) take(anchor.follow);
  };
  pathsIn(lens).forEach(take);
  return found;
}

/** In no order that matters. A binding that was taken away (`null`) is no home. */
export function homesIn(documents: readonly unknown[]): readonly Home[] {
  const docs = documents.map(docOf);
  const homes = new Map<string, Home>();
  for (const doc of docs) {
    const anchors = anchorsFor(doc, docs);
    for (const [logical, binding] of Object.entries(doc.bind)) {
      if (!isRecord(binding) || !Array.isArray(binding["lens"])) continue;
      const { lens, observeOnly, ...rest } = binding;
      const standing = used(lens, anchors);
      const key = canonicalJson([logical, lens, standing]);
      const before = homes.get(key);
      const origin: Origin = { map: doc.name, layer: doc.layer, match: doc.match };
      const writes = observeOnly !== true;
      homes.set(key, {
        logical,
        lens: lens as readonly unknown[],
        // Effects and order are those of a map that writes it.
        rest: writes ? rest : (before?.rest ?? rest),
        writers: [...(before?.writers ?? []), ...(writes ? [origin] : [])],
        anchors: standing,
        origins: [...(before?.origins ?? []), origin],
      });
    }
  }
  return [...homes.values()];
}
