/**
 * Whatever comes from outside gives a value or a typed error with its place (I20): maps that ship with parts of them
 * replaced, trees with their texts and lines mangled, and paths. `npm run test:long` runs 100,000 in all.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/lib/errors.ts";
import { loadMaps } from "../../../src/mapping/load.ts";
import { parseTemplate, printTemplate } from "../../../src/mapping/path.ts";
import { samples } from "../../../src/mapping/dictionary/samples.ts";
import { DICTIONARY } from "../../../src/mapping/dictionary/index.ts";
import { parseTree } from "../../../src/model/tree/parse.ts";
import { factsOf } from "../../../src/model/tree/facts.ts";
import { snapshotOf } from "../../../src/model/tree/snapshot.ts";
import { BASES, MAP_FILES, MAPS, readTree } from "./fixtures.ts";

const RUNS = Number(process.env["FUZZ_RUNS"] ?? 900);
const LIMIT_MS = process.env["FUZZ_RUNS"] === undefined ? 60_000 : 3_600_000;
const part = (share: number) => ({ numRuns: Math.ceil(RUNS * share) });

/** Every place of a document, as a list of keys. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, one]) => placesIn(one, [...path, key]))];
}

/** The document with one place replaced, taken away, or under another name. */
function mutated(document: unknown, at: readonly string[], how: string, other: unknown): unknown {
  const [key, ...rest] = at;
  if (key === undefined) return other;
  if (Array.isArray(document)) {
    const index = Number(key);
    if (rest.length === 0 && how === "drop") return document.filter((_, i) => i !== index);
    return document.map((one, i) =>
      i === index ? mutated(one, rest, how, other) : (one as unknown),
    );
  }
  if (typeof document !== "object" || document === null) return other;
  return Object.fromEntries(
    Object.entries(document).flatMap(([name, one]): [string, unknown][] => {
      if (name !== key) return [[name, one]];
      if (rest.length > 0 || how === "replace") return [[name, mutated(one, rest, how, other)]];
      return how === "drop" ? [] : [[`${name}x`, one]];
    }),
  );
}

const junk = fc.oneof(
  fc.anything({ maxDepth: 2 }),
  fc.constantFrom(
    "",
    "$",
    "$x.Y",
    "Device.",
    "Device.{a}.{a}",
    "(",
    "a".repeat(600),
    -1,
    null,
    [],
    {},
  ),
);

const mutations = fc
  .constantFrom(...MAP_FILES)
  .chain(({ document }) =>
    fc.tuple(
      fc.constant(document),
      fc.constantFrom(...placesIn(document)),
      fc.constantFrom("drop", "replace", "rename"),
      junk,
    ),
  )
  .map(([document, at, how, other]) => ({ at, document: mutated(document, at, how, other) }));

describe("any map", () => {
  it(
    "loads, or is refused with a code, a file and a pointer for each problem",
    { timeout: LIMIT_MS },
    () => {
      let refused = 0;
      fc.assert(
        fc.property(mutations, ({ document }) => {
          try {
            loadMaps([...BASES, { source: "fuzz.yaml", document }]);
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            refused += 1;
            expect(error.problems.length).toBeGreaterThan(0);
            for (const problem of error.problems) {
              expect(typeof problem.file).toBe("string");
              expect(problem.pointer).toMatch(/^(\/.*)?$/s);
            }
          }
        }),
        part(0.3),
      );
      expect(refused).toBeGreaterThan(0);
    },
  );
});

const TREE_TEXTS = ["huawei-bm632w", "talk-channel-rules", "tplink-hx220-multiwan"].map((name) =>
  [...readTree(name).nodes.values()]
    .map(({ path, value }) => `${path}${value === null ? "" : `=${value}`}`)
    .slice(0, 120)
    .join("\n"),
);

describe("any tree", () => {
  it(
    "is read, decoded by the maps that fit and planned for, or refused with its line",
    { timeout: LIMIT_MS },
    () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...TREE_TEXTS),
          fc.array(fc.tuple(fc.nat(), fc.string({ unit: "binary", maxLength: 12 })), {
            maxLength: 6,
          }),
          (text, edits) => {
            let mangled = text;
            for (const [at, with_] of edits) {
              const place = at % (mangled.length + 1);
              mangled = mangled.slice(0, place) + with_ + mangled.slice(place + with_.length);
            }
            const parsed = parseTree(mangled, "fuzz");
            if (parsed.kind === "problems") {
              for (const { message, file } of parsed.problems)
                expect([file, message.length > 3]).toEqual(["fuzz", true]);
              return;
            }
            const snapshot = snapshotOf(parsed.tree);
            const selection = MAPS.select(factsOf(parsed.tree));
            const mapper =
              selection.kind === "map"
                ? selection.mapper
                : selection.kind === "undecided"
                  ? selection.likely
                  : null;
            for (const [logical, { secret }] of mapper?.bindings ?? []) {
              mapper?.get(logical, snapshot);
              const [value] = samples(DICTIONARY.get(logical)?.type.domain ?? { kind: "boolean" });
              if (!secret && value !== undefined) mapper?.put(logical, value, snapshot);
            }
          },
        ),
        part(0.1),
      );
    },
  );
});

describe("any path", () => {
  it("is a template that prints as it was written, or has a fault", { timeout: LIMIT_MS }, () => {
    const segment = fc.oneof(
      fc.constantFrom("Device", "X_HW_A", "{r}", "Rule{r}", "1", "", "$wan", "é", "a-b", "{", "}"),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(
        fc.array(segment, { maxLength: 8 }).map((parts) => parts.join(".")),
        (text) => {
          const parsed = parseTemplate(text);
          if ("fault" in parsed) expect(parsed.fault.length).toBeGreaterThan(3);
          else expect(printTemplate(parsed)).toBe(text);
        },
      ),
      part(0.6),
    );
  });
});
