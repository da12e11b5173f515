import { describe, expect, it } from "vitest";
import type { DownloadIntent } from "../../../src/model/records.ts";
import {
  judgeAbsence,
  judgeDownload,
  type Downloading,
  type FlashFacts,
} from "../../../src/reconcile/flashing.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
const MINUTE = 60_000;
const ago = (minutes: number): Date => new Date(NOW.getTime() - minutes * MINUTE);
const HOP = { image: "fw-2", sha256: "a".repeat(64), over: "1", version: "2" };

function intent(given: Partial<Downloading> & Partial<DownloadIntent> = {}): Downloading {
  const { seenAt = null, ...rest } = given;
  return {
    ...{ id: 1, changeId: "c", fields: ["firmware"], generation: "g", reboot: false },
    ...{ edits: [], ticket: "", settleMs: 0 },
    ...{ intendedAt: ago(10), outcome: "accepted", ...rest },
    download: { hop: HOP, seenAt },
  };
}

function facts(given: Partial<FlashFacts> = {}): FlashFacts {
  return {
    ...{ running: "2", booted: ago(5), readAt: NOW, task: null, absent: false, pull: false },
    ...{ withinMs: 60 * MINUTE, soakMs: 15 * MINUTE, ...given },
  };
}

interface Case {
  readonly name: string;
  readonly of?: Parameters<typeof intent>[0];
  readonly given?: Partial<FlashFacts>;
  readonly want: object;
}
const fetching = { kind: "fetching" };
const failed = (how: string) => ({ kind: "failed", how });

describe("a download is proven by version, newer boot and soak, and by nothing less (I4)", () => {
  it.for<Case>([
    {
      name: "version and boot, seen for the first time: the soak begins now",
      want: { kind: "soaking", seenAt: NOW, inMs: 15 * MINUTE + 1_000 },
    },
    {
      name: "seen a while ago: the rest of the soak",
      of: { seenAt: ago(4) },
      want: { kind: "soaking", inMs: 11 * MINUTE + 1_000 },
    },
    {
      name: "seen first when it had run for long: one read is not two",
      of: { intendedAt: ago(50) },
      given: { booted: ago(40) },
      want: { kind: "soaking", inMs: 15 * MINUTE + 1_000 },
    },
    {
      name: "soaked",
      of: { intendedAt: ago(30), seenAt: ago(15) },
      given: { booted: ago(16) },
      want: { kind: "verified" },
    },
    {
      name: "a boot in the soak begins it anew",
      of: { intendedAt: ago(30), seenAt: ago(15) },
      given: { booted: ago(2) },
      want: { kind: "soaking", inMs: 13 * MINUTE + 1_000 },
    },
    {
      name: "the version without a newer boot is no proof",
      given: { booted: ago(100) },
      want: fetching,
    },
    { name: "nor without an uptime", given: { booted: null }, want: fetching },
    {
      name: "and in the end it is a failure",
      of: { intendedAt: ago(61) },
      given: { booted: ago(100) },
      want: failed("noBoot"),
    },
    {
      name: "nobody knows whether it was sent, and it runs: as if it had been",
      of: { outcome: "unknown" },
      want: { kind: "soaking" },
    },
    {
      name: "the process died behind the call, and it runs",
      of: { outcome: null, intendedAt: ago(30), seenAt: ago(16) },
      given: { booted: ago(17) },
      want: { kind: "verified" },
    },
  ])("$name", ({ of, given, want }) => {
    expect(judgeDownload(intent(of), facts(given))).toMatchObject(want);
  });
});

describe("a download that does not show", () => {
  const OLD = { running: "1", booted: ago(5_000) } as const;
  it.for<Case>([
    { name: "is waited for", given: OLD, want: fetching },
    {
      name: "is waited for where it does not say its version (I5)",
      given: { running: null },
      want: fetching,
    },
    { name: "was not taken when it booted", given: { running: "1" }, want: failed("notTaken") },
    {
      name: "was not taken when it runs something third",
      given: { running: "7" },
      want: { ...failed("notTaken"), detail: expect.stringContaining("runs 7") as string },
    },
    {
      name: "is not judged by a boot a moment before it was sent",
      given: { running: "1", booted: new Date(ago(10).getTime() + 3_000) },
      want: fetching,
    },
    {
      name: "is not judged by a boot while the ACS says that it goes on",
      given: { running: "1", task: "pending" },
      want: fetching,
    },
    {
      name: "failed when the ACS says so",
      given: { ...OLD, task: "failed" },
      want: failed("transfer"),
    },
    {
      name: "is not done because the ACS says so",
      given: { ...OLD, task: "done" },
      want: fetching,
    },
    {
      name: "failed when its time is over",
      of: { intendedAt: ago(61) },
      given: OLD,
      want: failed("overdue"),
    },
    {
      name: "is lost when its time is over and it has just come back (I9)",
      of: { intendedAt: ago(61) },
      given: { ...OLD, absent: true },
      want: { kind: "lost" },
    },
    {
      name: "is lost when its time is over and nobody knows whether it was sent (I3)",
      of: { intendedAt: ago(61), outcome: "unknown" },
      given: OLD,
      want: { kind: "lost" },
    },
    {
      name: "is not sent again before that, though it booted (I3)",
      of: { outcome: "unknown" },
      given: { running: "1" },
      want: fetching,
    },
    {
      name: "has a day more where it waits for an Inform",
      of: { intendedAt: ago(600) },
      given: { ...OLD, pull: true },
      want: fetching,
    },
    {
      name: "went back after it had been seen",
      of: { seenAt: ago(3) },
      given: { running: "1" },
      want: failed("reverted"),
    },
  ])("$name", ({ of, given, want }) => {
    expect(judgeDownload(intent(of), facts(given))).toMatchObject(want);
  });

  it("is looked at soon, then more rarely, and at the end of its time", () => {
    const look = (sentAgo: number) => {
      const verdict = judgeDownload(intent({ intendedAt: ago(sentAgo) }), facts(OLD));
      return verdict.kind === "fetching" ? verdict.inMs / MINUTE : NaN;
    };
    expect([0, 1, 4, 30].map(look)).toEqual([1, 1, 2, 5]);
    expect(look(59)).toBeCloseTo(1, 1);
  });
});

describe("a device that went away with a firmware", () => {
  it.for([
    { name: "boots", sent: 10, contact: 8, lost: false },
    { name: "was seen fetching a while ago", sent: 65, contact: 20, lost: false },
    { name: "has not come back", sent: 70, contact: 61, lost: true },
  ])("$name", ({ sent, contact, lost }) => {
    const absence = judgeAbsence(intent({ intendedAt: ago(sent) }), ago(contact), NOW, 60 * MINUTE);
    expect(absence.lost).toBe(lost);
    expect(absence.detail).toMatch(/^image fw-2 \(2\), sent 2026-.*last sign of life 2026-/);
  });
});
