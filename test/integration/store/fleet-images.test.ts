/** Which devices a new or changed firmware image makes due, and how many it says that it touches (I12). */
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ManifestRecord } from "../../../src/ports/fleet-store.ts";
import {
  acs,
  ANYHOW,
  apply,
  by,
  codeOf,
  device,
  emptyFleet,
  errorOf,
  firmware,
  FOR_REAL,
  keyOf,
  openFleet,
  profile,
  type Fleet,
} from "./fleet-fixture.ts";

let fleet: Fleet;

beforeAll(async () => {
  fleet = await openFleet();
});
afterAll(async () => {
  await fleet.close();
});
beforeEach(async () => {
  await emptyFleet(fleet.db);
});

function image(
  name: string,
  version: string,
  more: Readonly<Record<string, unknown>> = {},
): ManifestRecord {
  const url = `https://files.example/${name}.bin`;
  const spec = {
    ...{ version, selector: "site=cpt", url, fileName: `${name}.bin`, sizeBytes: 9 },
    ...{ fileType: "1 Firmware Upgrade Image", sha256: "a".repeat(64), ...more },
  };
  return { kind: "FirmwareImage", name, labels: {}, spec };
}

async function runs(serial: string, version: string): Promise<void> {
  const said = JSON.stringify({ softwareVersion: version });
  await sql`update devices set facts = ${said}::jsonb where serial = ${serial}`.execute(fleet.db);
}

/** Nothing is due any more, as after a pass over each. */
async function settle(): Promise<void> {
  await sql`update work set due_at = 'infinity'`.execute(fleet.db);
}

/** Serials of devices that are due now. */
async function due(): Promise<string[]> {
  const { rows } = await sql<{ serial: string; class: number }>`
    select d.serial, w.class from work w join devices d on d.device = w.device
    where w.due_at <= now() order by d.serial`.execute(fleet.db);
  expect(
    rows.every((row) => row.class === 3),
    "as drift",
  ).toBe(true);
  return rows.map(({ serial }) => serial);
}

/**
 * In cpt: OLD runs 1 and NEW runs 2, by a profile both should run 2; OWN should run 3 by its own document; UNSEEN was
 * never read; FREE should run nothing in particular. FAR is as OLD, in jhb.
 */
async function six(): Promise<void> {
  const cpt = (serial: string, more = {}) => device(serial, { site: "cpt", ...more });
  const devices = [cpt("OLD"), cpt("NEW"), cpt("OWN"), cpt("UNSEEN"), cpt("FREE", { free: "yes" })];
  await apply(fleet.store, [acs(), ...devices, device("FAR", { site: "jhb" })]);
  for (const serial of ["OLD", "OWN", "FREE", "FAR"]) await runs(serial, "1");
  await runs("NEW", "2");
  await apply(fleet.store, [profile("steady", "!free", { ...firmware("2") })]);
  const key = await keyOf(fleet.store, "OWN");
  await fleet.store.putDocument(key, firmware("3"), by("billing"), ANYHOW, FOR_REAL);
  await settle();
}

describe("a firmware image", () => {
  interface Case {
    readonly name: string;
    /** Applied before, and done with. */
    readonly had?: readonly ManifestRecord[];
    readonly list: readonly ManifestRecord[];
    readonly want: readonly string[];
  }
  const waiting = ["OLD", "OWN", "UNSEEN"];
  it.for<Case>([
    {
      name: "that is new: the devices it is made for that want another version than they run",
      list: [image("two", "2")],
      want: waiting,
    },
    {
      name: "of a version that nobody wants: the same, as it may be a step on the way",
      list: [image("one-and-a-half", "1.5")],
      want: waiting,
    },
    {
      name: "that fits nobody: none",
      list: [image("other", "2", { selector: "site=nowhere" })],
      want: [],
    },
    {
      name: "applied once more as it is: none",
      had: [image("two", "2")],
      list: [image("two", "2")],
      want: [],
    },
    {
      name: "with another file: those that wait for it, again",
      had: [image("two", "2")],
      list: [image("two", "2", { sha256: "b".repeat(64) })],
      want: waiting,
    },
    {
      name: "that may follow other versions now: those that wait for it",
      had: [image("two", "2", { mayFollow: ["0"] })],
      list: [image("two", "2", { mayFollow: ["1"] })],
      want: waiting,
    },
    {
      name: "made for others now: those it was made for, and those it is made for",
      had: [image("two", "2")],
      list: [image("two", "2", { selector: "site=jhb" })],
      want: ["FAR", ...waiting],
    },
    {
      name: "beside another one that stays as it is: by its own selector alone",
      had: [image("two", "2")],
      list: [image("two", "2"), image("far", "2", { selector: "site=jhb" })],
      want: ["FAR"],
    },
  ])("$name", async ({ had, list, want }) => {
    await six();
    if (had !== undefined) await apply(fleet.store, had);
    await settle();
    const told = await apply(fleet.store, list, { dryRun: true });
    expect(told.touched).toBe(want.length);
    expect(await due(), "a rehearsal makes none due").toEqual([]);
    expect((await apply(fleet.store, list)).touched).toBe(want.length);
    expect(await due()).toEqual(want);
  });

  it("is counted once for a device that its profile, applied with it, touches too", async () => {
    await six();
    const list = [image("two", "2"), profile("steady", "!free", { ...firmware("2.1") })];
    const want = ["FAR", "NEW", "OLD", "OWN", "UNSEEN"];
    expect((await apply(fleet.store, list)).touched).toBe(want.length);
    expect(await due()).toEqual(want);
  });

  it.for([
    { name: "that touches a tenth of the fleet needs no number", touched: 4, want: "nothing" },
    { name: "that touches more than that does", touched: 5, want: "count_unconfirmed" },
  ])("$name (I12)", async ({ touched, want }) => {
    const serials = Array.from({ length: 40 }, (_, n) => `S${String(n).padStart(2, "0")}`);
    const site = (index: number) => ({ site: index < touched ? "cpt" : "jhb" });
    const devices = serials.map((serial, index) => device(serial, site(index)));
    await apply(fleet.store, [acs(), ...devices]);
    for (const serial of serials) await runs(serial, "1");
    await apply(fleet.store, [profile("steady", "all", { ...firmware("2") })]);
    await settle();
    const list = [image("two", "2")];
    const bare = apply(fleet.store, list, { expect: null });
    if (want === "nothing") {
      expect((await bare).touched).toBe(touched);
      return;
    }
    expect(await errorOf(bare)).toMatchObject({ code: want, details: { count: touched } });
    expect(await codeOf(apply(fleet.store, list, { expect: touched + 1 }))).toBe(want);
    expect(await due()).toEqual([]);
    expect(await fleet.store.record("FirmwareImage", "two")).toBeNull();
    expect((await apply(fleet.store, list, { expect: touched })).touched).toBe(touched);
    expect(await due()).toEqual(serials.slice(0, touched));
  });
});
