import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  attributesOf,
  explain,
  isReservedName,
  LABEL_NAME,
  matches,
  parseSelector,
  printSelector,
  specificity,
  type Attributes,
  type Selector,
  type SelectorUse,
  type Term,
} from "../../../src/fleet/selector.ts";

function selector(text: string, allow: SelectorUse = "list"): Selector {
  const parsed = parseSelector(text, { allow });
  if (parsed.kind === "problem") throw new Error(`${parsed.offset}: ${parsed.message}`);
  return parsed.selector;
}

const device: Attributes = {
  id: "001122-WIXB-0417",
  model: "WIXB-175",
  firmware: null,
  state: "drifted",
  site: "cpt",
  note: 'a, "b" \\ c',
};

describe("a device matches", () => {
  it.for([
    { text: "all", want: true },
    { text: "  all ", want: true },
    { text: "site=cpt", want: true },
    { text: "site==cpt", want: true },
    { text: " site = cpt , model = WIXB-175 ", want: true },
    { text: "site=jhb", want: false },
    { text: "site!=jhb", want: true },
    { text: "site!=cpt", want: false },
    { text: "model=WIXB-175,state!=converged,site in (cpt,jhb)", want: true },
    { text: "site in(cpt)", want: true },
    { text: "site in ( jhb , dur )", want: false },
    { text: "site notin (jhb)", want: true },
    { text: "site notin (jhb,cpt)", want: false },
    { text: "site", want: true },
    { text: "!site", want: false },
    { text: "! ring", want: true },
    { text: "in=x", want: false },
    { text: "in in (x)", want: false },
    { text: String.raw`note="a, \"b\" \\ c"`, want: true },
    { text: "ring!=lab", want: true, reason: "a label that is not there is not lab" },
    { text: "ring notin (lab)", want: true },
    { text: "ring=lab", want: false },
    { text: "firmware=1.0", want: false },
    { text: "firmware!=1.0", want: false, reason: "unknown is not different (I5)" },
    { text: "!firmware", want: false, reason: "unknown is not absent (I5)" },
    { text: "constructor", want: false, reason: "only own members are attributes" },
    { text: "toString!=x", want: true },
  ])("$text: $want", ({ text, want, reason }) => {
    const parsed = selector(text);
    expect(matches(parsed, device), reason).toBe(want);
    expect(explain(parsed, device).length === 0).toBe(want);
  });
});

describe("a text that is no selector is answered with its place", () => {
  const list = "list" as const;
  const record = "record" as const;
  it.for<{ text: string; use: SelectorUse; offset: number; message: RegExp }>([
    { text: "", use: list, offset: 0, message: /write "all"/ },
    { text: "   ", use: record, offset: 3, message: /write "all"/ },
    { text: "*", use: record, offset: 0, message: /write "all"/ },
    { text: "site=cpt,", use: list, offset: 9, message: /expected a name/ },
    { text: "site=", use: list, offset: 5, message: /expected a value/ },
    { text: "site=cpt jhb", use: list, offset: 9, message: /expected a comma/ },
    { text: "site in cpt", use: list, offset: 8, message: /expected "\("/ },
    { text: "site in (cpt", use: list, offset: 12, message: /expected a comma or "\)"/ },
    { text: "site in ()", use: list, offset: 9, message: /expected a value/ },
    { text: 'site="cpt', use: list, offset: 5, message: /never closed/ },
    { text: "-site=cpt", use: list, offset: 0, message: /starts and ends/ },
    { text: "site=cpt;x", use: list, offset: 8, message: /expected a comma/ },
    { text: "all,site=cpt", use: list, offset: 0, message: /stands alone/ },
    { text: "site=cpt,Model=x", use: list, offset: 9, message: /did you mean "model"/ },
    { text: "productclass=x", use: record, offset: 0, message: /did you mean "productClass"/ },
    { text: "state=convergd", use: list, offset: 6, message: /did you mean "converged"/ },
    { text: "state in (drifted,zzzzzzzzz)", use: list, offset: 18, message: /one of quarantined/ },
    { text: "oui=00:11:22", use: list, offset: 4, message: /six hexadecimal/ },
    { text: "site=cpt,state=drifted", use: record, offset: 9, message: /cannot select by state/ },
    { text: "firmware=1", use: record, offset: 0, message: /cannot select by firmware/ },
    { text: "id=x", use: record, offset: 0, message: /use serial/ },
    { text: `site=${"a".repeat(9000)}`, use: list, offset: 8192, message: /longer than/ },
    { text: "a,".repeat(70), use: list, offset: 128, message: /more than 64 terms/ },
  ])("$use: $text", ({ text, use, offset, message }) => {
    const parsed = parseSelector(text, { allow: use });
    expect(parsed).toMatchObject({ kind: "problem", offset });
    expect(parsed.kind === "problem" && parsed.message).toMatch(message);
  });

  it("a record may speak of identity and labels", () => {
    const text = "acs=main,oui=00e0fc,productClass=BM626e,serial!=1,model=BM626e,site=cpt";
    expect(printSelector(selector(text, "record"))).toContain("oui=00E0FC");
  });
});

it("explain names every term that keeps a device out, and why", () => {
  expect(explain(selector("model=WIXB-175,site=jhb,ring=lab,firmware=1"), device)).toEqual([
    { term: "site=jhb", because: "site is cpt" },
    { term: "ring=lab", because: "ring is not set" },
    { term: "firmware=1", because: "firmware is not known yet" },
  ]);
});

it("specificity counts different terms, so that saying a thing twice does not win", () => {
  expect(
    ["all", "a=1", "a=1,a=1", "a=1,b", "a==1,a=1,!b"].map((t) => specificity(selector(t))),
  ).toEqual([0, 1, 1, 2, 2]);
});

it("a device without a product class has none, and a model that was never read is not known", () => {
  const attributes = attributesOf(
    {
      id: "001122-1",
      acs: "main",
      identity: { oui: "001122", productClass: null, serial: "1" },
      facts: { modelName: null, softwareVersion: "2" },
      labels: { site: "cpt" },
    },
    null,
  );
  expect(matches(selector("!productClass,site=cpt,firmware=2,acs=main"), attributes)).toBe(true);
  expect(matches(selector("model!=x"), attributes)).toBe(false);
  expect(matches(selector("state!=converged"), attributes)).toBe(false);
});

describe("properties", () => {
  const grammar = fc
    .array(
      fc.constantFrom(
        ...["a", "site", "model", "state", "all", "in", "notin", "oui", "001122", "drifted"],
        ...["=", "==", "!=", "!", "(", ")", ",", " ", '"', "\\", "\t", "\u{1F600}", "é"],
      ),
      { maxLength: 24 },
    )
    .map((parts) => parts.join(""));

  it("any text gives a selector or a problem inside the text, and printing is stable", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "binary" }), grammar),
        fc.constantFrom("record" as const, "list" as const),
        (text, allow) => {
          const parsed = parseSelector(text, { allow });
          if (parsed.kind === "problem") {
            expect(parsed.offset).toBeGreaterThanOrEqual(0);
            expect(parsed.offset).toBeLessThanOrEqual(text.length);
            return;
          }
          const printed = printSelector(parsed.selector);
          const again = parseSelector(printed, { allow });
          expect(again).toEqual(parsed);
          expect(matches(parsed.selector, device)).toBe(
            explain(parsed.selector, device).length === 0,
          );
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it("every selector survives being printed and parsed", () => {
    const name = fc.stringMatching(LABEL_NAME).filter((text) => !isReservedName(text));
    const values = fc.uniqueArray(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 3 });
    const term: fc.Arbitrary<Term> = fc.oneof(
      fc.record({ kind: fc.constantFrom("in" as const, "notin" as const), name, values }),
      fc.record({ kind: fc.constantFrom("has" as const, "lacks" as const), name }),
    );
    fc.assert(
      fc.property(fc.array(term, { maxLength: 5 }), (terms) => {
        expect(selector(printSelector({ terms }))).toEqual({ terms });
      }),
      { numRuns: 2_000 },
    );
  });
});
