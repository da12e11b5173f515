import { beforeAll, describe, expect, it } from "vitest";
import { parseDeviceId } from "../../../../src/model/device.ts";
import { loadModels } from "../../../../src/acs/simulator/catalogue.ts";
import { findNode, heldValue } from "../../../../src/acs/simulator/cpe-state.ts";
import {
  buildFleet,
  DEFAULT_MODELS,
  type FleetDevice,
} from "../../../../src/acs/simulator/fleet.ts";
import { chooseShare } from "../../../../src/acs/simulator/random.ts";
import { parseModel, type CpeModel } from "../../../../src/acs/simulator/cpe-model.ts";
import { TREES } from "./models.ts";

let models: ReadonlyMap<string, CpeModel> = new Map();
beforeAll(async () => {
  models = await loadModels(TREES);
});

const OPTIONS = {
  count: 150,
  models: DEFAULT_MODELS,
  seed: "s",
  offlineShare: 0.4,
  ignoredWriteShare: 0.1,
};
const fleet = (change: Partial<typeof OPTIONS> = {}): FleetDevice[] =>
  buildFleet({ ...OPTIONS, ...change }, models, 1_000);

const held = ({ initial: { cpe } }: FleetDevice, path: string): string | null => {
  const node = findNode(cpe, path);
  return node === undefined ? null : heldValue(cpe, node, 1_000);
};
const facts = (devices: FleetDevice[]): string =>
  JSON.stringify(
    devices.map((each) => [
      each.id,
      each.site,
      each.initial.powered,
      each.initial.cpe.ignoresWrites,
      each.initial.cpe.bootedAtMs,
    ]),
  );

describe("the shipped trees", () => {
  it("are the 14 collected ones and the two of the talk, each with a provenance and a serial number", () => {
    expect(models.size).toBe(16);
    for (const model of models.values()) {
      expect(model.source).not.toBe("");
      expect(model.oui).toMatch(/^[0-9A-F]{6}$/);
      expect(model.nodes.has(`${model.root}.DeviceInfo.SerialNumber`)).toBe(true);
    }
  });

  it("keep empty and never read apart", () => {
    const eg = models.get("huawei-eg8145v5-multiwan");
    const values = [...(eg?.nodes.values() ?? [])].filter((node) => !node.path.endsWith("."));
    // 627 of the source and the six added ones of DeviceInfo.
    expect(values).toHaveLength(633);
    expect(values.filter((node) => node.value === null)).toHaveLength(378);
    expect(values.some((node) => node.value === "")).toBe(true);
  });

  it("name a credential that exists", () => {
    for (const { credential, nodes } of models.values()) {
      if (credential === null) continue;
      for (const path of [credential.user, credential.password]) expect(nodes.has(path)).toBe(true);
    }
  });

  it.each([
    ["# root\tDevice\nDevice.\tx", "access is not r or w"],
    ["# root\tDevice\nDevice.\tr\n  A\tr\tstring\tx", "indented below a parameter"],
    ['# root\tDevice\nDevice.\tr\n A\tr\tstring\t"x', "must be a JSON string"],
    ["# model\tx", "holds no parameter"],
  ])("are refused with file and line when they are wrong: %j", (text, message) => {
    expect(() => parseModel(text, "f.tsv")).toThrow(message);
  });
});

describe("a fleet", () => {
  it("is the same for the same seed, and another for another", () => {
    expect(facts(fleet())).toBe(facts(fleet()));
    expect(facts(fleet({ seed: "t" }))).not.toBe(facts(fleet()));
  });

  it("has canonical ids with serials of its own", () => {
    const devices = fleet();
    expect(new Set(devices.map((each) => each.id)).size).toBe(150);
    expect(devices[3]?.id).toBe("001CAA-WIMAX%2D25%2Ev2-SIM000004");
    for (const { id, serial } of devices) expect(parseDeviceId(id)?.serial).toBe(serial);
  });

  it("has exactly the asked share switched off and deaf to writes", () => {
    expect(fleet().filter((each) => !each.initial.powered)).toHaveLength(60);
    expect(fleet().filter((each) => each.initial.cpe.ignoresWrites)).toHaveLength(15);
  });

  it("gives every third CPE of a model the right user name and the others an old one", () => {
    const users = fleet({ models: ["talk-channel-rules"], count: 6 }).map((each) =>
      held(each, "InternetGatewayDevice.X_SW_WiMAX.Auth.Username"),
    );
    expect(users).toEqual([
      "subsim000001",
      "oldsim000002",
      "oldsim000003",
      "subsim000004",
      "oldsim000005",
      "oldsim000006",
    ]);
    const [first] = fleet({ models: ["huawei-bm632w"], count: 1 });
    const path =
      "InternetGatewayDevice.OperatorProfile.1.SubscriptionParameters.EAPProfile.1.Identity";
    expect(first && held(first, path)).toBe("subsim000001@isp.example");
  });

  it("refuses a model that it does not have, and says which was meant", () => {
    expect(() => fleet({ models: ["huawei-bm632"] })).toThrow('Did you mean "huawei-bm632w"?');
  });

  it("spreads over all sites", () => {
    expect(new Set(fleet().map((each) => each.site)).size).toBe(6);
  });
});

describe("a share", () => {
  it("has exactly the rounded count, keeps the order, and changes with its salt", () => {
    const ids = Array.from({ length: 10 }, (_, i) => `d${i}`);
    expect(chooseShare(ids, 0.25, "a")).toHaveLength(3);
    expect(chooseShare(ids, 0.5, "a")).toEqual(chooseShare(ids, 0.5, "a"));
    expect(chooseShare(ids, 0.5, "a")).not.toEqual(chooseShare(ids, 0.5, "b"));
    expect([chooseShare(ids, 0, "a"), chooseShare(ids, 1, "a"), chooseShare([], 0.5, "a")]).toEqual(
      [[], ids, []],
    );
  });
});
