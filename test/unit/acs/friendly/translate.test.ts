/**
 * The decoders on what the `soap` package hands over. The shapes are those measured in acs-northbound-apis.md: section
 * 10.2 for wrong answers, 10.1 for quirks, 2.3 and 2.4 for codes and the older dialect.
 */
import { describe, expect, it } from "vitest";
import { namesToAsk } from "../../../../src/acs/asked.ts";
import { isCarriable } from "../../../../src/acs/values.ts";
import type { Question } from "../../../../src/acs/friendly/readings.ts";
import {
  decodeIdentify,
  decodeRead,
  decodeStatus,
  decodeWrite,
} from "../../../../src/acs/friendly/translate.ts";
import type { AcsDevice } from "../../../../src/ports/acs.ts";

const DEVICE: AcsDevice = {
  id: "0019E0-B42",
  acs: "main",
  labels: {},
  identity: { oui: "0019E0", productClass: null, serial: "B42" },
  modelName: null,
};
const SN = "Device.DeviceInfo.SerialNumber";
const sentAt = new Date("2026-03-01T10:00:00Z");
const question: Question = {
  asked: ["Device.A", "Device.T.", SN],
  identityPath: SN,
  serial: "B42",
  sentAt,
};
const good = { ErrorCode: 100 };
const SET = "FTSetDeviceParameters";
const serial = { Name: SN, Value: "B42", ...good };

const typedRead = (...items: unknown[]) => ({
  FTGetDeviceParametersResult: { ...good, Params: { ParamWSDL: [serial, ...items] } },
});
const olderRead = (parameter: unknown, rest: object = { response_code: "100" }) => ({
  FTGetDeviceParametersResult: { result: { ...rest, parameters: { parameter } } },
});
const olderSerial = { name: SN, value: "B42" };

describe("a wrong answer, as soap 1.13.0 hands it over (measured table 10.2)", () => {
  const cases = [
    { name: "another operation's response element", reply: undefined, fault: "wrong_type" },
    {
      name: "right wrapper, another operation's result inside",
      reply: { FTSetDeviceParametersResult: { ErrorCode: "100", Id: "5" } },
      fault: "wrong_type",
    },
    { name: "right wrapper, empty", reply: null, fault: "empty" },
    { name: "empty SOAP body", reply: { Body: null }, fault: "empty" },
    { name: "HTTP 200 without a body", reply: {}, fault: "empty" },
    { name: "a text", reply: "<html>", fault: "wrong_type" },
    { name: "a list", reply: [], fault: "wrong_type" },
  ];
  const decoders = [
    ["status", (reply: unknown) => decodeStatus(reply)],
    ["identify", (reply: unknown) => decodeIdentify(reply, DEVICE)],
    ["read", (reply: unknown) => decodeRead(reply, question)],
  ] as const;
  for (const [operation, decode] of decoders) {
    it.each(cases)(`${operation}: $name is unknown`, ({ reply, fault }) => {
      expect(decode(reply)).toMatchObject({ kind: "unknown", fault, sent: true });
    });
  }

  it.each(cases.filter(({ name }) => !name.includes("another operation's result")))(
    "write: $name is unknown",
    ({ reply, fault }) => {
      expect(decodeWrite(reply, SET)).toMatchObject({ kind: "unknown", fault, sent: true });
    },
  );

  const marks = [
    {
      name: "ErrorCode as text: the schema did not match",
      result: { ErrorCode: "100" },
      fault: "wrong_type",
    },
    { name: "ErrorCode NaN", result: { ErrorCode: Number.NaN }, fault: "wrong_type" },
    { name: "ErrorCode nil", result: { ErrorCode: null }, fault: "wrong_type" },
    { name: "no code", result: { Online: true }, fault: "incomplete" },
    { name: "older, no code", result: { result: { online: "true" } }, fault: "incomplete" },
    { name: "older, empty", result: { result: null }, fault: "empty" },
    {
      name: "older, code in words",
      result: { result: { response_code: "ok" } },
      fault: "wrong_type",
    },
    {
      name: "marks of both",
      result: { ErrorCode: 100, result: { response_code: "100" } },
      fault: "wrong_type",
    },
    { name: "empty result", result: null, fault: "empty" },
    { name: "attributes alone", result: { attributes: { a: "b" } }, fault: "empty" },
    { name: "two results", result: [{ ErrorCode: 100 }, { ErrorCode: 100 }], fault: "wrong_type" },
  ];
  it.each(marks)("$name is unknown", ({ result, fault }) => {
    expect(decodeStatus({ FTCPEStatusResult: result })).toMatchObject({ kind: "unknown", fault });
  });
});

describe("status", () => {
  const online = (Online: unknown) => decodeStatus({ FTCPEStatusResult: { ...good, Online } });
  const older = (text: unknown) =>
    decodeStatus({ FTCPEStatusResult: { result: { response_code: "100", online: text } } });
  it.each([
    ["typed true", online(true), { kind: "online" }],
    ["typed false", online(false), { kind: "offline" }],
    ["typed text", online("true"), { kind: "unknown", fault: "incomplete" }],
    ["typed missing", online(undefined), { kind: "unknown", fault: "incomplete" }],
    ["typed with attribute", online({ attributes: { a: "b" }, $value: true }), { kind: "online" }],
    ["older true", older("true"), { kind: "online" }],
    ["older False", older("False"), { kind: "offline" }],
    ["older nonsense", older("yes"), { kind: "unknown", fault: "incomplete" }],
    ["older missing", older(undefined), { kind: "unknown", fault: "incomplete" }],
  ])("%s", (_name, result, want) => {
    expect(result).toMatchObject(want);
  });

  it("an unknown device is a refusal with the ACS's words", () => {
    const reply = { FTCPEStatusResult: { ErrorCode: 201, Message: "no such device" } };
    expect(decodeStatus(reply)).toEqual({ kind: "refused", code: 201, text: "no such device" });
  });
});

describe("identify", () => {
  const info = {
    ...good,
    Id: 7,
    Serial: "B42",
    RootObject: "InternetGatewayDevice.",
    ModelName: "B",
    OUI: "",
  };
  const decode = (more: object) =>
    decodeIdentify({ FTGetDeviceInfoResult: { ...info, ...more } }, DEVICE);
  it("gives the facts that the ACS has, and null for the rest", () => {
    expect(decode({})).toMatchObject({
      kind: "facts",
      facts: { root: "InternetGatewayDevice", modelName: "B", oui: null, productClass: null },
    });
  });
  it.each([
    ["another serial", { Serial: "B43" }, "wrong_device"],
    ["the serial in other case", { Serial: "b42" }, "wrong_device"],
    ["no serial", { Serial: undefined }, "incomplete"],
  ])("%s is unknown", (_name, more, fault) => {
    expect(decode(more)).toMatchObject({ kind: "unknown", fault });
  });
  it("blanks around the serial are no difference", () => {
    expect(decode({ Serial: " B42 " }).kind).toBe("facts");
  });
});

describe("read: one parameter (quirk table 10.1)", () => {
  const cases = [
    { name: "a value", item: { Value: "x", ...good }, want: { kind: "value", text: "x" } },
    {
      name: "blanks at both ends",
      item: { Value: " x ", ...good },
      want: { kind: "value", text: " x " },
    },
    { name: "an empty text", item: { Value: "", ...good }, want: { kind: "value", text: "" } },
    { name: "no ErrorCode", item: { Value: "x" }, want: { kind: "value", text: "x" } },
    { name: "a nil value, left out by the parser", item: { ...good }, want: { kind: "null" } },
    {
      name: "a nil value with an undeclared prefix, as soap's own server writes it",
      item: { Value: { attributes: { "xsi:nil": "true" } }, ...good },
      want: { kind: "null" },
    },
    {
      name: "a value with an attribute",
      item: { Value: { attributes: { type: "string" }, $value: "x " }, ...good },
      want: { kind: "value", text: "x " },
    },
    {
      name: "an empty value with an attribute",
      item: { Value: { attributes: { type: "string" } }, ...good },
      want: { kind: "value", text: "" },
    },
    {
      name: "its own error",
      item: { Value: "", ErrorCode: 9005 },
      want: { kind: "failed", code: 9005 },
    },
    { name: "ErrorCode 0", item: { Value: "x", ErrorCode: 0 }, want: { kind: "failed", code: 0 } },
    {
      name: "an error beside a value that nobody may see",
      item: { Value: "geheim", ErrorCode: 201 },
      want: { kind: "failed", code: 201, text: "ErrorCode 201" },
    },
  ];
  it.each(cases)("$name", ({ item, want }) => {
    const result = decodeRead(typedRead({ Name: "Device.A", ...item }), question);
    if (result.kind !== "values") throw new Error(JSON.stringify(result));
    expect(result.snapshot.values.get("Device.A")).toMatchObject(want);
    expect(result.readAt).toBe(sentAt);
  });

  const oldCases = [
    { name: "a value", item: { value: "x" }, want: { kind: "value", text: "x" } },
    {
      name: "an empty element, which the parser makes null",
      item: { value: null },
      want: { kind: "value", text: "" },
    },
    { name: "no value", item: {}, want: { kind: "null" } },
    {
      name: "errormessage",
      item: { errormessage: "no" },
      want: { kind: "failed", code: 0, text: "no" },
    },
  ];
  it.each(oldCases)("older dialect: $name", ({ item, want }) => {
    const result = decodeRead(olderRead([olderSerial, { name: "Device.A", ...item }]), question);
    if (result.kind !== "values") throw new Error(JSON.stringify(result));
    expect(result.snapshot.values.get("Device.A")).toEqual(want);
  });
});

describe("read: the whole answer", () => {
  const A = { Name: "Device.A", Value: "x", ...good };
  const cases = [
    {
      name: "Params missing",
      reply: { FTGetDeviceParametersResult: { ...good } },
      want: { kind: "away" },
    },
    {
      name: "Params empty",
      reply: { FTGetDeviceParametersResult: { ...good, Params: null } },
      want: { kind: "away" },
    },
    {
      name: "older, parameters missing",
      reply: { FTGetDeviceParametersResult: { result: { response_code: "100" } } },
      want: { kind: "away" },
    },
    {
      name: "Params a number",
      reply: { FTGetDeviceParametersResult: { ...good, Params: 3 } },
      want: { kind: "unknown", fault: "wrong_type" },
    },
    {
      name: "refused",
      reply: { FTGetDeviceParametersResult: { ErrorCode: 201, Message: "no" } },
      want: { kind: "refused", code: 201, text: "no" },
    },
    {
      name: "older, failure with both codes",
      reply: olderRead([], { response_code: "200", error_code: "201", message: "no" }),
      want: { kind: "refused", code: 201, text: "no" },
    },
    {
      name: "older, wrong names: the whole call is refused with a complaint for each",
      reply: olderRead([{ errormessage: "1: bad" }, { errormessage: "2: bad" }], {
        response_code: "200",
      }),
      want: { kind: "refused", code: 200, text: "1: bad; 2: bad" },
    },
    {
      name: "older, a lone parameter is an object",
      reply: olderRead(olderSerial),
      want: { kind: "values" },
    },
    {
      name: "typed, a lone parameter as an object",
      reply: { FTGetDeviceParametersResult: { ...good, Params: { ParamWSDL: serial } } },
      want: { kind: "values" },
    },
    {
      name: "a name that was not asked for",
      reply: typedRead({ ...A, Name: "Device.B" }),
      want: { kind: "unknown", fault: "wrong_names" },
    },
    {
      name: "a longer name than asked",
      reply: typedRead({ ...A, Name: "Device.AB" }),
      want: { kind: "unknown", fault: "wrong_names" },
    },
    {
      name: "a name below an asked subtree",
      reply: typedRead({ ...A, Name: "Device.T.1.X" }),
      want: { kind: "values" },
    },
    {
      name: "a name that is nearly below a subtree",
      reply: typedRead({ ...A, Name: "Device.TX" }),
      want: { kind: "unknown", fault: "wrong_names" },
    },
    { name: "one value twice", reply: typedRead(A, A), want: { kind: "values" } },
    {
      name: "two values for one name",
      reply: typedRead(A, { ...A, Value: "y" }),
      want: { kind: "unknown", fault: "wrong_names" },
    },
    {
      name: "a value and a failure for one name",
      reply: typedRead(A, { ...A, ErrorCode: 9005 }),
      want: { kind: "unknown", fault: "wrong_names" },
    },
    {
      name: "no name",
      reply: typedRead({ Value: "x", ...good }),
      want: { kind: "unknown", fault: "incomplete" },
    },
    { name: "nil item", reply: typedRead(null), want: { kind: "unknown", fault: "incomplete" } },
    {
      name: "a value with elements",
      reply: typedRead({ ...A, Value: { b: "c" } }),
      want: { kind: "unknown", fault: "wrong_type" },
    },
    {
      name: "a parameter's ErrorCode as text",
      reply: typedRead({ ...A, ErrorCode: "100" }),
      want: { kind: "unknown", fault: "wrong_type" },
    },
  ];
  it.each(cases)("$name", ({ reply, want }) => {
    expect(decodeRead(reply, question)).toMatchObject(want);
  });

  const identities = [
    { name: "another device", items: [{ ...serial, Value: "B43" }], fault: "wrong_device" },
    {
      name: "another device, with other names too",
      items: [
        { ...serial, Value: "B43" },
        { ...A, Name: "Device.B" },
      ],
      fault: "wrong_device",
    },
    { name: "serial in other case", items: [{ ...serial, Value: "b42" }], fault: "wrong_device" },
    { name: "serial empty", items: [{ ...serial, Value: "" }], fault: "incomplete" },
    { name: "serial failed", items: [{ ...serial, ErrorCode: 9005 }], fault: "incomplete" },
    { name: "serial missing", items: [A], fault: "incomplete" },
  ];
  it.each(identities)("identity: $name is unknown", ({ items, fault }) => {
    const reply = { FTGetDeviceParametersResult: { ...good, Params: { ParamWSDL: items } } };
    expect(decodeRead(reply, question)).toMatchObject({ kind: "unknown", fault });
  });

  const subtrees = [
    { name: "rows", items: [{ ...A, Name: "Device.T.1.X" }], covered: ["Device.T."], size: 2 },
    {
      name: "the object's own name and nothing below it",
      items: [{ ...A, Name: "Device.T.", Value: "" }],
      covered: ["Device.T."],
      size: 1,
    },
    {
      name: "the object's own name, failed",
      items: [{ ...A, Name: "Device.T.", ErrorCode: 9005 }],
      covered: [],
      size: 2,
    },
    {
      name: "only failures below it",
      items: [{ ...A, Name: "Device.T.1.X", ErrorCode: 9005 }],
      covered: [],
      size: 2,
    },
    { name: "nothing below it", items: [A], covered: [], size: 2 },
  ];
  it.each(subtrees)("a subtree with $name", ({ items, covered, size }) => {
    const result = decodeRead(typedRead(...items), question);
    if (result.kind !== "values") throw new Error(JSON.stringify(result));
    expect(result.snapshot.covered).toEqual(covered);
    expect(result.snapshot.values.size).toBe(size);
  });
});

describe("write", () => {
  const typed = (result: object) => decodeWrite({ FTSetDeviceParametersResult: result }, SET);
  const older = (result: object) => decodeWrite({ FTSetDeviceParametersResult: { result } }, SET);
  it.each([
    ["100 with Id", typed({ ...good, Id: 512345678 }), { kind: "accepted", id: "512345678" }],
    ["100 without Id", typed(good), { kind: "unknown", fault: "incomplete" }],
    [
      "100 with an Id in words",
      typed({ ...good, Id: "many" }),
      { kind: "unknown", fault: "incomplete" },
    ],
    [
      "another code",
      typed({ ErrorCode: 201, Message: "no" }),
      { kind: "rejected", code: 201, text: "no" },
    ],
    ["code 0", typed({ ErrorCode: 0, Id: 5 }), { kind: "rejected", code: 0 }],
    ["older good", older({ response_code: "100" }), { kind: "accepted", id: null }],
    ["older good with id", older({ response_code: "100", id: "5" }), { kind: "accepted", id: "5" }],
    [
      "older bad",
      older({ response_code: "200", error_code: "201", message: "no" }),
      { kind: "rejected", code: 201, text: "no" },
    ],
  ])("%s", (_name, result, want) => {
    expect(result).toMatchObject(want);
  });
});

describe("questions", () => {
  it("adds the identity parameter once, and not below a subtree that is asked for", () => {
    expect(namesToAsk(["Device.A", "Device.A"], SN)).toEqual(["Device.A", SN]);
    expect(namesToAsk([SN, "Device.A"], SN)).toEqual([SN, "Device.A"]);
    expect(namesToAsk(["Device.DeviceInfo."], SN)).toEqual(["Device.DeviceInfo."]);
  });
  it("knows what XML can carry", () => {
    expect(["", "a\tb\r\n", "😀 é <&>", "\uE000"].every(isCarriable)).toBe(true);
    expect(["\0", "\u001F", "\uFFFE", "\uD83D", "\uDE00x"].some(isCarriable)).toBe(false);
  });
});
