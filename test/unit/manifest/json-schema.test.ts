/** The JSON schemas that editors use: complete, described, and of one mind with what reads the records. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { manifestJsonSchemas } from "../../../src/manifest/json-schema.ts";
import { parameterMapSchema } from "../../../src/mapping/document.ts";
import { misfits } from "../../support/json-schema.ts";

const MANIFESTS = join(import.meta.dirname, "../../../manifests");
const SCHEMAS = [...manifestJsonSchemas()].map(([file]) => ({
  file,
  schema: JSON.parse(readFileSync(join(MANIFESTS, "schemas", file), "utf8")) as unknown,
}));
const MAP_SCHEMA = SCHEMAS.find(({ file }) => file === "parametermap.json")?.schema;

const documentsIn = (path: string): unknown[] =>
  parseAllDocuments(readFileSync(path, "utf8")).map((document) => document.toJS() as unknown);
const MAPS = readdirSync(join(MANIFESTS, "maps"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => join(MANIFESTS, "maps", file));
const RECORDS = [
  ...MAPS,
  ...readdirSync(join(MANIFESTS, "examples")).map((file) => join(MANIFESTS, "examples", file)),
].filter((path) => path.endsWith(".yaml"));

/** Every part of a schema that describes a member, with its place. */
function members(node: unknown, at: string): [string, Record<string, unknown>][] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, inner]: [string, unknown]) => {
    if (key !== "properties") return members(inner, `${at}/${key}`);
    const named = Object.entries(inner as Record<string, Record<string, unknown>>);
    return named.flatMap(([name, one]) => [
      [`${at}/${name}`, one] as [string, Record<string, unknown>],
      ...members(one, `${at}/${name}`),
    ]);
  });
}

describe.for(SCHEMAS)("$file", ({ schema }) => {
  it("is of draft 7, and refers only to what is in it", () => {
    expect(schema).toMatchObject({ $schema: "http://json-schema.org/draft-07/schema#" });
    const refs = JSON.stringify(schema).match(/"\$ref":"[^"]*"/g) ?? [];
    const names = Object.keys((schema as { definitions?: object }).definitions ?? {});
    for (const ref of new Set(refs))
      expect(names.map((name) => `"$ref":"#/definitions/${name}"`)).toContain(ref);
  });
});

it("every step, every option and every logical parameter of a map says what it is for", () => {
  const { definitions, properties } = MAP_SCHEMA as Record<string, object>;
  const spec = (properties as { spec: object }).spec;
  const silent = [...members(definitions, ""), ...members(spec, "/spec")]
    .filter(([, { description }]) => description === undefined)
    .map(([place]) => place);
  expect(silent).toEqual([]);
});

describe.for(RECORDS.map((path) => ({ path, name: path.slice(MANIFESTS.length + 1) })))(
  "$name",
  ({ path }) => {
    const [modeline = ""] = readFileSync(path, "utf8").split("\n", 1);
    const file = /^# yaml-language-server: \$schema=(\S+)$/.exec(modeline)?.[1];

    it("names a schema that is there, and fits it", () => {
      const place = join(dirname(path), file ?? "(no modeline)");
      const known = new Map(
        SCHEMAS.map(({ file: name, schema }) => [join(MANIFESTS, "schemas", name), schema]),
      );
      expect([...known.keys()]).toContain(place);
      for (const document of documentsIn(path))
        expect(misfits(known.get(place), document)).toEqual([]);
    });
  },
);

const mapWith = (bind: object) => ({
  apiVersion: "plumbline/v1",
  kind: "ParameterMap",
  metadata: { name: "a" },
  spec: { bind },
});
const lens = (...steps: unknown[]) => mapWith({ "wan.vlan-id": { lens: steps } });

describe("an editor underlines", () => {
  it.for<{ name: string; map: unknown }>([
    { name: "a logical parameter that is none", map: mapWith({ "wan.vlan": { lens: [] } }) },
    { name: "a step that is none", map: lens({ ats: "Device.X" }) },
    { name: "two steps in one", map: lens({ int: {}, at: "Device.X" }) },
    { name: "an option that is none", map: lens({ int: { maximum: 3 } }, { at: "Device.X" }) },
    { name: "a word that is none", map: lens({ csv: { sep: ",", order: "sorted" } }) },
    { name: "a step that is none, deep inside", map: lens({ cases: [{ lens: [{ a: 1 }] }] }) },
    { name: "a lens without steps", map: lens() },
    { name: "a word beside the spec", map: { ...lens({ at: "Device.X" }), sepc: {} } },
  ])("$name", ({ map }) => {
    expect(misfits(MAP_SCHEMA, map)).not.toEqual([]);
  });

  it("nothing in a map that is right", () => {
    expect(misfits(MAP_SCHEMA, lens({ cases: [{ lens: [{ at: "Device.X" }] }] }))).toEqual([]);
    expect(misfits(MAP_SCHEMA, mapWith({ "wan.vlan-id": null }))).toEqual([]);
  });
});

/** A shipped map with one piece taken out or put in another's place. */
const mutated = fc
  .tuple(
    fc.constantFrom(...MAPS),
    fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 9 }),
    fc.constantFrom<unknown>(
      undefined,
      null,
      1,
      -1,
      true,
      "",
      "a",
      "Device.X",
      [],
      {},
      { at: "$row" },
    ),
  )
  .map(([path, trail, piece]) => {
    const document = structuredClone(documentsIn(path)[0]);
    let node: unknown = document;
    for (const [index, step] of trail.entries()) {
      if (typeof node !== "object" || node === null) break;
      const keys = Object.keys(node);
      const key = keys[step % Math.max(1, keys.length)];
      if (key === undefined) break;
      const here = node as Record<string, unknown>;
      const next = here[key];
      const isLast = index === trail.length - 1 || typeof next !== "object" || next === null;
      if (isLast && piece === undefined && !Array.isArray(here)) Reflect.deleteProperty(here, key);
      else if (isLast) here[key] = piece;
      node = next;
    }
    return document;
  });

it("an editor takes whatever the program takes", () => {
  let taken = 0;
  fc.assert(
    fc.property(mutated, (document) => {
      if (!parameterMapSchema.safeParse(document).success) return;
      taken += 1;
      expect(misfits(MAP_SCHEMA, document)).toEqual([]);
    }),
    { numRuns: 400 },
  );
  expect(taken).toBeGreaterThan(20);
});
