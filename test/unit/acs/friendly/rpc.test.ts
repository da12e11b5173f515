/** The answers are written by hand after TR-069 (AddObjectResponse, DeleteObjectResponse, Fault). */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeInvoked, rpcFor } from "../../../../src/acs/friendly/rpc.ts";
import { parseXml } from "../../../../src/lib/xml.ts";

const ADD = { kind: "add", table: "Device.NAT.PortMapping." } as const;
const DELETE = { kind: "delete", row: "Device.NAT.PortMapping.3." } as const;
const answered = (Response: unknown) => ({ FTRPCInvokeResult: { ErrorCode: 100, Response } });
const ADDED = `<cwmp:AddObjectResponse><InstanceNumber>4</InstanceNumber><Status>0</Status></cwmp:AddObjectResponse>`;
const DELETED = `<cwmp:DeleteObjectResponse xmlns:cwmp="urn:dslforum-org:cwmp-1-2"><Status>1</Status></cwmp:DeleteObjectResponse>`;
const FAULT = `<cwmp:Fault><FaultCode>9005</FaultCode><FaultString>Invalid parameter name</FaultString></cwmp:Fault>`;

describe("rows by FTRPCInvoke", () => {
  it("builds the CWMP call, its path escaped", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const table = `Device.${text}</ObjectName><x>&.`;
        const rpc = rpcFor({ kind: "add", table });
        if (typeof rpc === "string") return;
        const call = parseXml(rpc.soapcontent);
        expect(call).toMatchObject({ name: "AddObject", namespace: "urn:dslforum-org:cwmp-1-0" });
        expect(call.children.map(({ name }) => name)).toEqual(["ObjectName", "ParameterKey"]);
        // A line end may be read as another one, as everywhere in XML.
        expect(call.children[0]?.text.replaceAll("\r", "\n")).toBe(table.replaceAll("\r", "\n"));
      }),
    );
    expect(rpcFor(DELETE)).toMatchObject({ rpcname: DELETE.row });
  });

  it("sends nothing that XML cannot carry", () => {
    expect(rpcFor({ kind: "delete", row: "Device.\u0000.1." })).toMatch(/^not sent/);
  });

  it.each([
    ["a row that was added", ADD, ADDED, { kind: "accepted", id: null }],
    ["a row that is deleted after a reboot", DELETE, DELETED, { kind: "accepted", id: null }],
    [
      "a fault of the CPE",
      ADD,
      FAULT,
      { kind: "rejected", code: 9005, text: "Invalid parameter name" },
    ],
    [
      "a fault inside that of SOAP",
      ADD,
      `<soap:Fault xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><faultcode>Client</faultcode><faultstring>CWMP fault</faultstring><detail>${FAULT}</detail></soap:Fault>`,
      { kind: "rejected", code: 9005 },
    ],
    ["another call's answer", DELETE, ADDED, { kind: "unknown", fault: "wrong_type" }],
    [
      "another namespace",
      ADD,
      ADDED.replace("Response>", `Response xmlns:cwmp="urn:other">`),
      { kind: "unknown", fault: "wrong_type" },
    ],
    [
      "no number",
      ADD,
      ADDED.replace("<InstanceNumber>4</InstanceNumber>", ""),
      { kind: "unknown", fault: "incomplete" },
    ],
    ["a status of its own", DELETE, DELETED.replace(">1<", ">2<"), { fault: "incomplete" }],
    ["a fault without a code", ADD, "<Fault/>", { fault: "incomplete" }],
    ["no XML", ADD, "OK", { fault: "garbled" }],
    ["a cut", ADD, ADDED.slice(0, 60), { fault: "garbled" }],
    ["nothing", ADD, "", { fault: "empty" }],
    ["a nil", ADD, undefined, { fault: "empty" }],
    ["elements", ADD, { AddObjectResponse: {} }, { fault: "wrong_type" }],
  ] as const)("reads %s", (_name, change, response, expected) => {
    expect(decodeInvoked(answered(response), change)).toMatchObject(expected);
  });

  it("passes the ACS's own refusal on", () => {
    const reply = { FTRPCInvokeResult: { ErrorCode: 201, Message: "Device is offline" } };
    expect(decodeInvoked(reply, ADD)).toEqual({
      kind: "rejected",
      code: 201,
      text: "Device is offline",
    });
  });

  it("reads the older dialect", () => {
    const result = { response_code: "100", response: ADDED };
    expect(decodeInvoked({ FTRPCInvokeResult: { result } }, ADD).kind).toBe("accepted");
  });

  it("any text gives a value and never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constant(ADDED)), fc.nat(120), (text, at) => {
        const result = decodeInvoked(answered(ADDED.slice(0, at) + text), ADD);
        expect(["accepted", "rejected", "unknown"]).toContain(result.kind);
      }),
    );
  });
});
