/** What a CPE says of its Inform interval, and what is measured by it. */
import { describe, expect, it } from "vitest";
import { alsoRead, informIntervalMs, verifyWithin } from "../../../src/reconcile/inform.ts";
import { fakeMapper, snapshotOf } from "../../support/fake-mapper.ts";

const INTERVAL = "mgmt.periodic-inform-interval";
const mapper = fakeMapper({ [INTERVAL]: {}, "device.uptime": {} });

describe("the Inform interval", () => {
  it("is read along with whatever is read, where the map knows it", () => {
    expect(alsoRead(mapper, null)).toEqual([INTERVAL]);
    expect(alsoRead(mapper, snapshotOf({ [INTERVAL]: 300 }))).toEqual([INTERVAL]);
    expect(alsoRead(fakeMapper({}), null)).toEqual([]);
  });

  it("is not asked again of a device that lacks it", () => {
    expect(alsoRead(mapper, snapshotOf({}, { covered: true }))).toEqual([]);
  });

  it.each([
    ["a number of seconds", { [INTERVAL]: 300 }, 300_000],
    ["nothing that was read", {}, null],
    ["nothing that says a time", { [INTERVAL]: 0 }, null],
  ])("is %s", (_what, held, ms) => {
    expect(informIntervalMs(mapper, snapshotOf(held))).toBe(ms);
  });

  it("is unknown through a map that does not have it (I5)", () => {
    expect(informIntervalMs(fakeMapper({}), snapshotOf({}))).toBeNull();
  });
});

it.each([
  ["a CPE that can be called has the time of its ACS's record", "push", 3_600_000, 120_000],
  ["one that informs often enough too", "pull", 30_000, 120_000],
  ["one that waits for its Informs has two of them", "pull", 3_600_000, 7_200_000],
  ["one whose interval nobody knows has the time of the record", "pull", null, 120_000],
] as const)("a write may take its time to show: %s", (_who, reach, intervalMs, want) => {
  expect(verifyWithin(120_000, reach, intervalMs)).toBe(want);
});
