/**
 * The `ParameterMap` document: shape, validation, inheritance. Takes plain objects (the text belongs to `manifest`) and
 * answers with problems that carry the source and a JSON Pointer; it never throws by itself.
 */
import { z } from "zod";
import type { Problem } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import { pointerOf, problemsOf } from "../lib/schema.ts";
import { parseDurationMs } from "../lib/time.ts";
import { anchorSchema, type AnchorText } from "./anchors.ts";
import { declaresSchema, type Declares } from "./declares.ts";
import { DICTIONARY } from "./dictionary/index.ts";
import { stepSchema } from "./pipeline.ts";

const word = z.string().min(1);
const mapName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "wants lower-case letters, digits and single hyphens");
const oneOrMany = z.union([word, z.array(word).min(1)]);

const matchSchema = z.strictObject({
  root: z.enum(["InternetGatewayDevice", "Device"]).optional(),
  oui: z
    .array(z.string().regex(/^[0-9A-F]{6}$/, "wants six upper-case hex digits"))
    .min(1)
    .optional(),
  manufacturer: oneOrMany.optional(),
  productClass: oneOrMany.optional(),
  modelName: oneOrMany.optional(),
  hardwareVersion: z.union([oneOrMany, z.strictObject({ contains: word })]).optional(),
  /** Exact versions only; ranges come with the version schemes. */
  softwareVersion: oneOrMany.optional(),
});
export type Match = z.infer<typeof matchSchema>;

const effectsSchema = z.strictObject({
  interrupts: z.array(z.enum(["mgmt", "wan", "wifi", "radio"])).optional(),
  reboot: z.enum(["none", "after", "self"]).optional(),
  applies: z.enum(["now", "afterReboot"]).optional(),
  settle: z
    .string()
    .refine((text) => parseDurationMs(text) !== undefined, "wants a duration as 90s or 2m")
    .optional(),
});

const bindingSchemaOf = (step: z.ZodType) =>
  z.strictObject({
    lens: z.array(step).min(1),
    observeOnly: z.boolean().optional(),
    effects: effectsSchema.optional(),
    /** Another binding that says so too may keep something in the same parameters. */
    shares: z.boolean().optional(),
    /** A value that the map cannot decode may be overwritten; without this it is only reported. */
    overwriteForeign: z.boolean().optional(),
  });
const bindingSchema = bindingSchemaOf(z.unknown());
export type BindingText = z.infer<typeof bindingSchema>;

/** Evidence: what `get` must return on a fixture tree. Laws cannot tell a lawful map from a right one. */
const verifySchema = z.array(
  z.strictObject({
    tree: word,
    get: z.record(
      word,
      z.strictObject({
        value: z.unknown().optional(),
        is: z.enum(["absent", "unread", "unreadable", "foreign", "nonconforming"]).optional(),
      }),
    ),
  }),
);

const LAYERS = ["base", "vendor", "model", "firmware", "site"] as const;
export type Layer = (typeof LAYERS)[number];
export const layerRank = (layer: Layer): number => LAYERS.indexOf(layer);

const documentSchemaOf = (anchor: z.ZodType, binding: z.ZodType) =>
  z.strictObject({
    apiVersion: z.literal("plumbline/v1"),
    kind: z.literal("ParameterMap"),
    metadata: z.strictObject({ name: mapName, labels: z.record(word, z.string()).optional() }),
    spec: z.strictObject({
      extends: z.array(mapName).optional(),
      /** `base` and `vendor` are only extended, never chosen for a device. Default `model`. */
      layer: z.enum(LAYERS).optional(),
      match: matchSchema.optional(),
      declares: declaresSchema.optional(),
      anchors: z.record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), anchor).optional(),
      /** `null` takes an inherited binding away. */
      bind: z.record(word, binding.nullable()),
      actions: z
        .record(word, z.unknown())
        .refine((actions) => Object.keys(actions).length === 0, "actions are not carried out yet")
        .optional(),
      verify: verifySchema.optional(),
    }),
  });

/** The whole document, steps and all: for the JSON schema that editors use. Reading goes through `readMap`. */
export const parameterMapSchema = documentSchemaOf(anchorSchema, bindingSchemaOf(stepSchema));
const outerSchema = documentSchemaOf(z.unknown(), z.unknown());

/** A part of a document with the place where it was written, so that an inherited mistake is shown at its origin. */
interface Placed<T> {
  readonly file: string;
  readonly pointer: string;
  readonly value: T;
}

export interface MapText {
  readonly name: string;
  readonly file: string;
  readonly layer: Layer;
  readonly extends: readonly string[];
  readonly match: Match;
  readonly declares: Declares;
  readonly anchors: ReadonlyMap<string, Placed<AnchorText>>;
  readonly bind: ReadonlyMap<string, Placed<BindingText> | null>;
}

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

  const anchors = new Map<string, Placed<AnchorText>>();
  for (const [name, given] of Object.entries(spec.anchors ?? {})) {
    const pointer = `/spec/anchors${pointerOf([name])}`;
    const value = collect(anchorSchema, given, pointer);
    if (value !== undefined) anchors.set(name, { file, pointer, value });
    if (name === "row")
      problems.push({ file, pointer, code: "reserved", message: `"row" is the row of a table` });
  }
  const bind = new Map<string, Placed<BindingText> | null>();
  for (const [logical, given] of Object.entries(spec.bind)) {
    const pointer = `/spec/bind${pointerOf([logical])}`;
    if (!DICTIONARY.has(logical)) {
      const message = `unknown logical parameter "${logical}".${didYouMean(logical, [...DICTIONARY.keys()])}`;
      problems.push({ file, pointer, code: "unknown_logical", message });
    }
    const value = given === null ? null : collect(bindingSchema, given, pointer);
    if (value !== undefined) bind.set(logical, value === null ? null : { file, pointer, value });
  }
  if (problems.length > 0) return { problems };
  const map: MapText = {
    name: metadata.name,
    file,
    layer: spec.layer ?? "model",
    extends: spec.extends ?? [],
    match: spec.match ?? {},
    declares: spec.declares ?? {},
    anchors,
    bind,
  };
  return { map, problems };
}

/**
 * A map with all that it extends: left to right, later wins, the map itself last. `match` is merged term by term, anchors,
 * bindings and declarations by name. Layer, name and evidence are not inherited.
 */
export function resolveMap(
  map: MapText,
  all: ReadonlyMap<string, MapText>,
  trail: readonly string[] = [],
): { map?: MapText; problems: Problem[] } {
  const path = [...trail, map.name];
  let merged: MapText = { ...map, match: {}, declares: {}, anchors: new Map(), bind: new Map() };
  const over = (upper: MapText): MapText => ({
    ...merged,
    match: { ...merged.match, ...upper.match },
    declares: { ...merged.declares, ...upper.declares },
    anchors: new Map([...merged.anchors, ...upper.anchors]),
    bind: new Map([...merged.bind, ...upper.bind]),
  });
  for (const [index, name] of map.extends.entries()) {
    const place = { file: map.file, pointer: `/spec/extends/${index}` };
    const parent = all.get(name);
    if (parent === undefined) {
      const message = `no map "${name}".${didYouMean(name, [...all.keys()])}`;
      return { problems: [{ ...place, code: "unknown_map", message }] };
    }
    if (path.includes(name)) {
      return {
        problems: [{ ...place, code: "cycle", message: [...path, name].join(" extends ") }],
      };
    }
    const resolved = resolveMap(parent, all, path);
    if (resolved.map === undefined) return resolved;
    merged = over(resolved.map);
  }
  return { map: over(map), problems: [] };
}
