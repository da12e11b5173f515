/** What an ACS says of itself: its own description, on a real socket. */
import { afterEach, describe, expect, it } from "vitest";
import { createAcs } from "../../src/acs/index.ts";
import { httpTransport } from "../../src/acs/http.ts";
import { Secret } from "../../src/lib/secret.ts";
import {
  calledAt,
  CONTEXT,
  descriptionWithout,
  openSite,
  WSDL,
  type Site,
} from "./friendly-rig.ts";
import { scriptedServer, type Wire } from "./scripted-server.ts";

let site: Site | undefined;
afterEach(() => site?.simulator.stop());

const reboot = { kind: "reboot" } as const;

describe("the site's own description", () => {
  it("agrees with ours where the simulator serves ours, and nothing is held back", async () => {
    site = await openSite();
    expect(await site.acs.check?.(CONTEXT)).toEqual({ kind: "checked", differences: [] });
    expect((await site.acs.status(site.device, CONTEXT)).kind).toBe("online");
  });

  it("an operation that it lacks is called before the check, and never after it", async () => {
    site = await openSite({ wsdlFile: descriptionWithout("FTRebootDevice", "FTCPEStatus") });
    const { acs, device } = site;
    expect((await acs.write(device, reboot, CONTEXT)).kind).toBe("accepted");
    expect(await acs.check?.(CONTEXT)).toEqual({
      kind: "checked",
      differences: [
        "The ACS does not describe FTCPEStatus.",
        "The ACS does not describe FTRebootDevice.",
      ],
    });
    expect(await acs.write(device, reboot, CONTEXT)).toEqual({
      kind: "rejected",
      code: 0,
      text: "not sent: the ACS does not offer FTRebootDevice",
    });
    expect(await acs.status(device, CONTEXT)).toMatchObject({ kind: "refused", code: 0 });
    expect(calledAt(site)).toEqual(["FTRebootDevice"]);
  });

  it("says nothing of operations that we do not call", async () => {
    site = await openSite({ wsdlFile: descriptionWithout("FTBackup", "FTGetFirmwareVersion") });
    expect(await site.acs.check?.(CONTEXT)).toEqual({ kind: "checked", differences: [] });
  });

  it.each<[string, Wire, string]>([
    ["a page", { status: 200, contentType: "text/html", body: "<!DOCTYPE html><p>x" }, "garbled"],
    ["no body", { status: 200, contentType: "text/xml", body: "" }, "empty"],
    ["an error", { status: 500, contentType: "text/plain", body: "wachtwoord" }, "garbled"],
    ["a cut", { status: 200, contentType: "text/xml", body: "<a/>", cut: "inside" }, "connection"],
  ])("is unknown after %s, and switches nothing off", async (_name, wire, fault) => {
    const server = await scriptedServer();
    server.next(wire);
    const acs = await createAcs(
      "friendly",
      {
        url: server.url,
        wsdl: WSDL,
        auth: { kind: "both", username: "api", password: new Secret("wachtwoord") },
        appId: "t",
        transport: httpTransport({ deadlineMs: 500, now: () => new Date() }),
      },
      { mode: () => "observe", inScope: () => false },
    );
    const result = await acs.check?.(CONTEXT);
    expect(result).toMatchObject({ kind: "unknown", fault, sent: true });
    expect(JSON.stringify(result)).not.toContain("wachtwoord");
    const [request] = server.requests();
    expect(request).toMatchObject({ method: "GET", url: "/ftacsws/acsws.asmx?WSDL" });
    expect(request?.headers).toContain(Buffer.from("api:wachtwoord").toString("base64"));
    await server.close();
  });
});
