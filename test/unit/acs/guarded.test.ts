import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ACS_KINDS, createAcs, guardSocket } from "../../../src/acs/index.ts";
import type { AcsMode } from "../../../src/acs/guarded.ts";
import { AppError } from "../../../src/lib/errors.ts";
import type { Exchange, Transport } from "../../../src/ports/acs.ts";

const exchange = (operation: string): Exchange => ({
  operation,
  method: "POST",
  url: "http://acs.example/",
  headers: {},
  body: "",
  context: { class: "drift", changeId: "c", signal: new AbortController().signal },
  deviceId: "0019E0-B42",
  alone: false,
});

describe("the guard at the socket", () => {
  const sent: string[] = [];
  const inner: Transport = ({ operation }) => {
    sent.push(operation);
    return Promise.resolve({ kind: "not_sent", reason: "breaker_open", detail: "" });
  };
  let mode: AcsMode = "write";
  const transport = guardSocket("friendly", inner, () => mode);

  it("holds a write that waited in the gate while the mode was taken back", async () => {
    await transport(exchange("FTSetDeviceParameters"));
    mode = "observe";
    const result = await transport(exchange("FTSetDeviceParameters"));
    expect(result).toMatchObject({ kind: "not_sent", reason: "observe" });
    expect(sent).toEqual(["FTSetDeviceParameters"]);
  });

  it("takes an operation that it does not know for a write", async () => {
    expect(await transport(exchange("FTRebootDevice"))).toMatchObject({ reason: "observe" });
  });

  it("lets reads pass", async () => {
    await transport(exchange("FTGetDeviceParameters"));
    expect(sent.at(-1)).toBe("FTGetDeviceParameters");
  });
});

describe("the guard at the socket of a GenieACS", () => {
  const inner: Transport = () =>
    Promise.resolve({ kind: "not_sent", reason: "breaker_open", detail: "" });
  const transport = guardSocket("genieacs", inner, () => "observe");

  it.each(["Set", "AddObject", "DeleteObject", "Reboot", "Provision"])(
    "holds %s in mode observe",
    async (operation) => {
      expect(await transport(exchange(operation))).toMatchObject({ reason: "observe" });
    },
  );

  it.each(["Query", "Refresh", "ConnectionRequest", "TakeBack"])(
    "lets %s pass, which changes nothing on a CPE",
    async (operation) => {
      expect(await transport(exchange(operation))).toMatchObject({ reason: "breaker_open" });
    },
  );
});

describe("the registry", () => {
  it("is the only way to an adapter: no other file imports one", () => {
    const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) =>
      /\.tsx?$/.test(file),
    );
    for (const kind of ACS_KINDS) {
      const importers = files
        .filter((file) => !file.startsWith(`acs/${kind}/`))
        .filter((file) => readFileSync(`src/${file}`, "utf8").includes(`${kind}/client`));
      expect(importers).toEqual(["acs/index.ts"]);
    }
  });

  const options = (wsdl: string) => ({
    url: "http://acs.example/",
    wsdl,
    auth: { kind: "none" } as const,
    appId: "t",
    transport: () => Promise.reject(new Error("nothing may be sent")),
  });
  const guard = { mode: () => "observe" as const, inScope: () => true };
  const good = readFileSync("manifests/acs/friendly-acsws.wsdl", "utf8");
  it.each([
    ["an address", "https://acs.example/acsws.asmx?WSDL"],
    ["no file", "manifests/acs/none.wsdl"],
    ["no WSDL", "<?xml version='1.0'?><a/>"],
    ["a WSDL without an operation that we need", good.replaceAll("FTCPEStatus", "FTOther")],
  ])("refuses %s as a description", async (_name, wsdl) => {
    const failed = createAcs("friendly", options(wsdl), guard);
    await expect(failed).rejects.toBeInstanceOf(AppError);
    await expect(failed).rejects.toMatchObject({ code: "bad_config" });
  });

  it("takes the description as a text too", async () => {
    const acs = await createAcs("friendly", options(good), guard);
    expect(acs.capabilities.listDevices).toBe(false);
  });
});
