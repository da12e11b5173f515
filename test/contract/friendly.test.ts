/**
 * The Friendly adapter on a real socket. The answers are written by hand in the shapes of acs-northbound-apis.md 2.2 to
 * 2.4 (typed and older dialect); none is made by our own code or by the simulator.
 */
import { describe, expect, it } from "vitest";
import { createAcs } from "../../src/acs/index.ts";
import type { Guard } from "../../src/acs/guarded.ts";
import { httpTransport } from "../../src/acs/http.ts";
import type { FriendlyAuth } from "../../src/acs/friendly/client.ts";
import { Secret } from "../../src/lib/secret.ts";
import type { Acs, AcsDevice, CallContext } from "../../src/ports/acs.ts";
import { acsContract, ASKED, DEVICE, type Answers, type Script } from "./acs.contract.ts";
import { scriptedServer, type Wire } from "./scripted-server.ts";

const WSDL = "manifests/acs/friendly-acsws.wsdl";
const ACS_PASSWORD = "wachtwoord-van-de-acs";
const XML = "text/xml; charset=utf-8";

const HEAD = `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>`;
const TAIL = `</soap:Body></soap:Envelope>`;
const TYPED_READ = `${HEAD}<FTGetDeviceParametersResponse xmlns="http://www.friendly-tech.com"><FTGetDeviceParametersResult>`;
const TYPED_READ_END = `</FTGetDeviceParametersResult></FTGetDeviceParametersResponse>${TAIL}`;
const GOOD = `<ErrorCode>100</ErrorCode><Message />`;
const SERIAL = `<ParamWSDL><Name>${ASKED.identity}</Name><Value>7CB21B0A42</Value><ErrorCode>100</ErrorCode></ParamWSDL>`;
const ANNA = `<ParamWSDL><Name>${ASKED.username}</Name><Value>anna@isp.example</Value><ErrorCode>100</ErrorCode></ParamWSDL>`;
const EMPTY = `<ParamWSDL><Name>${ASKED.password}</Name><Value></Value><ErrorCode>100</ErrorCode></ParamWSDL>`;
const FAULT = `${HEAD}<soap:Fault><faultcode>soap:Server</faultcode><faultstring>Server was unable to process request. ---&gt; Object reference not set to an instance of an object.</faultstring><detail /></soap:Fault>${TAIL}`;

/** The one answer to each question, as text. */
interface Texts extends Record<
  | "values"
  | "subtree"
  | "blanks"
  | "nil"
  | "failed"
  | "away"
  | "refused"
  | "wrongDevice"
  | "wrongNames"
  | "noIdentity"
  | "twice"
  | "online"
  | "offline"
  | "accepted"
  | "rejected",
  string
> {
  readonly acceptedId: string | null;
}

const typed: Texts = {
  values: `${TYPED_READ}${GOOD}<Params>${SERIAL}${ANNA}${EMPTY}</Params>${TYPED_READ_END}`,
  subtree: `${TYPED_READ}${GOOD}<Params>
    ${SERIAL}
    <ParamWSDL><Name>${ASKED.host}</Name><Value>laptop</Value><ErrorCode>100</ErrorCode></ParamWSDL>
    <ParamWSDL><Name>${ASKED.hostAddress}</Name><Value /><ErrorCode>9005</ErrorCode></ParamWSDL>
  </Params>${TYPED_READ_END}`,
  blanks: `${TYPED_READ}${GOOD}<Params>${SERIAL}<ParamWSDL><Name>${ASKED.username}</Name><Value>  anna </Value><ErrorCode>100</ErrorCode></ParamWSDL></Params>${TYPED_READ_END}`,
  nil: `${TYPED_READ}${GOOD}<Params>${SERIAL}<ParamWSDL><Name>${ASKED.username}</Name><Value xsi:nil="true" /><ErrorCode>100</ErrorCode></ParamWSDL></Params>${TYPED_READ_END}`,
  failed: `${TYPED_READ}${GOOD}<Params>${SERIAL}<ParamWSDL><Name>${ASKED.username}</Name><Value></Value><ErrorCode>201</ErrorCode></ParamWSDL></Params>${TYPED_READ_END}`,
  away: `${TYPED_READ}${GOOD}${TYPED_READ_END}`,
  refused: `${TYPED_READ}<ErrorCode>201</ErrorCode><Message>Device is not found</Message>${TYPED_READ_END}`,
  wrongDevice: `${TYPED_READ}${GOOD}<Params>${SERIAL.replace("0A42", "0A43")}${ANNA}${EMPTY}</Params>${TYPED_READ_END}`,
  wrongNames: `${TYPED_READ}${GOOD}<Params>${SERIAL}${ANNA}${EMPTY}<ParamWSDL><Name>InternetGatewayDevice.Time.NTPServer1</Name><Value>ntp.example</Value><ErrorCode>100</ErrorCode></ParamWSDL></Params>${TYPED_READ_END}`,
  noIdentity: `${TYPED_READ}${GOOD}<Params>${ANNA}${EMPTY}</Params>${TYPED_READ_END}`,
  twice: `${TYPED_READ}${GOOD}<Params>${SERIAL}${ANNA}${ANNA.replace("anna", "bert")}</Params>${TYPED_READ_END}`,
  online: `${HEAD}<FTCPEStatusResponse xmlns="http://www.friendly-tech.com"><FTCPEStatusResult>${GOOD}<Online>true</Online></FTCPEStatusResult></FTCPEStatusResponse>${TAIL}`,
  offline: `${HEAD}<FTCPEStatusResponse xmlns="http://www.friendly-tech.com"><FTCPEStatusResult>${GOOD}<Online>false</Online></FTCPEStatusResult></FTCPEStatusResponse>${TAIL}`,
  accepted: `${HEAD}<FTSetDeviceParametersResponse xmlns="http://www.friendly-tech.com"><FTSetDeviceParametersResult>${GOOD}<Id>512345678</Id></FTSetDeviceParametersResult></FTSetDeviceParametersResponse>${TAIL}`,
  acceptedId: "512345678",
  rejected: `${HEAD}<FTSetDeviceParametersResponse xmlns="http://www.friendly-tech.com"><FTSetDeviceParametersResult><ErrorCode>201</ErrorCode><Message>cannot set <<echo>></Message><Id>0</Id></FTSetDeviceParametersResult></FTSetDeviceParametersResponse>${TAIL}`,
};

const OLD_READ = `${HEAD}<FTGetDeviceParametersResponse xmlns="http://www.friendly-tech.com"><FTGetDeviceParametersResult><result>`;
const OLD_READ_END = `</result></FTGetDeviceParametersResult></FTGetDeviceParametersResponse>${TAIL}`;
const OLD_GOOD = `<response_code>100</response_code>`;
const OLD_SERIAL = `<parameter><name>${ASKED.identity}</name><value>7CB21B0A42</value></parameter>`;
const OLD_ANNA = `<parameter><name>${ASKED.username}</name><value>anna@isp.example</value></parameter>`;
const OLD_EMPTY = `<parameter><name>${ASKED.password}</name><value></value></parameter>`;

const older: Texts = {
  values: `${OLD_READ}${OLD_GOOD}<parameters>${OLD_SERIAL}${OLD_ANNA}${OLD_EMPTY}</parameters>${OLD_READ_END}`,
  subtree: `${OLD_READ}${OLD_GOOD}<parameters>
    ${OLD_SERIAL}
    <parameter><name>${ASKED.host}</name><value>laptop</value></parameter>
    <parameter><name>${ASKED.hostAddress}</name><errormessage>cannot be read</errormessage></parameter>
  </parameters>${OLD_READ_END}`,
  blanks: `${OLD_READ}${OLD_GOOD}<parameters>${OLD_SERIAL}<parameter><name>${ASKED.username}</name><value>  anna </value></parameter></parameters>${OLD_READ_END}`,
  nil: `${OLD_READ}${OLD_GOOD}<parameters>${OLD_SERIAL}<parameter><name>${ASKED.username}</name><value xsi:nil="true" /></parameter></parameters>${OLD_READ_END}`,
  failed: `${OLD_READ}${OLD_GOOD}<parameters>${OLD_SERIAL}<parameter><name>${ASKED.username}</name><errormessage>cannot be read</errormessage></parameter></parameters>${OLD_READ_END}`,
  away: `${OLD_READ}${OLD_GOOD}${OLD_READ_END}`,
  refused: `${OLD_READ}<response_code>200</response_code><error_code>201</error_code><message>Device is not found</message>${OLD_READ_END}`,
  wrongDevice: `${OLD_READ}${OLD_GOOD}<parameters>${OLD_SERIAL.replace("0A42", "0A43")}${OLD_ANNA}${OLD_EMPTY}</parameters>${OLD_READ_END}`,
  wrongNames: `${OLD_READ}${OLD_GOOD}<parameters>${OLD_SERIAL}${OLD_ANNA}<parameter><name>InternetGatewayDevice.Time.NTPServer1</name><value>ntp.example</value></parameter></parameters>${OLD_READ_END}`,
  noIdentity: `${OLD_READ}${OLD_GOOD}<parameters>${OLD_ANNA}</parameters>${OLD_READ_END}`,
  twice: `${OLD_READ}${OLD_GOOD}<parameters>${OLD_SERIAL}${OLD_ANNA}${OLD_ANNA.replace("anna", "bert")}</parameters>${OLD_READ_END}`,
  online: `${HEAD}<FTCPEStatusResponse xmlns="http://www.friendly-tech.com"><FTCPEStatusResult><result>${OLD_GOOD}<online>true</online></result></FTCPEStatusResult></FTCPEStatusResponse>${TAIL}`,
  offline: `${HEAD}<FTCPEStatusResponse xmlns="http://www.friendly-tech.com"><FTCPEStatusResult><result>${OLD_GOOD}<online>false</online></result></FTCPEStatusResult></FTCPEStatusResponse>${TAIL}`,
  accepted: `${HEAD}<FTSetDeviceParametersResponse xmlns="http://www.friendly-tech.com"><FTSetDeviceParametersResult><result>${OLD_GOOD}</result></FTSetDeviceParametersResult></FTSetDeviceParametersResponse>${TAIL}`,
  acceptedId: null,
  rejected: `${HEAD}<FTSetDeviceParametersResponse xmlns="http://www.friendly-tech.com"><FTSetDeviceParametersResult><result><response_code>200</response_code><error_code>201</error_code><message>cannot set <<echo>></message></result></FTSetDeviceParametersResult></FTSetDeviceParametersResponse>${TAIL}`,
};

function script(body: string): Script {
  return [{ status: 200, contentType: XML, body }];
}

function answersOf(texts: Texts): Answers {
  const { values, subtree, blanks, nil, failed, away, refused } = texts;
  const { wrongDevice, wrongNames, noIdentity, twice, online, offline, rejected } = texts;
  return {
    values: script(values),
    absence: "silent",
    subtree: script(subtree),
    blanks: script(blanks),
    nil: script(nil),
    failed: script(failed),
    away: script(away),
    refused: script(refused),
    refusedCode: 201,
    wrongDevice: script(wrongDevice),
    wrongNames: script(wrongNames),
    noIdentity: script(noIdentity),
    twice: script(twice),
    online: script(online),
    offline: script(offline),
    taken: script(texts.accepted),
    takenAs: { kind: "accepted", id: texts.acceptedId },
    changeAt: 0,
    rejected: script(rejected),
    rejectedCode: 201,
    acsFault: { read: script(FAULT), write: script(FAULT) },
  };
}

function quote(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function open(url: string, guard: Guard, deadlineMs: number, auth: FriendlyAuth = LOGIN) {
  const transport = httpTransport({ deadlineMs, now: () => new Date() });
  const options = { url, wsdl: WSDL, auth, appId: "plumbline-test", transport };
  return createAcs("friendly", options, guard);
}

const LOGIN: FriendlyAuth = { kind: "both", username: "api", password: new Secret(ACS_PASSWORD) };
const common = { quote, audit: true, deadlineMs: 400, acsPassword: ACS_PASSWORD, open };

acsContract("friendly, typed dialect", { ...common, answers: answersOf(typed) });
acsContract("friendly, older dialect", { ...common, answers: answersOf(older) });

const FREE: Guard = { mode: () => "write", inScope: () => true };

function contextOf(changeId: string): CallContext {
  return { class: "read", changeId, signal: new AbortController().signal };
}

describe("friendly on the wire", () => {
  /** One exchange: what left, and what came of the answer. */
  async function exchange<T>(
    body: string,
    ask: (acs: Acs) => Promise<T>,
    auth: FriendlyAuth = { kind: "none" },
  ) {
    const server = await scriptedServer();
    server.next({ status: 200, contentType: XML, body });
    const result = await ask(await open(server.url, FREE, 2_000, auth));
    const [request] = server.requests();
    await server.close();
    return { result, request };
  }
  const status = (acs: Acs) => acs.status(DEVICE, contextOf("chg-9"));
  const write = (value: string) => (acs: Acs) =>
    acs.write(
      DEVICE,
      { kind: "set", values: [{ path: ASKED.username, value }] },
      contextOf("chg-9"),
    );

  it.each([
    ["none", false, false],
    ["basic", true, false],
    ["usernametoken", false, true],
    ["both", true, true],
  ] as const)("logs in with %s", async (kind, basic, token) => {
    const login = { username: "api<1>", password: new Secret("p&w") };
    const auth: FriendlyAuth = kind === "none" ? { kind } : { kind, ...login };
    const { request, result } = await exchange(typed.online, status, auth);
    expect(result.kind).toBe("online");
    const encoded = Buffer.from("api<1>:p&w").toString("base64");
    expect(request?.headers.includes(`Basic ${encoded}`)).toBe(basic);
    expect(request?.body.includes('#PasswordText">p&amp;w</wsse:Password>')).toBe(token);
    expect(request?.body).not.toMatch(/Timestamp|Created|Nonce|mustUnderstand/);
  });

  it("knows a fault of the server under status 500 for what it is", async () => {
    const server = await scriptedServer();
    server.next({ status: 500, contentType: XML, body: FAULT });
    const acs = await open(server.url, FREE, 2_000);
    const result = await status(acs);
    await server.close();
    expect(result).toMatchObject({ kind: "unknown", fault: "acs_fault", sent: true });
  });

  it("sends a live read with the device's tie-breakers and the identity parameter", async () => {
    const { request } = await exchange(typed.values, (acs) =>
      acs.read(DEVICE, [ASKED.username], ASKED.identity, contextOf("chg-9")),
    );
    for (const part of [
      "<devicesn>7CB21B0A42</devicesn>",
      "<source>0</source>",
      "<oui>7CB21B</oui>",
      "<modelname>CPE1000</modelname>",
      `<string>${ASKED.username}</string><string>${ASKED.identity}</string>`,
      "<creator>plumbline:chg-9</creator><appid>plumbline-test</appid>",
    ]) {
      expect(request?.body).toContain(part);
    }
    expect(request?.headers).toContain(
      String.raw`"soapaction":"\"http://www.friendly-tech.com/FTGetDeviceParameters\""`,
    );
  });

  it("escapes a value that pretends to be CDATA, so that it cannot add a parameter", async () => {
    const value = "<![CDATA[x]]></Value></Param><Param><Name>A.B</Name><Value><![CDATA[y]]>";
    const { request } = await exchange(typed.accepted, write(value));
    expect(request?.body.match(/<Param>/g)).toHaveLength(1);
    expect(request?.body).toContain("&lt;![CDATA[x]]&gt;&lt;/Value&gt;");
  });

  it.each(["a\u0000b", "a\u001Bb", "half \uD83D pair"])(
    "rejects by itself what XML cannot carry (%j)",
    async (value) => {
      const { request, result } = await exchange(typed.accepted, write(value));
      expect(result).toMatchObject({ kind: "rejected", code: 0 });
      expect(request).toBeUndefined();
    },
  );

  const values = (inner: string): string =>
    `${TYPED_READ}${GOOD}<Params>${SERIAL}<ParamWSDL><Name>${ASKED.username}</Name>${inner}</ParamWSDL></Params>${TYPED_READ_END}`;

  it.each([
    ["attribute", values(`<Value type="string">anna</Value>`), "anna"],
    ["no ErrorCode", values(`<Value>anna</Value>`), "anna"],
    ["one CDATA", values(`<Value><![CDATA[ a<b ]]></Value>`), " a<b "],
    ["blanks alone", values(`<Value>  </Value>`), "  "],
    ["entities", values(`<Value>&#32;&amp;&lt;&#x20AC;</Value>`), " &<€"],
    [
      "SOAP 1.2",
      typed.values.replace(
        "http://schemas.xmlsoap.org/soap/envelope/",
        "http://www.w3.org/2003/05/soap-envelope",
      ),
      "anna@isp.example",
    ],
    ["unknown members", values(`<Value>anna</Value><Writable>true</Writable>`), "anna"],
    ["long value", values(`<Value>${"ab ".repeat(50_000)}</Value>`), "ab ".repeat(50_000)],
  ])("reads a value with %s exactly", async (_name, body, text) => {
    const { result } = await exchange(body, (acs) =>
      acs.read(DEVICE, [ASKED.username, ASKED.password], ASKED.identity, contextOf("c")),
    );
    if (result.kind !== "values") throw new Error(JSON.stringify(result));
    expect(result.snapshot.values.get(ASKED.username)).toEqual({ kind: "value", text });
  });

  it.each([
    [
      "text beside CDATA under an attribute",
      values(`<Value type="s">a<![CDATA[b]]></Value>`),
      "garbled",
    ],
    ["blanks in CDATA", values(`<Value><![CDATA[  ]]></Value>`), "garbled"],
    ["blanks under an attribute", values(`<Value type="s">  </Value>`), "garbled"],
    ["blanks before a comment", values(`<Value> <!-- --> a</Value>`), "garbled"],
    [
      "a document inside CDATA",
      values(`<Value><![CDATA[<?xml version="1.0"?><a>b</a>]]></Value>`),
      "garbled",
    ],
    ["markup inside a value", values(`<Value>a<b/></Value>`), "garbled"],
    [
      "a nil parameter",
      values(`<Value>a</Value></ParamWSDL><ParamWSDL xsi:nil="true">`),
      "incomplete",
    ],
    [
      "a result code that is not a number",
      typed.values.replace("<ErrorCode>100<", "<ErrorCode>100x<"),
      "wrong_type",
    ],
    [
      "another namespace",
      typed.values.replace("www.friendly-tech.com", "ftacs.com/"),
      "wrong_type",
    ],
    [
      "no namespace",
      typed.values.replace(` xmlns="http://www.friendly-tech.com"`, ""),
      "wrong_type",
    ],
    [
      "right wrapper, foreign result",
      typed.values.replaceAll("FTGetDeviceParametersResult", "FTCPEStatusResult"),
      "wrong_type",
    ],
    [
      "right wrapper, empty",
      `${HEAD}<FTGetDeviceParametersResponse xmlns="http://www.friendly-tech.com" />${TAIL}`,
      "empty",
    ],
    ["empty SOAP body", `${HEAD}${TAIL}`, "empty"],
    [
      "two answers in one body",
      typed.values.replace(TAIL, typed.online.slice(HEAD.length)),
      "wrong_type",
    ],
    [
      "the same answer twice in one body",
      typed.values.replace(TAIL, typed.values.slice(HEAD.length)),
      "wrong_type",
    ],
    [
      "a second, empty envelope",
      `${typed.values}${HEAD.slice(HEAD.indexOf("<soap"), -"<soap:Body>".length)}</soap:Envelope>`,
      "garbled",
    ],
    ["two envelopes", typed.values + typed.values.slice(typed.values.indexOf("<soap")), "garbled"],
    [
      "a document type with entities",
      typed.values.replace("?>", `?><!DOCTYPE x [<!ENTITY a "aaaa">]>`),
      "garbled",
    ],
    ["an entity that nobody declared", values(`<Value>&lol;</Value>`), "garbled"],
    [
      "very deep nesting",
      values(`<Value>${"<a>".repeat(500)}${"</a>".repeat(500)}</Value>`),
      "garbled",
    ],
    ["a million elements", values(`<Value>a</Value>${"<a/>".repeat(1_000_000)}`), "garbled"],
    ["a body over 16 MiB", values(`<Value>${"a".repeat(17 * 1024 * 1024)}</Value>`), "garbled"],
    ["bytes that are not UTF-8", values(`<Value>\uFFFD</Value>`), "garbled"],
    [
      "an element named like a built-in",
      values(`<Value>a</Value><constructor>x</constructor>`),
      "garbled",
    ],
  ])("does not believe %s", async (_name, body, fault) => {
    const { result } = await exchange(body, (acs) =>
      acs.read(DEVICE, [ASKED.username, ASKED.password], ASKED.identity, contextOf("c")),
    );
    expect(result).toMatchObject({ kind: "unknown", fault, sent: true });
  });

  /** acs-northbound-apis.md 10.2, row by row: there what soap's caller gets, here what ours gets. */
  describe("what the soap package does with a wrong answer", () => {
    const info = (inner: string): string =>
      `${HEAD}<FTGetDeviceInfoResponse xmlns="http://www.friendly-tech.com">${inner}</FTGetDeviceInfoResponse>${TAIL}`;
    const INFO = info(
      `<FTGetDeviceInfoResult>${GOOD}<Id>7</Id><Serial>7CB21B0A42</Serial><ManufacturerName>Seowon</ManufacturerName></FTGetDeviceInfoResult>`,
    );
    const PAGE = "<!DOCTYPE html><html><head><title>Error</title></head><body>x</body></html>";
    const identify = async (wire: Partial<Wire>) => {
      const server = await scriptedServer();
      server.next({ status: 200, contentType: XML, body: INFO, ...wire });
      const acs = await open(server.url, FREE, 400, { kind: "none" });
      const result = await acs.identify(DEVICE, contextOf("chg-9"));
      await server.close();
      return result;
    };

    it.each<[row: string, wire: Partial<Wire>, fault: string]>([
      [
        "`FTCPEStatusResponse` instead of `FTGetDeviceInfoResponse`: undefined, and no error",
        { body: typed.online },
        "wrong_type",
      ],
      [
        "right wrapper, `FTCPEStatusResult` inside: that object, untyped, no error",
        {
          body: info(`<FTCPEStatusResult>${GOOD}<Online>true</Online></FTCPEStatusResult>`),
        },
        "wrong_type",
      ],
      [
        "right names in another namespace: accepted, no error",
        { body: INFO.replace("www.friendly-tech.com", "ftacs.com/") },
        "wrong_type",
      ],
      ["right wrapper, empty: null, no error", { body: info("") }, "empty"],
      ["empty SOAP Body: {Body: null}, no error", { body: HEAD + TAIL }, "empty"],
      ["HTTP 200, no body: {}, no error", { body: "" }, "empty"],
      ["HTML page, 200: an error", { body: PAGE, contentType: "text/html" }, "garbled"],
      [
        "HTML page, 500: an error",
        { body: PAGE, contentType: "text/html", status: 500 },
        "garbled",
      ],
      ["SOAP fault, 200: an error", { body: FAULT }, "acs_fault"],
      ["SOAP fault, 500: an error", { body: FAULT, status: 500 }, "acs_fault"],
      ["connection cut: an error with code ECONNRESET", { cut: "before" }, "connection"],
      ["time over: an error with code ECONNABORTED", { delayMs: 60_000 }, "timeout"],
    ])("%s; unknown here", async (_row, wire, fault) => {
      expect(await identify(wire)).toMatchObject({ kind: "unknown", fault, sent: true });
    });

    it.each<[row: string, body: string]>([
      ["unknown extra element", INFO.replace("<Id>", "<Novel>1</Novel><Id>")],
      [
        "SOAP 1.2 envelope",
        INFO.replace(
          "http://schemas.xmlsoap.org/soap/envelope/",
          "http://www.w3.org/2003/05/soap-envelope",
        ),
      ],
    ])("%s: accepted, and believed here too", async (_row, body) => {
      expect(await identify({ body })).toMatchObject({
        kind: "facts",
        facts: { manufacturer: "Seowon" },
      });
    });
  });

  it("an answer cannot reach into Object.prototype, as it can through the parser alone", async () => {
    const poison = values(`<Value>a</Value>`).replace("<ParamWSDL>", `<ParamWSDL id="__proto__">`);
    const { result } = await exchange(poison, (acs) =>
      acs.read(DEVICE, [ASKED.username], ASKED.identity, contextOf("c")),
    );
    expect(result).toMatchObject({ kind: "unknown", fault: "garbled" });
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { obj?: unknown }).obj).toBeUndefined();
  });

  it("200 calls at once each get their own answer under their own change", async () => {
    const server = await scriptedServer();
    const [head, tail] = typed.values.split("7CB21B0A42") as [string, string];
    server.always((request) => {
      const serial = /<devicesn>(\w+)<\/devicesn>/.exec(request)?.[1] ?? "";
      const change = /<creator>plumbline:([\w-]+)<\/creator>/.exec(request)?.[1] ?? "";
      const body = `${head}${serial}${tail.replace("anna@isp.example", `${serial}/${change}`)}`;
      return { status: 200, contentType: XML, body, delayMs: Number(serial.slice(-2)) % 17 };
    });
    const acs = await open(server.url, FREE, 20_000);
    const serials = Array.from({ length: 200 }, (_, i) => `SN${String(i).padStart(5, "0")}`);
    const results = await Promise.all(
      serials.map((serial) => {
        const device: AcsDevice = {
          ...DEVICE,
          id: serial,
          identity: { ...DEVICE.identity, serial },
        };
        const names = [ASKED.username, ASKED.password];
        return acs.read(device, names, ASKED.identity, contextOf(`chg-${serial}`));
      }),
    );
    await server.close();
    for (const [i, result] of results.entries()) {
      if (result.kind !== "values") throw new Error(JSON.stringify(result));
      const serial = serials[i] ?? "";
      const text = `${serial}/chg-${serial}`;
      expect(result.snapshot.values.get(ASKED.username)).toEqual({ kind: "value", text });
    }
  });
});
