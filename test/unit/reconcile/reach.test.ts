import { describe, expect, it } from "vitest";
import { UNLEARNT, type DeviceReach } from "../../../src/model/records.ts";
import { learnReach, mayKnock } from "../../../src/reconcile/reach.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
const at = (time: string): Date => new Date(`2026-03-01T${time}Z`);
const missed = (time: string): DeviceReach => ({ ...UNLEARNT, missedAt: at(time) });
const PULL: DeviceReach = { ...missed("10:00:00"), kind: "pull", since: at("10:05:00") };

describe("what a connection request teaches", () => {
  it.each([
    ["got through, as always", UNLEARNT, { reached: true, contactAt: null }, UNLEARNT],
    [
      "did not get through, and its last contact is not told",
      UNLEARNT,
      { reached: false, contactAt: null },
      UNLEARNT,
    ],
    [
      "did not get through for the first time: it may have no power",
      UNLEARNT,
      { reached: false, contactAt: at("10:00:00") },
      missed("10:00:00"),
    ],
    [
      "did not again, and the CPE has not informed since: it may still have no power",
      missed("10:00:00"),
      { reached: false, contactAt: at("10:00:00") },
      missed("10:00:00"),
    ],
    [
      "did not again, and the CPE has informed since: it is behind NAT",
      missed("10:00:00"),
      { reached: false, contactAt: at("10:05:00") },
      { ...missed("10:00:00"), kind: "pull", since: NOW },
    ],
    [
      "got through after one that did not: it was away",
      missed("10:00:00"),
      { reached: true, contactAt: null },
      { ...UNLEARNT, since: NOW },
    ],
    [
      "was tried again after a day, in vain",
      PULL,
      { reached: false, contactAt: at("11:00:00") },
      { ...PULL, since: NOW },
    ],
    [
      "was tried again after a day, and got through",
      PULL,
      { reached: true, contactAt: at("11:00:00") },
      { ...UNLEARNT, since: NOW },
    ],
  ] as const)("%s", (_what, before, knock, after) => {
    expect(learnReach(before, knock, NOW)).toEqual(after);
  });
});

describe("a CPE is knocked at", () => {
  const later = new Date(NOW.getTime() + 24 * 3_600_000);
  it.each([
    ["when nothing speaks against it", UNLEARNT, false, NOW, true],
    ["not when it is behind NAT", PULL, false, NOW, false],
    ["once a day all the same, as it may have moved", PULL, false, later, true],
    ["never while something waits for its Inform", PULL, true, later, false],
  ] as const)("%s", (_what, reach, waits, now, knocks) => {
    expect(mayKnock(reach, waits, now)).toBe(knocks);
  });
});
