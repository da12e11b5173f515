/**
 * One `ParameterMap` as it was written. Takes plain objects (the text belongs to `manifest`) and answers with problems
 * that carry the source and a JSON Pointer; it never throws.
 */
import type { z } from "zod";
import type { Problem } from "../lib/errors.ts";
import { canonicalJson } from "../lib/hash.ts";
import { didYouMean } from "../lib/nearest.ts";
import { pointerOf, problemsOf } from "../lib/schema.ts";
import { anchorSchema } from "./anchors.ts";
import { DICTIONARY } from "./dictionary/index.ts";
import { bindingSchema, type BindingText } from "./binding.ts";
import { outerSchema } from "./document.ts";
import { SERIAL } from "./facts.ts";
import type { MapText, Placed, SECTIONS } from "./map-text.ts";

/** One document, or everything that is wrong with its shape. Steps are checked when a lens is built. */
export function readMap(file: string, document: unknown): { map?: MapText; problems: Problem[] } {
  const problems: Problem[] = [];
  const collect = <T>(schema: z.ZodType<T>, value: unknown, pointer: string): T | undefined => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const problem of problemsOf(parsed.error, schema)) {
      problems.push({ ...problem, file, pointer: pointer + (problem.pointer ?? "") });
    }
    return undefined;
  };
  const outer = collect(outerSchema, document, "");
  if (outer === undefined) return { problems };
  const { metadata, spec } = outer;
  const { name } = metadata;

  const placed = <Given, T>(
    section: (typeof SECTIONS)[number],
    given: Readonly<Record<string, Given>> | undefined,
    read: (value: Given, pointer: string, key: string) => T | undefined,
  ): ReadonlyMap<string, Placed<T>> => {
    const parts = new Map<string, Placed<T>>();
    for (const [key, one] of Object.entries(given ?? {})) {
      const pointer = `/spec/${section}${pointerOf([key])}`;
      const value = read(one, pointer, key);
      if (value === undefined) continue;
      parts.set(key, { by: name, file, pointer, value, text: canonicalJson(value) });
    }
    return parts;
  };
  const map: MapText = {
    name,
    file,
    layer: spec.layer ?? "model",
    suggested: metadata.labels?.["status"] === "suggested",
    extends: spec.extends ?? [],
    match: spec.match ?? {},
    verify: spec.verify ?? [],
    declares: placed("declares", spec.declares, (value) => value),
    actions: placed("actions", spec.actions, (value) => value),
    anchors: placed("anchors", spec.anchors, (given, pointer, key) => {
      if (key === "row")
        problems.push({ file, pointer, code: "reserved", message: `"row" is the row of a table` });
      return collect(anchorSchema, given, pointer);
    }),
    bind: placed<unknown, BindingText | null>("bind", spec.bind, (given, pointer, key) => {
      const fault = unbindable(key, given);
      if (fault !== undefined) problems.push({ file, pointer, ...fault });
      return given === null ? null : collect(bindingSchema, given, pointer);
    }),
  };
  return problems.length > 0 ? { problems } : { map, problems };
}

function unbindable(
  logical: string,
  given: unknown,
): Pick<Problem, "code" | "message"> | undefined {
  if (!DICTIONARY.has(logical)) {
    const near = didYouMean(logical, [...DICTIONARY.keys()]);
    return { code: "unknown_logical", message: `unknown logical parameter "${logical}".${near}` };
  }
  if (logical === SERIAL && given === null) {
    const message = "cannot be taken away: it proves which device answered";
    return { code: "no_identity", message };
  }
  return undefined;
}
