import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ACS_KINDS } from "../../src/acs/index.ts";
import { KIND_NAMES, KINDS } from "../../src/manifest/kinds.ts";
import { STEPS } from "../../src/mapping/codecs/index.ts";
import { stepSchema } from "../../src/mapping/pipeline.ts";
import { DICTIONARY } from "../../src/mapping/dictionary/index.ts";
import { CALL_CLASSES } from "../../src/model/call-class.ts";
import { FIELD_NAMES, FIELDS } from "../../src/model/fields/index.ts";
import { CONDITION_TYPES, REASONS, STATE_FACTS, STATES } from "../../src/model/status.ts";

const files = (folder: string): string[] => readdirSync(folder).map((file) => `${folder}/${file}`);
const source = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && file !== "model/status.ts")
  .map((file) => readFileSync(`src/${file}`, "utf8"))
  .join("\n");

describe("the registry of fields", () => {
  it.for(FIELD_NAMES)("%s has its name, a meaning, a schema, a phase and carriers", (name) => {
    const def = FIELDS[name];
    expect(def.name).toBe(name);
    expect(def.meaning.length).toBeGreaterThan(10);
    expect(def.schema).toBeInstanceOf(z.ZodType);
    expect(def.carriers.length).toBeGreaterThan(0);
    for (const { required } of def.carriers) expect(required.length).toBeGreaterThan(0);
  });

  it("gives each field a phase of its own, so that a plan has one order", () => {
    expect(new Set(FIELD_NAMES.map((name) => FIELDS[name].phase)).size).toBe(FIELD_NAMES.length);
  });

  it("gives each logical parameter to one carrier of one field, and only such as maps may bind", () => {
    const carried = FIELD_NAMES.flatMap((name) =>
      FIELDS[name].carriers.flatMap(({ required, optional }) => [...required, ...optional]),
    );
    expect(new Set(carried).size).toBe(carried.length);
    for (const logical of carried) expect(DICTIONARY.has(logical)).toBe(true);
  });

  it("has one file for each field", () => {
    const found = files("src/model/fields").filter((file) => !/\/(index|field)\.ts$/.test(file));
    expect(found).toHaveLength(FIELD_NAMES.length);
  });
});

describe("the registry of states", () => {
  it("says of each state what it means, with a mark of its own", () => {
    expect(Object.keys(STATE_FACTS).sort()).toEqual([...STATES].sort());
    const marks = STATES.map((state) => STATE_FACTS[state].mark);
    expect(new Set(marks).size).toBe(marks.length);
    for (const mark of marks) expect(mark).toMatch(/^.$/u);
  });

  it("stands in the order of precedence that the design gives", () => {
    expect(STATES.slice(0, 11)).toEqual([
      "quarantined",
      "held",
      "unmapped",
      "failed",
      "offline",
      "applying",
      "drifted",
      "queued",
      "unknown",
      "unverified",
      "converged",
    ]);
  });

  it.for(Object.entries(REASONS))(
    "the reason %s is a name, and says what it means",
    ([name, meaning]) => {
      expect(name).toMatch(/^([A-Z][a-z]+)+$/);
      expect(meaning).toMatch(/^\S.{8,}[^.]$/s);
    },
  );

  it("has no reason that nobody gives", () => {
    const unused = Object.keys(REASONS).filter((name) => !new RegExp(`\\b${name}\\b`).test(source));
    expect(unused.filter((name) => !GIVEN_LATER.includes(name))).toEqual([]);
  });

  it("names conditions and call classes once each", () => {
    expect(new Set(CONDITION_TYPES).size).toBe(CONDITION_TYPES.length);
    expect(new Set(CALL_CLASSES).size).toBe(CALL_CLASSES.length);
  });
});

/** Designed, and given by nothing yet. */
const GIVEN_LATER: readonly string[] = ["EvidenceTooOld", "NeverRead"];

describe("other registries", () => {
  it.for([...STEPS])(
    "step %s of a map goes by its own name and stands in a file of that name",
    ([name, step]) => {
      expect(step.name).toBe(name);
      expect(step.meaning.length).toBeGreaterThan(5);
      const file = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      expect(existsSync(`src/mapping/codecs/${file}.ts`)).toBe(true);
    },
  );

  it.for([...STEPS.keys()])(
    "step %s stands on the page about maps, with examples that hold",
    (name) => {
      const [, language = ""] = readFileSync("manifests/README.md", "utf8").split(
        "### The language",
      );
      const row =
        language.split("\n").find((line) => line.split(" | ")[0]?.includes(`\`${name}\``)) ?? "";
      const examples = (row.split(" | ")[2] ?? "").match(/`[^`]+`/g) ?? [];
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples.filter((one) => !one.includes("…"))) {
        const step: unknown = parse(`{ ${example.slice(1, -1)} }`);
        expect(stepSchema.safeParse(step).success, example).toBe(true);
      }
    },
  );

  it.for(KIND_NAMES)("kind %s has a meaning, a schema file and an example", (name) => {
    expect(KINDS[name].kind).toBe(name);
    expect(KINDS[name].meaning.length).toBeGreaterThan(10);
    expect(existsSync(`manifests/schemas/${name.toLowerCase()}.json`)).toBe(true);
    expect(existsSync(`manifests/examples/${name.toLowerCase()}.yaml`)).toBe(true);
  });

  it.for(ACS_KINDS)("ACS kind %s has a folder with its adapter", (name) => {
    expect(existsSync(`src/acs/${name}/client.ts`)).toBe(true);
    expect(existsSync(`src/acs/${name}/translate.ts`)).toBe(true);
  });
});
