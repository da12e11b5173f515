import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeXml, parseXml, XmlError } from "../../../src/lib/xml.ts";

describe("the XML reader", () => {
  it("resolves prefixes and defaults, inner ones before outer ones", () => {
    const root = parseXml(
      '<a:r xmlns:a="A" xmlns="B"><x/><a:y xmlns:a="C"><z xmlns=""/></a:y></a:r>',
    );
    const [x, y] = root.children;
    expect([root.namespace, x?.namespace, y?.namespace, y?.children[0]?.namespace]).toEqual([
      "A",
      "B",
      "C",
      "",
    ]);
  });

  it.each([
    ["text with blanks", "<r> a b </r>", " a b "],
    ["the five entities", "<r>&lt;&gt;&amp;&quot;&apos;</r>", "<>&\"'"],
    ["numeric references", "<r>&#65;&#x1F600;</r>", "A😀"],
    ["CDATA as it stands", "<r>a<![CDATA[<&]]>b</r>", "a<&b"],
    ["text around comments", "<r>a<!-- <x> -->b<?pi?></r>", "ab"],
    ["line ends as one character", "<r>a\r\nb\rc</r>", "a\nb\nc"],
    ["a byte order mark and a declaration", '\ufeff<?xml version="1.0"?>\n<r>x</r>\n', "x"],
  ])("reads %s", (_name, source, text) => {
    expect(parseXml(source).text).toBe(text);
  });

  it.each([
    ["nothing", ""],
    ["text only", "hello"],
    ["an HTML page", "<!DOCTYPE html><html><body><br></body></html>"],
    ["an entity definition", '<!DOCTYPE r [<!ENTITY x "y">]><r>&x;</r>'],
    ["a cut document", "<r><a>x</a>"],
    ["crossed tags", "<a><b></a></b>"],
    ["two roots", "<a/><b/>"],
    ["an undeclared prefix", "<x:a/>"],
    ["an unknown entity", "<a>&nbsp;</a>"],
    ["an ampersand alone", "<a>&</a>"],
    ["a control character", "<a>\u0001</a>"],
    ["a reference to one", "<a>&#1;</a>"],
    ["the same attribute twice", '<a x="1" x="2"/>'],
    ["an attribute without quotes", "<a x=1/>"],
    ["65 levels", "<a>".repeat(65) + "</a>".repeat(65)],
  ])("refuses %s", (_name, source) => {
    expect(() => parseXml(source)).toThrow(XmlError);
  });

  it("reads back what was escaped, for any text that XML can hold", () => {
    const text = fc
      .string({
        unit: fc.oneof(
          fc.string({ unit: "grapheme", maxLength: 1 }),
          fc.constantFrom("\r", "\n", " ", "<", "&", "]]>", '"'),
        ),
      })
      .filter((each) => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(each));
    fc.assert(
      fc.property(text, (value) => {
        const root = parseXml(`<r a="${escapeXml(value)}">${escapeXml(value)}</r>`);
        expect([root.text, root.attributes.get("a")]).toEqual([value, value]);
      }),
    );
  });

  it("answers any text with a document or an XmlError", () => {
    const pieces = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom(
          "<a>",
          "</a>",
          "<a x='1'/>",
          "<![CDATA[",
          "]]>",
          "<!--",
          "-->",
          "&amp;",
          "<?",
          "?>",
          "<",
          ">",
        ),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        try {
          parseXml(parts.join(""));
        } catch (error) {
          expect(error).toBeInstanceOf(XmlError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
