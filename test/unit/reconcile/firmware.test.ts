import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { versionOrder } from "../../../src/mapping/version-schemes.ts";
import { NO_FACTS } from "../../../src/model/device.ts";
import type { Assessment } from "../../../src/model/plan.ts";
import type { FirmwareImage } from "../../../src/model/records.ts";
import {
  FLASH,
  markOf,
  nextHop,
  withFirmware,
  type FirmwareContext,
} from "../../../src/reconcile/firmware.ts";
import { plan } from "../../../src/reconcile/plan.ts";
import { fakeMapper, snapshotOf, type Held } from "../../support/fake-mapper.ts";
import { setOf } from "../../support/operations.ts";

function image(version: string, given: Partial<FirmwareImage> = {}): FirmwareImage {
  const name = given.name ?? `fw-${version}`;
  return {
    ...{ name, version, selector: "model=EX220", url: `http://files/${name}.bin` },
    ...{ fileName: `${name}.bin`, fileType: "1 Firmware Upgrade Image", sizeBytes: 1 },
    ...{ sha256: name.padEnd(64, "0"), mayFollow: null },
    ...given,
  };
}
const over = (version: string, ...mayFollow: string[]): FirmwareImage =>
  image(version, { mayFollow });

function context(given: Partial<FirmwareContext> = {}): FirmwareContext {
  return {
    images: [],
    device: {
      ...{ id: "A-B-1", acs: "main", labels: {} },
      identity: { oui: "001122", productClass: "Device2", serial: "1" },
      facts: { ...NO_FACTS, modelName: "EX220" },
    },
    wanted: "3",
    same: (a, b) => a === b,
    busy: null,
    ...given,
  };
}

interface Case {
  readonly name: string;
  readonly images: FirmwareImage[];
  readonly running?: string;
  readonly wanted?: string;
  readonly same?: FirmwareContext["same"];
  /** The path, or what the refusal says. */
  readonly want: readonly string[] | RegExp;
}

describe("the way from the version that runs to the wanted one", () => {
  it.for<Case>([
    { name: "an image that may follow any", images: [image("3")], want: ["3"] },
    { name: "two steps", images: [over("2", "1"), over("3", "2")], want: ["2", "3"] },
    {
      name: "the shortest of several",
      images: [over("2", "1"), over("2.5", "2"), over("3", "2.5", "1.5"), over("1.5", "1")],
      want: ["1.5", "3"],
    },
    {
      name: "a downgrade, by an image that may follow the newer version",
      images: [over("3", "4")],
      running: "4",
      want: ["3"],
    },
    {
      name: "no downgrade by an image that may not",
      images: [over("3", "2")],
      running: "4",
      want: /it runs 4, 3 may follow 2, and no image leads there from 4; there are fw-3 \(3 over 2\)/,
    },
    { name: "no image at all", images: [], want: /runs 1, and no FirmwareImage is made for this/ },
    {
      name: "images of another model are none",
      images: [image("3", { selector: "model=EX510" })],
      want: /no FirmwareImage is made for this device/,
    },
    {
      name: "the wanted version is missing",
      images: [over("2", "1")],
      want: /no image brings 3; there are fw-2 \(2 over 1\)/,
    },
    {
      name: "a step on the way is missing",
      images: [over("2", "1"), over("3", "2.5")],
      want: /3 may follow 2.5, and no image leads there from 1/,
    },
    {
      name: "a circle ends",
      images: [over("2", "1"), over("1", "2"), over("3", "9")],
      want: /no image leads there/,
    },
    {
      name: "versions that the scheme of the map calls the same",
      images: [over("3", "V2.0")],
      running: "2",
      same: (a, b) => {
        const order = versionOrder({ scheme: "dotted", strip: "V", range: "1" });
        return typeof order === "function" && order(a, b) === 0;
      },
      want: ["3"],
    },
    {
      name: "of two files of one version that fit equally well, neither",
      images: [image("3", { name: "a" }), image("3", { name: "b" })],
      want: /a and b are two files of 3 and fit equally well/,
    },
    {
      name: "the same file under two names",
      images: [image("3", { name: "a", sha256: "x" }), image("3", { name: "b", sha256: "x" })],
      want: ["3"],
    },
  ])("$name", ({ images, running = "1", wanted = "3", same = (a, b) => a === b, want }) => {
    const choice = nextHop(running, context({ images, wanted, same }));
    if (want instanceof RegExp)
      expect(choice).toMatchObject({ kind: "none", detail: want as never });
    else expect(choice).toMatchObject({ kind: "hop", path: want, image: { version: want[0] } });
  });

  it("takes the file whose selector says most", () => {
    const narrow = image("3", { name: "z", selector: "model=EX220,acs=main" });
    const choice = nextHop("1", context({ images: [image("3", { name: "a" }), narrow] }));
    expect(choice).toMatchObject({ kind: "hop", image: { name: "z" } });
  });

  it("every step of a way may follow the one before, and none is shorter", () => {
    const version = fc.integer({ min: 0, max: 7 }).map(String);
    const follows = fc.option(fc.uniqueArray(version, { minLength: 1, maxLength: 3 }));
    const edges = fc.uniqueArray(fc.tuple(version, follows), {
      selector: ([to]) => to,
      maxLength: 8,
    });
    fc.assert(
      fc.property(edges, version, version, (list, running, wanted) => {
        fc.pre(running !== wanted);
        const images = list.map(([to, from]) => image(to, { mayFollow: from }));
        const may = (from: string, to: string): boolean =>
          images.some((i) => i.version === to && (i.mayFollow?.includes(from) ?? true));
        const choice = nextHop(running, context({ images, wanted }));
        // By relaxing all edges as often as there are versions: another way to the same number.
        const far = new Map([[running, 0]]);
        for (let round = 0; round < 9; round += 1)
          for (const { version: to } of images)
            for (const [from, steps] of far)
              if (may(from, to)) far.set(to, Math.min(far.get(to) ?? 99, steps + 1));
        if (choice.kind === "none") expect(far.has(wanted)).toBe(false);
        else {
          const path = [running, ...choice.path];
          expect(choice.path).toHaveLength(far.get(wanted) ?? -1);
          expect(choice.path.every((to, i) => may(path[i] ?? "", to))).toBe(true);
          expect(path.at(-1)).toBe(wanted);
        }
      }),
    );
  });
});

const MAP = fakeMapper({
  "device.software-version": { observeOnly: true },
  "device.uptime": { observeOnly: true },
});
const CANNOT: Assessment = {
  kind: "cannot",
  field: "firmware",
  reason: "ObserveOnlyField",
  detail: "can be read and not written",
};

function assessed(holds: Record<string, Held>, given: Partial<FirmwareContext> = {}): Assessment {
  const images = [over("2", "1"), over("3", "2")];
  const [found] = withFirmware([CANNOT], MAP, snapshotOf(holds), context({ images, ...given }));
  if (found === undefined) throw new Error("no assessment");
  return found;
}

describe("a firmware that differs", () => {
  const HOLDS = { "device.software-version": "1", "device.uptime": 100 };

  it("is drift, with one download of the next step in it", () => {
    expect(assessed(HOLDS)).toMatchObject({
      kind: "drift",
      calls: [{ kind: "download", hop: { image: "fw-2", over: "1", version: "2" } }],
      effect: FLASH,
      detail: "it runs 1; image fw-2 brings 2, then 3",
    });
  });
  it("is none where it runs already what is wanted, though a map refuses to write it", () => {
    expect(assessed({ ...HOLDS, "device.software-version": "3" })).toMatchObject({ kind: "equal" });
  });
  it("waits while another one soaks", () => {
    expect(assessed(HOLDS, { busy: "it soaks" })).toMatchObject({ reason: "FirmwareSoaking" });
  });
  it("is not sent to a device that does not say its uptime: no boot could prove it", () => {
    const holds = { "device.software-version": "1" };
    expect(assessed(holds)).toMatchObject({ kind: "cannot", reason: "BootUnseen" });
  });
  it("stays what it is where the version was not read (I5)", () => {
    expect(assessed({ "device.uptime": 100 })).toEqual(CANNOT);
  });

  it("is alone in its plan, behind everything else and behind a reboot that is owed", () => {
    const firmware = assessed(HOLDS);
    const radio: Assessment = {
      ...{ kind: "drift", field: "frequencyPlan", values: new Map(), calls: [setOf()] },
      effect: { interrupts: ["mgmt"], reboot: "none", applies: "now", settleMs: 0 },
      ...{ after: [], detail: "" },
    };
    const kinds = (...given: Parameters<typeof plan>) =>
      plan(...given).steps.map(({ operation }) => operation.kind);
    expect(kinds([firmware])).toEqual(["download"]);
    expect(kinds([firmware, radio])).toEqual(["set"]);
    expect(kinds([firmware], new Set(["credentials"] as const))).toEqual(["reboot"]);
  });

  it("is another try with another file, though the record has the same name", () => {
    const [one, two] = ["a".repeat(64), "b".repeat(64)];
    expect(markOf({ image: "x", sha256: one })).not.toBe(markOf({ image: "x", sha256: two }));
  });
});
