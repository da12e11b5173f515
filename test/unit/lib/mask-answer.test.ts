import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskAnswer } from "../../../src/lib/mask-answer.ts";

const CANARY = "kanarie-Zq7";

describe("the evidence of an answer", () => {
  it("of a Friendly read keeps names and codes, and no value", () => {
    const answer =
      `<soap:Envelope xmlns:soap="http://x/${CANARY}"><soap:Body><FTGetDeviceParametersResponse>` +
      `<FTGetDeviceParametersResult><ErrorCode>100</ErrorCode><Params><ParamWSDL><Name>Device.PPP.Interface.1.Password</Name>` +
      `<Value>${CANARY}</Value></ParamWSDL></Params></FTGetDeviceParametersResult></FTGetDeviceParametersResponse></soap:Body></soap:Envelope>`;
    expect(maskAnswer(answer)).toBe(
      "<Envelope><Body><FTGetDeviceParametersResponse><FTGetDeviceParametersResult><ErrorCode>100</ErrorCode>" +
        "<Params><ParamWSDL><Name>Device.PPP.Interface.1.Password</Name><Value>…</Value></ParamWSDL></Params>" +
        "</FTGetDeviceParametersResult></FTGetDeviceParametersResponse></Body></Envelope>",
    );
  });

  it("of a GenieACS document keeps members and the id, and no value", () => {
    const answer = `[{"_id":"001CAA-W-S1","Device":{"PPP":{"Password":{"_value":"${CANARY}","_type":"xsd:string","n":12}}}}]`;
    expect(maskAnswer(answer)).toBe(
      '[{"_id":"001CAA-W-S1","Device":{"PPP":{"Password":{"_value":"…","_type":"xsd:string","n":…}}}}]',
    );
  });

  it.each([
    ["a page of HTML", `<html><head><title>Error</title></head><body>${CANARY}</body></html>`],
    ["CDATA", `<Value><![CDATA[${CANARY}]]></Value>`],
    ["an attribute", `<Value type="${CANARY}">x</Value>`],
    ["a comment", `<a><!-- ${CANARY} --></a>`],
    ["an answer that was cut in a value", `<ParamWSDL><Name>A.B</Name><Value>${CANARY}`],
    ["JSON that was cut in a value", `[{"_value":"${CANARY}`],
    ["a value that is not quoted", `{"_value": ${CANARY}}`],
    ["an escaped quote", `{"_value":"a\\"${CANARY}"}`],
    ["plain text", `Device ${CANARY} not found`],
    ["a sentence where a name should be", `<Name>the password is ${CANARY}</Name>`],
    ["a member named by a password", `{"pass ${CANARY}":1}`],
  ])("holds nothing of %s", (_what, answer) => {
    expect(maskAnswer(answer)).not.toContain(CANARY);
  });

  it("is a text of bounded length, whatever was answered", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((text) => `<a>${text}</a>`),
        ),
        (answer) => {
          expect(maskAnswer(answer).length).toBeLessThanOrEqual(2_001);
        },
      ),
    );
  });
});
