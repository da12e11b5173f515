import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { shippedStandard } from "../../../../src/package/standard.ts";
import type { DataModel } from "../../../../src/mapping/standard/data-model.ts";
import { parseDataModel } from "../../../../src/mapping/standard/parse.ts";
import { standardOf } from "../../../../src/mapping/standard/standard.ts";

const FOLDER = join(import.meta.dirname, "../../../../manifests/data-models");
const models = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".tsv"))
  .map((name): DataModel => {
    const { model } = parseDataModel(readFileSync(join(FOLDER, name), "utf8"), name);
    if (model === undefined) throw new Error(`${name} does not parse`);
    return model;
  });
const standard = standardOf(models);
const PPP = "InternetGatewayDevice.WANDevice.1.WANConnectionDevice.{c}.WANPPPConnection.{p}";

describe("the shipped tables", () => {
  it("are the models and sizes that their page names", () => {
    const counts = models.map(({ model, nodes }) => {
      const objects = nodes.filter(({ kind }) => kind === "object").length;
      return [model, objects, nodes.length - objects];
    });
    expect(counts).toEqual([
      ["InternetGatewayDevice:1.14", 192, 1801],
      ["VoiceService:1.1", 43, 350],
      ["VoiceService:2.0", 113, 849],
      ["Device:2.19", 873, 7343],
    ]);
  });

  it("know 77 parameters that never read back, and 70 commands", () => {
    const parameters = models.flatMap(({ nodes }) =>
      nodes.filter((node) => node.kind === "parameter"),
    );
    expect(parameters.filter(({ hidden }) => hidden)).toHaveLength(77);
    expect(parameters.filter(({ command }) => command)).toHaveLength(70);
    expect(parameters.filter(({ hidden, command }) => hidden && command)).toEqual([]);
  });
});

describe("the lookup of a path", () => {
  it.for([
    { path: `${PPP}.Username`, want: { kind: "parameter", type: "string", writable: true } },
    { path: `${PPP}.Password`, want: { kind: "parameter", hidden: true } },
    {
      path: "Device.WiFi.AccessPoint.2.Security.KeyPassphrase",
      want: { kind: "parameter", hidden: true, sizes: [{ min: 8, max: 63 }] },
    },
    { path: "Device.ATM.Link.1.Stats.Reset", want: { kind: "parameter", command: true } },
    {
      path: "Device.Ethernet.VLANTermination.7.VLANID",
      want: { kind: "parameter", ranges: [{ min: 1n, max: 4094n, step: 1n }] },
    },
    { path: "Device.", want: { kind: "object", row: false } },
    { path: "Device.PPP", want: { kind: "object", path: "Device.PPP." } },
    { path: "Device.PPP.Interface.{p}", want: { kind: "object", row: true, writable: true } },
    { path: "Device.PPP.Interface.", want: { kind: "object", path: "Device.PPP.Interface.{i}." } },
    { path: "Device.UserInterface.RemoteAccess.Port", want: { status: "deleted" } },
    {
      path: "Device.Cellular.Interface.1.USIM.IMSI",
      want: { status: "deprecated" },
      reason: "its object is deprecated",
    },
    {
      path: "InternetGatewayDevice.Services.VoiceService.1.VoiceProfile.1.Line.1.SIP.AuthPassword",
      want: { kind: "parameter", hidden: true },
    },
    {
      path: "Device.Services.VoiceService.1.SIP.Client.1.AuthPassword",
      want: {
        kind: "parameter",
        path: "Device.Services.VoiceService.{i}.SIP.Client.{i}.AuthPassword",
      },
    },
    {
      path: "Device.Services.VoiceService.1.VoiceProfile.1.Line.1.DirectoryNumber",
      want: { kind: "parameter", since: "1.0" },
      reason: "2.0 has no voice profile, so the older model answers",
    },
    {
      path: "Device.Services.VoiceService.1.Alias",
      want: { kind: "parameter", since: "2.0" },
      reason: "both have it, and the newer one counts",
    },
    {
      path: "InternetGatewayDevice.Services.VoiceService.1.SIP.Client.1.AuthPassword",
      want: { kind: "unknown" },
      reason: "the newer voice service is of TR-181",
    },
    { path: "Device.X_TP_A.1.B", want: { kind: "vendor", prefix: "Device.X_TP_A" } },
    { path: `${PPP}.X_HW_VLAN`, want: { kind: "vendor", prefix: `${PPP}.X_HW_VLAN` } },
    {
      path: "Device.PPP.Interface.3.X_A.X_B.C",
      want: { kind: "vendor", prefix: "Device.PPP.Interface.3.X_A" },
    },
    { path: "Device.Nothing.X_A.B", want: { kind: "unknown" } },
    { path: "X_A.B", want: { kind: "unknown" } },
    {
      path: "Device.PPP.Interface.3.Usrname",
      want: { kind: "unknown", nearest: "Device.PPP.Interface.{i}.Username" },
    },
    {
      path: "Device.PPP.Interface.3.username",
      want: { kind: "unknown", nearest: "Device.PPP.Interface.{i}.Username" },
    },
    {
      path: "Device.Ethernet.VLANTerminatoin.3.VLANID",
      want: { kind: "unknown", nearest: "Device.Ethernet.VLANTermination.{i}.VLANID" },
    },
    {
      path: "Devise.PPP.Interface.1.Username",
      want: { kind: "unknown", nearest: "Device.PPP.Interface.{i}.Username" },
    },
    {
      path: "Devise.PPP.Interface.1.Usrname",
      want: { kind: "unknown", nearest: "Device.PPP.Interface.{i}.Username" },
    },
    { path: "Device.Nat.1.PortMapping", want: { kind: "unknown" }, reason: "NAT has no rows" },
    { path: "Device.Nat.X_A", want: { kind: "unknown", nearest: "Device.NAT.X_A" } },
    { path: "Device.PPP.Interface.Username", want: { kind: "unknown" } },
    { path: "Device.PPP.1.Interface", want: { kind: "unknown" } },
    { path: "Device.PPP.Interface.3.Username.X", want: { kind: "unknown" } },
    { path: "Device.PPP.Interface.3.Banana", want: { kind: "unknown" } },
    { path: "", want: { kind: "unknown" } },
  ])("$path", ({ path, want, reason }) => {
    const found = standard.lookup(path);
    expect(found, reason).toMatchObject(want);
    if (found.kind === "unknown") expect(found).toEqual(want);
  });

  it("finds every node of every table by its own path, with any instances", () => {
    const homes = new Map([
      ["InternetGatewayDevice", [""]],
      ["Device", [""]],
      ["VoiceService", ["InternetGatewayDevice.Services.", "Device.Services."]],
    ]);
    let looked = 0;
    for (const { model, nodes } of models) {
      for (const [index, node] of nodes.entries()) {
        for (const home of homes.get(model.split(":")[0] ?? "") ?? []) {
          if (model === "VoiceService:2.0" && home.startsWith("Internet")) continue;
          const names = home + node.path;
          const numbers = names.replaceAll("{i}", () => String((index * 7919) % 1000));
          const found = standard.lookup(numbers);
          expect(found).toMatchObject({ kind: node.kind, path: names });
          expect(standard.lookup(names.replaceAll("{i}", "{row}"))).toBe(found);
          looked += 1;
        }
      }
    }
    expect(looked).toBe(1993 + 8216 + 962 + 2 * 393);
  });

  it("takes a slip in the last name of any parameter for a near miss of a sibling", () => {
    const parameters = models
      .filter(({ model }) => !model.startsWith("VoiceService"))
      .flatMap(({ nodes }) =>
        nodes.filter(({ kind, path }) => kind === "parameter" && nameOf(path).length > 5),
      );
    fc.assert(
      fc.property(fc.constantFrom(...parameters), fc.nat(), ({ path }, at) => {
        const name = nameOf(path);
        const cut = at % name.length;
        const wrong = path.slice(0, -name.length) + name.slice(0, cut) + name.slice(cut + 1);
        const found = standard.lookup(wrong);
        // A letter less may be another good name (TxPackets of TxPackets6, say).
        if (found.kind !== "unknown") return;
        expect(found.nearest?.slice(0, -nameOf(found.nearest).length)).toBe(
          path.slice(0, -name.length),
        );
      }),
    );
  });

  it("answers any text", () => {
    const piece = fc.constantFrom(
      "Device",
      "PPP",
      "Interface",
      "1",
      "{i}",
      "X_A",
      "Username",
      "",
      "é",
    );
    const path = fc.oneof(
      fc.string(),
      fc.array(piece).map((all) => all.join(".")),
    );
    fc.assert(
      fc.property(path, (text) => {
        const found = standard.lookup(text);
        if (found.kind === "vendor") expect(text.startsWith(found.prefix)).toBe(true);
        else if (found.kind !== "unknown") expect(text.split(".")[0]).toMatch(/Device$/);
      }),
      { numRuns: 1000 },
    );
  });
});

const nameOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1);

describe("the tables that a root needs", () => {
  it.for([
    { roots: ["InternetGatewayDevice"] as const, has: "InternetGatewayDevice.Time.NTPServer1" },
    { roots: ["Device"] as const, has: "Device.Services.VoiceService.1.VoiceProfile.1.Enable" },
    { roots: ["Device", "InternetGatewayDevice"] as const, has: "Device.Time.NTPServer1" },
  ])("$roots", ({ roots, has }) => {
    const some = shippedStandard(roots);
    expect(some.lookup(has)).toMatchObject({ kind: "parameter" });
    for (const root of ["InternetGatewayDevice", "Device"] as const) {
      const kind = roots.some((one) => one === root) ? "object" : "unknown";
      expect(some.lookup(`${root}.Services`).kind).toBe(kind);
    }
  });
});
