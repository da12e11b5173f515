import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareWsdl } from "../../../../src/acs/friendly/wsdl.ts";
import { withoutOperation } from "../../../support/friendly-wsdl.ts";

const OURS = readFileSync("manifests/acs/friendly-acsws.wsdl", "utf8");

describe("the site's own WSDL", () => {
  it("agrees with itself", () => {
    expect(compareWsdl(OURS, OURS)).toEqual([]);
  });

  it("is compared whatever its prefixes are", () => {
    const theirs = OURS.replaceAll("<s:", "<xs:")
      .replaceAll("</s:", "</xs:")
      .replace("xmlns:s=", "xmlns:xs=");
    expect(compareWsdl(OURS, theirs)).toEqual([]);
  });

  it("a missing operation", () => {
    expect(compareWsdl(OURS, withoutOperation(OURS, "FTDeleteObject"))).toEqual([
      {
        kind: "missing_operation",
        operation: "FTDeleteObject",
        text: "The ACS does not describe FTDeleteObject.",
      },
    ]);
  });

  it("a missing and an extra argument: one that is spelt in another way is both", () => {
    const theirs = OURS.replace('name="rpcname"', 'name="RPCName"');
    expect(compareWsdl(OURS, theirs)).toEqual([
      {
        kind: "missing_argument",
        operation: "FTRPCInvoke",
        text: "The ACS's FTRPCInvoke has no argument rpcname.",
      },
      {
        kind: "extra_argument",
        operation: "FTRPCInvoke",
        text: "The ACS's FTRPCInvoke has an argument RPCName that we do not know.",
      },
    ]);
  });

  it("another namespace", () => {
    const theirs = OURS.replaceAll("http://www.friendly-tech.com", "http://ftacs.com/");
    expect(compareWsdl(OURS, theirs)).toEqual([
      {
        kind: "other_namespace",
        operation: null,
        text: "The ACS's namespace is http://ftacs.com/, and ours is http://www.friendly-tech.com.",
      },
    ]);
  });

  it("an operation whose arguments it does not hold", () => {
    const theirs = OURS.replace('<s:element name="FTCPEStatus">', '<s:element name="Elsewhere">');
    expect(compareWsdl(OURS, theirs)).toMatchObject([
      { kind: "arguments_unknown", operation: "FTCPEStatus" },
    ]);
  });

  it.each([
    ["nothing", "", "it cannot be read as XML"],
    ["a page", "<!DOCTYPE html><html></html>", "it cannot be read as XML"],
    ["an answer", "<Envelope/>", "it is not a WSDL 1.1 description"],
    [
      "a description of something else",
      OURS.replaceAll("FT", "XX"),
      "it describes none of the operations that we know",
    ],
    ["a heap", `<a>${"a".repeat(3_000_000)}</a>`, "it is too long for a description"],
  ])("cannot be compared when it is %s", (_name, theirs, why) => {
    expect(compareWsdl(OURS, theirs)).toEqual({ kind: "not_comparable", why });
  });

  it("any text gives a value and never throws", () => {
    const cut = fc.nat(OURS.length).map((end) => OURS.slice(0, end));
    const broken = fc
      .tuple(fc.nat(OURS.length), fc.nat(40), fc.string())
      .map(([at, length, text]) => OURS.slice(0, at) + text + OURS.slice(at + length));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" }), cut, broken), (theirs) => {
        const found = compareWsdl(OURS, theirs);
        expect(found).toBeTypeOf("object");
      }),
      { numRuns: 300 },
    );
  });
});
