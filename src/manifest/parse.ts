/**
 * Manifests from text or from JSON: typed documents, and every problem at once with its place.
 *
 * A file with any problem is not applied at all; the good documents are returned beside the problems so that a page or
 * an editor can go on with them.
 */
import type { z } from "zod";
import type { Problem } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import { problemsOf } from "../lib/schema.ts";
import {
  API_VERSION,
  KIND_NAMES,
  KINDS,
  kindSchemas,
  type KindName,
  type Manifest,
} from "./kinds.ts";
import type { KindDef } from "./kinds/kind.ts";
import { parseYamlDocuments, type Source } from "./yaml.ts";

export { parseYamlDocuments } from "./yaml.ts";

/** A document with where it came from; `source` is null for one from a JSON body. `place` is that of a JSON Pointer in it. */
export type SourcedManifest = Manifest & {
  readonly source: Source | null;
  readonly place?: (pointer: string) => Source;
};

export interface ParsedManifests {
  readonly documents: readonly SourcedManifest[];
  readonly problems: readonly Problem[];
}

/** YAML, one or many documents. Never throws; `file` is only repeated in places. */
export function parseManifests(text: string, file: string): ParsedManifests {
  const yaml = parseYamlDocuments(text, file);
  const documents: SourcedManifest[] = [];
  const problems: Problem[] = [...yaml.problems];
  for (const { value, source, place } of yaml.documents) {
    const parsed = parseDocument(value);
    if (parsed.kind === "manifest") documents.push({ ...parsed.manifest, source, place });
    else {
      for (const problem of parsed.problems) {
        const of = problem.code === "unknown_field" ? "key" : "value";
        problems.push({ ...problem, ...place(problem.pointer ?? "", of) });
      }
    }
  }
  return { documents, problems: problems.sort(byPlace) };
}

/** The same for the `documents` of a JSON body; pointers begin with `prefix` and the position. */
export function parseManifestValues(
  values: readonly unknown[],
  prefix = "/documents",
): ParsedManifests {
  const documents: SourcedManifest[] = [];
  const problems: Problem[] = [];
  for (const [index, value] of values.entries()) {
    const parsed = parseDocument(value);
    if (parsed.kind === "manifest") documents.push({ ...parsed.manifest, source: null });
    else {
      for (const problem of parsed.problems) {
        problems.push({ ...problem, pointer: `${prefix}/${index}${problem.pointer ?? ""}` });
      }
    }
  }
  return { documents, problems };
}

type ParsedDocument =
  | { readonly kind: "manifest"; readonly manifest: Manifest }
  | { readonly kind: "problems"; readonly problems: readonly Problem[] };

function refused(pointer: string, code: string, message: string): ParsedDocument {
  return { kind: "problems", problems: [{ pointer, code, message }] };
}

function parseDocument(value: unknown): ParsedDocument {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return refused("", "invalid_type", "a document is a map with apiVersion, kind, metadata, spec");
  }
  const kind: unknown = Object.hasOwn(value, "kind")
    ? (value as { kind: unknown }).kind
    : undefined;
  if (!isKindName(kind)) {
    const near = typeof kind === "string" ? didYouMean(kind, KIND_NAMES) : "";
    const known = near === "" ? ` Known kinds: ${KIND_NAMES.join(", ")}.` : near;
    const [code, what] =
      kind === undefined ? ["missing_kind", "has no kind."] : ["unknown_kind", "unknown kind."];
    return refused(kind === undefined ? "" : "/kind", code, what + known);
  }
  const schema: z.ZodType<Manifest> = kindSchemas()[kind];
  const result = schema.safeParse(value);
  if (!result.success) {
    return { kind: "problems", problems: problemsOf(result.error, schema).map(inPlainWords) };
  }
  const manifest = result.data;
  const problems = checksOf(manifest);
  return problems.length === 0 ? { kind: "manifest", manifest } : { kind: "problems", problems };
}

function isKindName(kind: unknown): kind is KindName {
  return typeof kind === "string" && (KIND_NAMES as readonly string[]).includes(kind);
}

function checksOf({ kind, metadata, spec }: Manifest): readonly Problem[] {
  const definition = KINDS[kind] as KindDef<KindName, Manifest["spec"]>;
  return definition.check?.(metadata, spec) ?? [];
}

/** What a person who wrote YAML needs to hear beyond what the schema says. */
function inPlainWords(problem: Problem): Problem {
  const { pointer, code, message } = problem;
  if (code === "invalid_type" && /expected string, received (number|boolean)/.test(message)) {
    return { ...problem, message: "must be a text: put it in quotes" };
  }
  if (code === "invalid_type" && message.endsWith("received undefined")) {
    const name = pointer?.slice(pointer.lastIndexOf("/") + 1) ?? "";
    return { ...problem, code: "missing_field", message: `"${name}" is missing` };
  }
  if (pointer === "/apiVersion") return { ...problem, message: `must be ${API_VERSION}` };
  return problem;
}

function byPlace(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
