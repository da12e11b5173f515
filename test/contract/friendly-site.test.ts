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
import { FIRMWARE } from "./acs.contract.ts";
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

describe("rows where the site has no operation for them", () => {
  const TABLE = "Device.PPP.Interface.";
  const models = ["talk-frequency-table"];
  const SERIAL = "Device.DeviceInfo.SerialNumber";
  const rowsOf = async ({ acs, device }: Site): Promise<number[]> => {
    const read = await acs.read(device, [TABLE], SERIAL, CONTEXT);
    if (read.kind !== "values") throw new Error(JSON.stringify(read));
    const numbers = [...read.snapshot.values.keys()].flatMap((path) =>
      path.startsWith(TABLE) ? Number(path.slice(TABLE.length).split(".")[0]) : [],
    );
    return [...new Set(numbers)].sort((a, b) => a - b);
  };

  it("are added and deleted by FTRPCInvoke, and the CPE holds it", async () => {
    site = await openSite({
      models,
      wsdlFile: descriptionWithout("FTAddObject", "FTDeleteObject"),
    });
    const { acs, device } = site;
    await acs.check?.(CONTEXT);
    const before = await rowsOf(site);
    const added = await acs.write(device, { kind: "add", table: TABLE }, CONTEXT);
    expect(added).toEqual({ kind: "accepted", id: null });
    const after = await rowsOf(site);
    expect(after.length).toBe(before.length + 1);
    const row = `${TABLE}${after.at(-1) ?? 0}.`;
    const deleted = await acs.write(device, { kind: "delete", row }, CONTEXT);
    expect(deleted).toEqual({ kind: "accepted", id: null });
    expect(await rowsOf(site)).toEqual(before);
    expect(calledAt(site).filter((name) => !name.startsWith("FTGet"))).toEqual([
      "FTRPCInvoke",
      "FTRPCInvoke",
    ]);
  });

  it("a fault of the CPE is a rejection with its code, and a CPE that is away one of the ACS", async () => {
    site = await openSite({ models, wsdlFile: descriptionWithout("FTAddObject") });
    const { acs, device, simulator } = site;
    await acs.check?.(CONTEXT);
    const change = { kind: "add", table: "Device.No<Such>&Table." } as const;
    expect(await acs.write(device, change, CONTEXT)).toMatchObject({
      kind: "rejected",
      code: 9005,
    });
    simulator.setPower(false);
    expect(await acs.write(device, { kind: "add", table: TABLE }, CONTEXT)).toMatchObject({
      kind: "rejected",
      code: 201,
    });
  });

  it("use the typed operation where there is one", async () => {
    site = await openSite({ models, wsdlFile: descriptionWithout("FTDeleteObject") });
    const { acs, device } = site;
    await acs.check?.(CONTEXT);
    expect(await acs.write(device, { kind: "add", table: TABLE }, CONTEXT)).toMatchObject({
      kind: "accepted",
      id: expect.stringMatching(/^\d+$/) as string,
    });
    expect(calledAt(site)).toEqual(["FTAddObject"]);
  });

  it("are rejected where there is neither, and nothing is sent", async () => {
    site = await openSite({ models, wsdlFile: descriptionWithout("FTAddObject", "FTRPCInvoke") });
    const { acs, device } = site;
    await acs.check?.(CONTEXT);
    expect(await acs.write(device, { kind: "add", table: TABLE }, CONTEXT)).toEqual({
      kind: "rejected",
      code: 0,
      text: "not sent: the ACS does not offer FTAddObject",
    });
    expect(calledAt(site)).toEqual([]);
  });
});

describe("files and factory resets", () => {
  const booted = ({ simulator }: Site): { boots: number; resets: number } => {
    const [entry] = simulator.core.acs.entries;
    if (entry === undefined) throw new Error("a fleet of nothing");
    const { boots, resets } = simulator.core.acs.look(entry).cpe;
    return { boots, resets };
  };
  const taken = { kind: "accepted", id: expect.stringMatching(/^\d+$/) as string };

  it("a firmware is taken by FTDownloadFile, and the CPE boots", async () => {
    site = await openSite();
    expect(await site.acs.write(site.device, FIRMWARE, CONTEXT)).toEqual(taken);
    expect(booted(site)).toEqual({ boots: 1, resets: 0 });
    expect(calledAt(site)).toEqual(["FTDownloadFile"]);
  });

  it("a factory reset is taken by FTResetToDefault, and done", async () => {
    site = await openSite();
    expect(await site.acs.write(site.device, { kind: "factoryReset" }, CONTEXT)).toEqual(taken);
    expect(booted(site)).toEqual({ boots: 1, resets: 1 });
    expect(calledAt(site)).toEqual(["FTResetToDefault"]);
  });

  it("a file of a type that nobody was seen to send is rejected, and nothing is sent", async () => {
    site = await openSite();
    for (const odd of [{ fileType: "3 Vendor Configuration File" }, { sizeBytes: 2 ** 31 }]) {
      const result = await site.acs.write(site.device, { ...FIRMWARE, ...odd }, CONTEXT);
      expect(result).toMatchObject({ kind: "rejected", code: 0 });
    }
    expect(calledAt(site)).toEqual([]);
  });

  it("FTDownloadFile goes out as its client sends it, and what the ACS echoes holds no token", async () => {
    const server = await scriptedServer();
    const echo =
      "<ErrorCode>201</ErrorCode><Message>token=geheim-van-de-opslag</Message><Id>0</Id>";
    const inner = `<FTDownloadFileResult>${echo}</FTDownloadFileResult>`;
    server.next({
      status: 200,
      contentType: "text/xml",
      body: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><FTDownloadFileResponse xmlns="http://www.friendly-tech.com">${inner}</FTDownloadFileResponse></s:Body></s:Envelope>`,
    });
    site = await openSite({}, () => ({ url: server.url }));
    const result = await site.acs.write(site.device, FIRMWARE, CONTEXT);
    expect(result).toEqual({ kind: "rejected", code: 201, text: "[secret]" });
    const body = server.requests()[0]?.body ?? "";
    for (const part of [
      "<push>true</push><filetype>1</filetype>",
      "<size>50000</size>",
      "<priority>2</priority><delay>100</delay><endsession>false</endsession>",
    ]) {
      expect(body).toContain(part);
    }
    await server.close();
  });
});

describe("the REST twin", () => {
  const withTwin = (applyDelayMs = 0): Promise<Site> =>
    openSite({ applyDelayMs, models: ["talk-frequency-table"] }, ({ restUrl }) => ({
      restAddress: restUrl,
    }));
  const setAndAsk = async ({ acs, device }: Site, path: string) => {
    const change = { kind: "set", values: [{ path, value: "anna" }] } as const;
    const written = await acs.write(device, change, CONTEXT);
    if (written.kind !== "accepted" || written.id === null) throw new Error(written.kind);
    return await acs.taskStatus?.(written.id, device, CONTEXT);
  };
  const USER = "Device.PPP.Interface.1.Username";

  it("is not asked where the record names none", async () => {
    site = await openSite();
    expect(site.acs.capabilities.taskStatus).toBe(false);
    expect("taskStatus" in site.acs).toBe(false);
  });

  it("says that a write was done, that it waits, and that it failed", async () => {
    site = await withTwin();
    expect(site.acs.capabilities.taskStatus).toBe(true);
    expect(await setAndAsk(site, USER)).toEqual({ kind: "done" });
    expect(await setAndAsk(site, "Device.NoSuch")).toEqual({ kind: "failed" });
    await site.simulator.stop();
    site = await withTwin(60_000);
    expect(await setAndAsk(site, USER)).toEqual({ kind: "pending" });
    expect(calledAt(site)).toEqual(["FTSetDeviceParameters", "POST Transaction"]);
  });

  it("passes a refusal on, and sends nothing for an id that is none", async () => {
    site = await withTwin();
    const { acs, device } = site;
    expect(await acs.taskStatus?.("7", device, CONTEXT)).toMatchObject({
      kind: "refused",
      code: 201,
    });
    expect(await acs.taskStatus?.("7 or 8", device, CONTEXT)).toMatchObject({ code: 0 });
    expect(calledAt(site)).toHaveLength(1);
  });

  it("takes no other answer for one", async () => {
    site = await withTwin();
    const { acs, device, simulator } = site;
    for (const kind of ["wrong-operation", "missing-params", "soap-fault"] as const) {
      simulator.inject({ kind, count: 1 });
      expect(await acs.taskStatus?.("100000001", device, CONTEXT)).toMatchObject({
        kind: "unknown",
      });
    }
  });

  it("of the simulator says what SOAP says: status, and parameters", async () => {
    site = await withTwin();
    const { simulator, device } = site;
    const post = async (path: string, more: object = {}): Promise<unknown> => {
      const body = JSON.stringify({ Device: { Sn: device.identity.serial }, ...more });
      const answer = await fetch(`${simulator.restUrl}/${path}`, { method: "POST", body });
      return await answer.json();
    };
    expect(await post("Device/Status")).toEqual({ ErrorCode: 100, Message: "", Online: true });
    const ParameterNames = ["Device.DeviceInfo.SerialNumber", "Device.NoSuch"];
    expect(await post("Parameter", { ParameterNames, Source: 0, Values: true })).toEqual({
      ErrorCode: 100,
      Message: "",
      Parameters: [{ Name: "Device.DeviceInfo.SerialNumber", Value: device.identity.serial }],
    });
    const unread = await fetch(`${simulator.restUrl}/Parameter`, { method: "POST", body: "x" });
    expect(unread.status).toBe(400);
  });
});
