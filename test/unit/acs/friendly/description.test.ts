import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareDescriptions } from "../../../../src/acs/friendly/description.ts";

const OURS = readFileSync("manifests/acs/friendly-acsws.wsdl", "utf8");
/** The call element of one operation, cut out. */
const without = (operation: string): string =>
  OURS.replace(
    new RegExp(`<s:element name="${operation}">[^]*?</s:complexType>\\s*</s:element>`),
    "",
  );
const differences = (theirs: string): readonly string[] => {
  const compared = compareDescriptions(OURS, theirs);
  return compared.kind === "compared" ? compared.differences : [compared.why];
};

describe("the description of a site", () => {
  it.each([
    ["that is ours", OURS, []],
    [
      "without FTDeleteObject",
      without("FTDeleteObject"),
      ["it has no FTDeleteObject: that is never called"],
    ],
    [
      "with an argument less",
      OURS.replace(
        /(<s:element name="FTCPEStatus">[^]*?)<s:element[^>]*name="creator"[^>]*\/>/,
        "$1",
      ),
      ["FTCPEStatus does not take creator"],
    ],
    [
      "with an argument more",
      OURS.replace(
        /(<s:element name="FTRebootDevice">\s*<s:complexType>\s*<s:sequence>)/,
        '$1<s:element minOccurs="0" name="reason" type="s:string"/>',
      ),
      ["FTRebootDevice also takes reason"],
    ],
    [
      "of another namespace",
      OURS.replace(
        /targetNamespace="http:\/\/www\.friendly-tech\.com"/g,
        'targetNamespace="http://ftacs.com/"',
      ),
      [
        "its namespace is http://ftacs.com/, not http://www.friendly-tech.com: no answer is believed",
      ],
    ],
    ["that is a web page", "<html><body>404</body></html>", ["it is no WSDL"]],
    [
      "that describes nothing",
      '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" />',
      ["it describes no call"],
    ],
  ])("%s", (_what, theirs, expected) => {
    expect(differences(theirs)).toEqual(expected);
  });

  it("that is cut anywhere cannot be compared, or differs", () => {
    for (let cut = 0; cut < OURS.length; cut += 997)
      expect(compareDescriptions(OURS, OURS.slice(0, cut)).kind).toBe("not_comparable");
  });

  it("gives an answer whatever it is", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `<a>${text}</a>`),
        ),
        (theirs) => {
          expect(["compared", "not_comparable"]).toContain(compareDescriptions(OURS, theirs).kind);
        },
      ),
    );
  });
});
