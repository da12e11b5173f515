import { describe, expect, it } from "vitest";
import { NO_FACTS } from "../../../../src/model/device.ts";
import { factsOf } from "../../../../src/model/tree/facts.ts";
import { shippedTree, treeOf } from "./trees.ts";

describe("who a CPE is", () => {
  it("says its own tree", () => {
    expect(factsOf(shippedTree("huawei-bm632w"))).toEqual({
      root: "InternetGatewayDevice",
      manufacturer: "Huawei Technologies Co., Ltd.",
      oui: "202BC1",
      productClass: "BM632w",
      modelName: "BM632w",
      hardwareVersion: "40501",
      softwareVersion: "V100R001IRQC56B017",
      serial: "SN01000001",
      presence: {},
    });
  });

  it.for([
    ["nobody, when nothing was read", "Device.DeviceInfo.", { root: "Device" }],
    [
      "the header, where the tree was never read or is empty",
      "# oui\t00aa00\n# productClass\tP\n# serial\tS\nDevice.\tr\n DeviceInfo.\tr\n  ProductClass\tr\t-\n" +
        '  ModelName\tr\tstring\t""\n  SerialNumber\tr\tstring\t""\n',
      { root: "Device", oui: "00AA00", productClass: "P", modelName: "", serial: "S" },
    ],
    [
      "the tree before the header",
      "# oui\t00AA00\nDevice.\tr\n DeviceInfo.\tr\n  ManufacturerOUI\tr\tstring\t11bb11\n",
      { root: "Device", oui: "11BB11" },
    ],
    ["no root, when there are two", "Device.A\nInternetGatewayDevice.A", { root: null }],
  ] as const)("or %s", ([, text, facts]) => {
    expect(factsOf(treeOf(text))).toEqual({ ...NO_FACTS, ...facts });
  });

  it("and says which parameters it has, of those that somebody asks for", () => {
    const tree = treeOf("Device.A=\nDevice.B");
    expect(factsOf(tree, ["Device.A", "Device.B", "Device.C"]).presence).toEqual({
      "Device.A": true,
      "Device.B": true,
      "Device.C": false,
    });
  });
});
