/**
 * fast-check generators from the dictionary's own data: `valuesOf` gives values in normal form, `spellingsOf` the same
 * values as people and devices also write them (case, padding, order, repetition).
 */
import fc from "fast-check";
import { Secret } from "../../lib/secret.ts";
import { conform } from "../dictionary/conform.ts";
import type { Domain } from "../dictionary/domain.ts";
import { samples } from "../dictionary/samples.ts";
import type { LogicalValue } from "../../model/logical.ts";

const LETTERS = ["a", "B", "7", "@", ",", ".", " ", "_", "ü", "ß", "İ", "Σ", "漢", "😀"];

/** Any character. Not fast-check's own unit: it needs a second to learn what all characters are. */
const CHARACTER = fc
  .integer({ min: 0, max: 0x10_ffff - 0x800 })
  .map((code) => String.fromCodePoint(code < 0xd800 ? code : code + 0x800));

/** Mostly short; now and then as long as it may be. */
function textOf(min: number, max: number): fc.Arbitrary<string> {
  const letter = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...LETTERS) },
    { weight: 1, arbitrary: CHARACTER },
  );
  const short = { unit: letter, minLength: min, maxLength: Math.min(max, min + 12) };
  const long = { unit: letter, minLength: Math.max(min, Math.min(max, 70) - 2), maxLength: max };
  return fc.oneof(
    { weight: 9, arbitrary: fc.string(short) },
    { weight: 1, arbitrary: fc.string({ ...long, size: "max" }) },
  );
}

/** Mostly a few entries; now and then as many as people write. */
function listOf(entry: fc.Arbitrary<LogicalValue>, max: number): fc.Arbitrary<LogicalValue> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.array(entry, { maxLength: Math.min(max, 6) }) },
    { weight: 1, arbitrary: fc.array(entry, { maxLength: Math.min(max, 40) }) },
  );
}

const withExamples = <T>(any: fc.Arbitrary<T>, examples: readonly T[] = []): fc.Arbitrary<T> =>
  examples.length === 0 ? any : fc.oneof(any, fc.constantFrom(...examples));

const octet = fc.integer({ min: 0, max: 255 });
const hexPair = octet.map((byte) => byte.toString(16).padStart(2, "0"));

/** Domains are the dictionary's own objects, and what draws from one is dear to make. */
const SPELLINGS = new WeakMap<Domain, fc.Arbitrary<LogicalValue>>();
const VALUES = new WeakMap<Domain, fc.Arbitrary<LogicalValue>>();

export function spellingsOf(domain: Domain): fc.Arbitrary<LogicalValue> {
  const known = SPELLINGS.get(domain) ?? spellingsMade(domain);
  SPELLINGS.set(domain, known);
  return known;
}

function spellingsMade(domain: Domain): fc.Arbitrary<LogicalValue> {
  switch (domain.kind) {
    case "text":
      return withExamples(textOf(0, domain.max), domain.examples);
    case "digits":
      return fc.string({
        unit: fc.nat(9).map(String),
        minLength: domain.min,
        maxLength: domain.max,
      });
    case "integer":
      return withExamples(fc.integer({ min: domain.min, max: domain.max }), domain.examples);
    case "boolean":
      return fc.boolean();
    case "word":
      return fc.constantFrom(...domain.words);
    case "mac":
      return fc
        .tuple(
          fc.array(hexPair, { minLength: 6, maxLength: 6 }),
          fc.constantFrom(":", "-", ""),
          fc.boolean(),
        )
        .map(([pairs, sep, upper]) => (upper ? pairs.join(sep).toUpperCase() : pairs.join(sep)));
    case "ipv4":
      return fc
        .tuple(fc.array(octet, { minLength: 4, maxLength: 4 }), fc.integer({ min: 1, max: 3 }))
        .map(([octets, width]) => octets.map((one) => String(one).padStart(width, "0")).join("."));
    case "secret":
      return textOf(domain.min, domain.max).map((text) => new Secret(text));
    case "nothing-or":
      return fc.oneof(
        { weight: 1, arbitrary: fc.constant(null) },
        { weight: 4, arbitrary: spellingsOf(domain.of) },
      );
    case "record":
      return fc.record(
        Object.fromEntries(
          Object.entries(domain.members).map(([name, member]) => [name, spellingsOf(member)]),
        ),
        { noNullPrototype: true },
      );
    case "list":
      return listOf(spellingsOf(domain.of), domain.max);
  }
}

/** Values in normal form, edges among them. What may never be written is not left out: that is the type's matter. */
export function valuesOf(domain: Domain): fc.Arbitrary<LogicalValue> {
  const known = VALUES.get(domain) ?? valuesMade(domain);
  VALUES.set(domain, known);
  return known;
}

function valuesMade(domain: Domain): fc.Arbitrary<LogicalValue> {
  const made = spellingsOf(domain)
    .map((value) => conform(domain, value))
    .filter((value) => value !== undefined);
  return fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...samples(domain)) },
    { weight: 4, arbitrary: made },
  );
}
