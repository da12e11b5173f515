/**
 * Each row of the measured table of acs-northbound-apis.md 10.2: what the `soap` package hands over for a wrong answer to
 * `FTGetDeviceInfo`, mostly without an error, and what the adapter makes of it.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAcs } from "../../src/acs/index.ts";
import { httpTransport } from "../../src/acs/http.ts";
import type { IdentifyResult } from "../../src/ports/acs.ts";
import { DEVICE } from "./acs.contract.ts";
import { scriptedServer, type ScriptedServer, type Wire } from "./scripted-server.ts";

const NS = "http://www.friendly-tech.com";
const SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
const body = (inner: string, envelope = SOAP): string =>
  `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="${envelope}"><soap:Body>${inner}</soap:Body></soap:Envelope>`;
const MEMBERS =
  "<ErrorCode>100</ErrorCode><Message /><Id>7</Id><Serial>7CB21B0A42</Serial><ModelName>CPE1000</ModelName>";
const info = (members = MEMBERS, namespace = NS): string =>
  `<FTGetDeviceInfoResponse xmlns="${namespace}"><FTGetDeviceInfoResult>${members}</FTGetDeviceInfoResult></FTGetDeviceInfoResponse>`;
const FAULT =
  "<soap:Fault><faultcode>soap:Server</faultcode><faultstring>Server was unable to process request.</faultstring></soap:Fault>";
const HTML = "<!DOCTYPE html><html><head><title>Runtime Error</title></head><body>x</body></html>";

const xml = (text: string, status = 200): Wire => ({
  status,
  contentType: "text/xml; charset=utf-8",
  body: text,
});
const html = (status: number): Wire => ({ status, contentType: "text/html", body: HTML });

let server: ScriptedServer;
beforeEach(async () => {
  server = await scriptedServer();
});
afterEach(() => server.close());

async function identify(wire: Wire): Promise<IdentifyResult> {
  server.next(wire);
  const acs = await createAcs(
    "friendly",
    {
      url: server.url,
      wsdl: "manifests/acs/friendly-acsws.wsdl",
      auth: { kind: "none" },
      appId: "plumbline-test",
      transport: httpTransport({ deadlineMs: 400, now: () => new Date() }),
    },
    { mode: () => "write", inScope: () => true },
  );
  const context = { class: "read", changeId: "c", signal: new AbortController().signal } as const;
  return await acs.identify(DEVICE, context);
}

describe("an answer to FTGetDeviceInfo", () => {
  it("that is right is believed", async () => {
    expect(await identify(xml(body(info())))).toMatchObject({
      kind: "facts",
      facts: { modelName: "CPE1000" },
    });
  });

  it.each<[string, Wire, string]>([
    [
      "`FTCPEStatusResponse` instead of `FTGetDeviceInfoResponse`",
      xml(
        body(
          `<FTCPEStatusResponse xmlns="${NS}"><FTCPEStatusResult><ErrorCode>100</ErrorCode><Online>true</Online></FTCPEStatusResult></FTCPEStatusResponse>`,
        ),
      ),
      "wrong_type",
    ],
    [
      "right wrapper, `FTCPEStatusResult` inside",
      xml(body(info().replaceAll("FTGetDeviceInfoResult", "FTCPEStatusResult"))),
      "wrong_type",
    ],
    [
      "right names in another namespace",
      xml(body(info(MEMBERS, "http://ftacs.com/"))),
      "wrong_type",
    ],
    ["right wrapper, empty", xml(body(`<FTGetDeviceInfoResponse xmlns="${NS}" />`)), "empty"],
    ["empty SOAP Body", xml(body("")), "empty"],
    ["HTTP 200, no body", xml(""), "empty"],
    ["HTML page, 200", html(200), "garbled"],
    ["HTML page, 500", html(500), "garbled"],
    ["SOAP fault, 200", xml(body(FAULT)), "acs_fault"],
    ["SOAP fault, 500", xml(body(FAULT), 500), "acs_fault"],
    ["connection cut", { ...xml(body(info())), cut: "inside" }, "connection"],
    ["time over", { ...xml(body(info())), delayMs: 1_000 }, "timeout"],
  ])("row: %s", async (_row, wire, fault) => {
    expect(await identify(wire)).toMatchObject({ kind: "unknown", fault, sent: true });
  });

  it.each<[string, Wire]>([
    ["unknown extra element", xml(body(info(`${MEMBERS}<Colour>blue</Colour>`)))],
    ["SOAP 1.2 envelope", xml(body(info(), "http://www.w3.org/2003/05/soap-envelope"))],
  ])("row: %s, which is accepted", async (_row, wire) => {
    expect(await identify(wire)).toMatchObject({ kind: "facts" });
  });
});
