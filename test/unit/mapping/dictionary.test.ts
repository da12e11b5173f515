/** The dictionary: what each entry says, and the laws of its types that the laws of maps rest on. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/lib/secret.ts";
import { DICTIONARY, FAMILIES } from "../../../src/mapping/dictionary/index.ts";
import { samples } from "../../../src/mapping/dictionary/samples.ts";
import type { LogicalValue } from "../../../src/model/logical.ts";
import { spellingsOf, valuesOf } from "../../../src/mapping/laws/values.ts";

const entries = [...DICTIONARY];
const runs = { numRuns: 100 };

/** A secret by what it holds, so that two of them can be compared. */
const opened = (value: LogicalValue | undefined): unknown =>
  value instanceof Secret ? { secret: value.open() } : value;

describe.for(entries)("%s", ([logical, def]) => {
  const { type } = def;

  it("says what it is, in one line", () => {
    expect(logical).toMatch(/^[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+$/);
    expect(def.meaning).toMatch(/^\S[^\n]{6,90}[^.\s]$/);
    expect(type.name).toMatch(/^\S/);
    expect(JSON.parse(JSON.stringify(type.domain))).toEqual(type.domain);
  });

  it("is either a fact of the device or owned by somebody, with the risk and effects of that", () => {
    expect(def.owner === "device").toBe(def.observeOnly);
    if (def.observeOnly) expect(["none", "firmware"]).toContain(def.risk);
    else expect(["low", "wifi", "wan", "reach"]).toContain(def.risk);
    if (def.risk === "reach") expect(def.effects.interrupts).toContain("mgmt");
    if (def.observeOnly) expect(def.effects.interrupts).toEqual([]);
    expect(def.secret).toBe(type.domain.kind === "secret");
  });

  it("says what becomes of strangers' rows exactly where it is a list", () => {
    expect(def.strangers !== undefined).toBe(type.domain.kind === "list" && !def.observeOnly);
  });

  it("has edge values, all of them in normal form, and at least one that may be written", () => {
    const edges = samples(type.domain);
    expect(edges.length).toBeGreaterThan(0);
    for (const value of edges) expect(opened(type.parse(value))).toEqual(opened(value));
    expect(edges.some((value) => type.never(value) === undefined)).toBe(true);
    expect(samples(type.domain).map(opened)).toEqual(edges.map(opened));
  });

  it("takes every spelling of its values, and the normal form of a normal form is itself", () => {
    fc.assert(
      fc.property(spellingsOf(type.domain), (given) => {
        const form = type.parse(given);
        // Lower case can be longer than the text was, and then too long.
        if (form === undefined) expect(JSON.stringify(given)).toMatch(/İ/);
        else expect(opened(type.parse(form))).toEqual(opened(form));
      }),
      runs,
    );
    fc.assert(
      fc.property(valuesOf(type.domain), (value) => {
        expect(opened(type.parse(value))).toEqual(opened(value));
      }),
      runs,
    );
  });

  it("gives a value or undefined for anything at all", () => {
    fc.assert(
      fc.property(fc.anything({ withSparseArray: true, withNullPrototype: true }), (given) => {
        const form = type.parse(given);
        if (form === undefined) return;
        expect(opened(type.parse(form))).toEqual(opened(form));
        expect(["string", "undefined"]).toContain(typeof type.never(form));
      }),
      runs,
    );
  });
});

describe("the dictionary", () => {
  it("has each name once, in the family of its first word", () => {
    const names = Object.entries(FAMILIES).flatMap(([family, defs]) =>
      Object.keys(defs).map((logical) => {
        expect(logical.split(".")[0]).toBe(family);
        return logical;
      }),
    );
    expect(names).toHaveLength(DICTIONARY.size);
  });
});
