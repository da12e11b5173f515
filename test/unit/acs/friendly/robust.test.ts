/** I20 and I2: whatever comes back, the result is a value or a typed unknown, and never another device's values. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAcs } from "../../../../src/acs/index.ts";
import { parseXml } from "../../../../src/lib/xml.ts";
import { Secret } from "../../../../src/lib/secret.ts";
import type { Acs, AcsDevice, CallContext, ExchangeResult } from "../../../../src/ports/acs.ts";

const SN = "Device.DeviceInfo.SerialNumber";
const DEVICE: AcsDevice = {
  id: "0019E0-B42",
  acs: "main",
  labels: {},
  identity: { oui: "0019E0", productClass: null, serial: "B42" },
  modelName: null,
};
const CONTEXT: CallContext = {
  class: "read",
  changeId: "c",
  signal: new AbortController().signal,
};
// Written by hand after acs-northbound-apis.md 2.2.
const ANSWER = `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body><FTGetDeviceParametersResponse xmlns="http://www.friendly-tech.com"><FTGetDeviceParametersResult><ErrorCode>100</ErrorCode><Message /><Params><ParamWSDL><Name>${SN}</Name><Value>B42</Value><ErrorCode>100</ErrorCode></ParamWSDL><ParamWSDL><Name>Device.A</Name><Value>anna</Value><ErrorCode>100</ErrorCode></ParamWSDL></Params></FTGetDeviceParametersResult></FTGetDeviceParametersResponse></soap:Body></soap:Envelope>`;

let body = "";
const transport = (): Promise<ExchangeResult> =>
  Promise.resolve({
    kind: "answer",
    status: 200,
    phrase: "OK",
    contentType: "text/xml",
    body,
    sentAt: new Date(),
  });
const opened: Promise<Acs> = createAcs(
  "friendly",
  {
    url: "http://acs.example/",
    wsdl: "manifests/acs/friendly-acsws.wsdl",
    auth: { kind: "none" },
    appId: "t",
    transport,
  },
  { mode: () => "write", inScope: () => true },
);

async function ask(text: string) {
  body = text;
  const acs = await opened;
  const read = await acs.read(DEVICE, ["Device.A"], SN, CONTEXT);
  const rest = [
    await acs.status(DEVICE, CONTEXT),
    await acs.identify(DEVICE, CONTEXT),
    await acs.write(
      DEVICE,
      { kind: "set", values: [{ path: "Device.A", value: new Secret("x") }] },
      CONTEXT,
    ),
  ];
  return { read, rest };
}

const KINDS = ["values", "away", "refused", "unknown"];
const PIECES = [
  "<",
  ">",
  "</",
  "/>",
  "&",
  "&amp;",
  "<![CDATA[",
  "]]>",
  "<!--",
  "-->",
  "<?xml ?>",
  "<!DOCTYPE x>",
  "B42",
  "B43",
  "100",
  "201",
  `id="__proto__"`,
  ` href="#a"`,
  ` xsi:nil="true"`,
  ` xsi:type="xsd:int"`,
  "__proto__",
  "constructor",
  "Body",
  "Fault",
  "ParamWSDL",
  "\0",
  "\uFFFD",
  " ",
];

function expectTyped({ read, rest }: Awaited<ReturnType<typeof ask>>): void {
  expect(KINDS).toContain(read.kind);
  if (read.kind === "values") {
    const proof = read.snapshot.values.get(SN);
    expect(proof?.kind === "value" && proof.text.trim()).toBe("B42");
    for (const name of read.snapshot.values.keys()) expect([SN, "Device.A"]).toContain(name);
  }
  // The body is an answer to a read, so no other operation may take anything from it.
  for (const result of rest) expect(result.kind).toBe("unknown");
  expect(Object.keys(Object.prototype)).toEqual([]);
}

describe("any body gives a value or a typed unknown", () => {
  it("the answer itself is believed", async () => {
    const { read } = await ask(ANSWER);
    expect(read.kind).toBe("values");
  });

  it("over 16 MiB it is not even looked at", async () => {
    const { read } = await ask(ANSWER.replace("anna", "a".repeat(17 * 1024 * 1024)));
    expect(read).toMatchObject({ kind: "unknown", fault: "garbled" });
  });

  it("cut at every third place, it is unknown", async () => {
    for (let end = 0; end < ANSWER.length; end += 3) {
      const { read, rest } = await ask(ANSWER.slice(0, end));
      expect([read, ...rest].map(({ kind }) => kind)).toEqual(Array(4).fill("unknown"));
    }
  });

  it("with pieces put in, taken out or doubled", async () => {
    const edit = fc.record({
      at: fc.nat(ANSWER.length),
      drop: fc.nat(40),
      put: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 8, unit: "binary" })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        let text = ANSWER;
        for (const { at, drop, put } of edits)
          text = text.slice(0, at) + put + text.slice(at + drop);
        expectTyped(await ask(text));
      }),
      { numRuns: 500 },
    );
  });

  it("and a value that is believed is the one that stands there, however it is written", async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "&amp;",
        "&#x41;",
        "&#1;",
        " ",
        "\n",
        "]]",
        "<!-- c -->",
        "<!---->",
        "<?p i?>",
      ),
      fc.constantFrom("<![CDATA[<&]]>", "<![CDATA[ ]]>", "<![CDATA[]]>", "&#xD;", "\r\n", "?>"),
      fc.string({ maxLength: 4, unit: "grapheme-ascii" }),
    );
    const tag = fc.constantFrom("", ` type="string"`, ` xmlns:q="u"`, ` a = 'b'`);
    let believed = 0;
    await fc.assert(
      fc.asyncProperty(tag, fc.array(piece, { maxLength: 4 }), async (attributes, pieces) => {
        const written = `<Value${attributes}>${pieces.join("")}</Value>`;
        const { read } = await ask(ANSWER.replace("<Value>anna</Value>", () => written));
        if (read.kind !== "values") return;
        const value = read.snapshot.values.get("Device.A");
        const told = value?.kind === "value" ? value.text : "";
        // Ours has no way to hand out what XML cannot hold, and a line end is kept as it came or as one character.
        const plain = (text: string): string => text.replace(/[\r\n]+/g, "\n");
        const stands = parseXml(written.replaceAll("\u0001", "")).text;
        expect(plain(told).replaceAll("\u0001", "")).toBe(plain(stands));
        believed += 1;
      }),
      { numRuns: 500 },
    );
    expect(believed).toBeGreaterThan(50);
  });

  it.each([
    ["a control character that a CPE has said", "<Value>a\u0001</Value>", "values"],
    ["a reference to one", "<Value>a&#1;</Value>", "unknown"],
    ["a processing instruction", "<Value>a<?b ??>c</Value>", "unknown"],
    ["a document type", "<!DOCTYPE html><Value>a</Value>", "unknown"],
    ["an entity that XML does not have", "<Value>&eacute;</Value>", "unknown"],
  ])("with %s", async (_what, written, kind) => {
    const { read } = await ask(ANSWER.replace("<Value>anna</Value>", () => written));
    expect(read).toMatchObject({ kind });
  });

  it("with any text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        expectTyped(await ask(text));
      }),
    );
  });

  it("with any other serial", async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[A-Za-z0-9]{1,12}$/), async (serial) => {
        fc.pre(serial !== "B42");
        const { read } = await ask(ANSWER.replace("B42", serial));
        expect(read).toMatchObject({ kind: "unknown", fault: "wrong_device" });
      }),
    );
  });
});
