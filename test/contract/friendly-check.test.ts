/** The Friendly adapter asks a site for its own description, and heeds what that lacks. */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAcs } from "../../src/acs/index.ts";
import { httpTransport } from "../../src/acs/http.ts";
import { startSimulator } from "../../src/acs/simulator/server.ts";
import { treesFolder, wsdlFile } from "../../src/app/shipped.ts";
import { Secret } from "../../src/lib/secret.ts";
import type { Acs } from "../../src/ports/acs.ts";
import { DEVICE } from "./acs.contract.ts";
import { scriptedServer, type ScriptedServer } from "./scripted-server.ts";

const OURS = readFileSync(wsdlFile(), "utf8");
const LESS = OURS.replace(
  /<s:element name="FTDeleteObject">[^]*?<\/s:complexType>\s*<\/s:element>/,
  "",
);
const context = { class: "read", changeId: "c", signal: new AbortController().signal } as const;

function open(url: string): Promise<Acs> {
  const transport = httpTransport({ deadlineMs: 2_000, now: () => new Date() });
  const auth = { kind: "basic", username: "api", password: new Secret("kanarie") } as const;
  const options = { url, wsdl: wsdlFile(), auth, appId: "t", transport };
  return createAcs("friendly", options, { mode: () => "write", inScope: () => true });
}

let server: ScriptedServer;
beforeEach(async () => {
  server = await scriptedServer();
});
afterEach(() => server.close());
const answer = (body: string, status = 200): void => {
  server.next({ status, contentType: "text/xml", body });
};

describe("a Friendly site", () => {
  it("that has all we call is as we expect it, simulated", async () => {
    const simulator = await startSimulator({
      treesDir: treesFolder(),
      wsdlFile: wsdlFile(),
      count: 1,
    });
    const acs = await open(simulator.acsUrl);
    expect(await acs.check?.(context)).toEqual({ kind: "checked", differences: [] });
    await simulator.stop();
  });

  it("is asked with its login, and what it lacks is not called from then on", async () => {
    const acs = await open(server.url);
    answer(LESS);
    expect(await acs.check?.(context)).toEqual({
      kind: "checked",
      differences: ["it has no FTDeleteObject: that is never called"],
    });
    const [asked] = server.requests();
    expect(asked).toMatchObject({ method: "GET", body: "" });
    expect(asked?.url).toMatch(/\?WSDL$/);
    expect(asked?.headers).toContain("Basic ");
    const change = { kind: "delete", row: "Device.X.1." } as const;
    expect(await acs.write(DEVICE, change, context)).toMatchObject({ kind: "rejected", code: 0 });
    expect(server.requests()).toHaveLength(1);
  });

  it.each([
    ["a web page", "<html><body>no</body></html>", 200],
    ["a page of an error", "<html><body>no</body></html>", 500],
    ["half a description", OURS.slice(0, OURS.length / 2), 200],
    ["nothing", "", 200],
  ])("that answers with %s is not judged, and works as before", async (_what, body, status) => {
    const acs = await open(server.url);
    answer(body, status);
    expect(await acs.check?.(context)).toMatchObject({ kind: "unknown", fault: "garbled" });
    answer("");
    const change = { kind: "delete", row: "Device.X.1." } as const;
    expect(await acs.write(DEVICE, change, context)).toMatchObject({ kind: "unknown", sent: true });
  });
});
