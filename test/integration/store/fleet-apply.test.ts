import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DeviceManifest, ManifestRecord } from "../../../src/ports/fleet-store.ts";
import {
  acs,
  ANYHOW,
  apply,
  by,
  codeOf,
  credentials,
  device,
  emptyFleet,
  errorOf,
  eventTypes,
  firmware,
  FOR_REAL,
  idOf,
  keyOf,
  openFleet,
  plan,
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

const applied = (list: readonly (ManifestRecord | DeviceManifest)[], expect?: number | null) =>
  apply(fleet.store, list, expect === undefined ? {} : { expect });

/** Serials of devices that are due now, with their class. */
async function due(): Promise<Record<string, number>> {
  const { rows } = await sql<{ serial: string; class: number }>`
    select d.serial, w.class from work w join devices d on d.device = w.device
    where w.due_at <= now() order by d.serial`.execute(fleet.db);
  return Object.fromEntries(rows.map((row) => [row.serial, row.class]));
}

/** Nothing is due any more, as after a pass over each. */
async function settle(): Promise<void> {
  await sql`update work set due_at = 'infinity'`.execute(fleet.db);
  await sql`update device_status set state = 'converged', reason = 'Reconciled'`.execute(fleet.db);
}

const many = (count: number, labels: Readonly<Record<string, string>> = {}) =>
  Array.from({ length: count }, (_, n) => device(`S${String(n).padStart(4, "0")}`, labels));

describe("records", () => {
  it("get a revision for each change of content, and none for the same content", async () => {
    const first = await applied([plan("sun", 2_500_000)]);
    expect(first).toEqual({
      created: ["FrequencyPlan/sun"],
      changed: [],
      unchanged: [],
      touched: 0,
    });
    const again = await applied([plan("sun", 2_500_000)]);
    expect(again.unchanged).toEqual(["FrequencyPlan/sun"]);
    const other = await applied([plan("sun", 2_510_000)]);
    expect(other.changed).toEqual(["FrequencyPlan/sun"]);
    const record = await fleet.store.record("FrequencyPlan", "sun");
    expect(record).toMatchObject({ revision: 2, owner: "ops", spec: { channelsKhz: [2_510_000] } });
    expect(await eventTypes(fleet.db)).toEqual(["RecordCreated", "RecordChanged"]);
    const history = await fleet.db.selectFrom("record_revisions").selectAll().execute();
    expect(history.map(({ revision }) => revision)).toEqual([1, 2]);
  });

  it("are all applied or none, and every missing reference is named", async () => {
    const list = [
      acs(),
      device("A1", {}, { acs: "nowhere" }),
      profile("p", "all", { frequencyPlan: { plan: "gone" } }),
    ];
    const error = await errorOf(applied(list, 0));
    expect(error.code).toBe("invalid");
    expect(error.problems.map(({ pointer, code }) => [pointer, code])).toEqual([
      ["/spec/acs", "unknown_reference"],
      ["/spec/fields/frequencyPlan/plan", "unknown_reference"],
    ]);
    expect(await fleet.store.records("Acs")).toEqual([]);
    expect(await eventTypes(fleet.db)).toEqual([]);
  });

  it("may refer to records of the same apply, in any order", async () => {
    const list = [device("A1"), profile("p", "all", { frequencyPlan: { plan: "sun" } })];
    await applied([...list, plan("sun", 2_500_000), acs()]);
    const { effective } = await fleet.store.device(await keyOf(fleet.store, "A1"));
    expect(effective).toMatchObject([
      {
        field: "frequencyPlan",
        value: { channelsKhz: [2_500_000] },
        source: { layer: "profile", record: "p", owner: "ops", revision: 1 },
      },
    ]);
  });
});

describe("devices", () => {
  it("are registered with every row that they need, and nothing is due", async () => {
    await applied([acs(), device("A1", { site: "cpt" }, { name: "roof-1" })]);
    expect(await due()).toEqual({});
    const key = await keyOf(fleet.store, "A1");
    expect(await fleet.store.device(key)).toMatchObject({
      id: idOf("A1"),
      name: "roof-1",
      state: "unmanaged",
      reason: "NoDesiredState",
      labels: { site: "cpt" },
      work: null,
    });
    const record = await fleet.store.record("Device", "roof-1");
    expect(record).toMatchObject({
      kind: "Device",
      revision: 1,
      spec: { serial: "A1", acs: "main" },
    });
    expect(await fleet.store.record("Device", idOf("A1"))).toEqual(record);
    for (const name of ["roof-1", "A1", idOf("A1")]) {
      expect(await fleet.store.resolveDevice(name)).toEqual({ key, id: idOf("A1") });
    }
  });

  it("do not change by the same manifest, and free their old name when they get a new one", async () => {
    await applied([acs(), device("A1", {}, { name: "roof" })]);
    expect((await applied([device("A1", {}, { name: "roof" })])).unchanged).toEqual([
      "Device/roof",
    ]);
    expect((await applied([device("A1", {}, { name: "cellar" })])).changed).toEqual([
      "Device/cellar",
    ]);
    await applied([device("B2", {}, { name: "roof" })]);
    expect((await fleet.store.resolveDevice("roof"))?.id).toBe(idOf("B2"));
    expect((await fleet.store.resolveDevice("cellar"))?.id).toBe(idOf("A1"));
  });

  it.for([
    {
      name: "a name of another device",
      list: [device("B2", {}, { name: "roof" })],
      want: "name_taken",
    },
    { name: "one device twice", list: [device("C3"), device("C3")], want: "duplicate_record" },
    {
      name: "one name twice",
      list: [device("C3", {}, { name: "x" }), device("D4", {}, { name: "x" })],
      want: "name_taken",
    },
  ])("are refused with $name", async ({ list, want }) => {
    await applied([acs(), device("A1", {}, { name: "roof" })]);
    const error = await errorOf(applied(list, 0));
    expect([error.code, error.problems[0]?.code]).toEqual(["invalid", want]);
  });

  it("move to another ACS with their work", async () => {
    await applied([acs(), acs("second"), device("A1")]);
    await applied([device("A1", {}, { acs: "second" })]);
    const row = await fleet.db.selectFrom("work").selectAll().executeTakeFirstOrThrow();
    expect(row.acs).toBe("second");
    expect(await due()).toEqual({ A1: 3 });
  });

  it("keep a person's hold that their manifest does not speak of", async () => {
    const held = (reason: string) => device("A1", {}, { hold: { reason, until: null } });
    await applied([acs(), device("A1")]);
    const key = await keyOf(fleet.store, "A1");
    const hold = async () => (await fleet.store.device(key)).hold;
    await fleet.store.hold(key, { reason: "on the bench", until: null }, by("desk"));
    await applied([device("A1", { site: "cpt" })]);
    expect(await hold()).toMatchObject({ reason: "on the bench", by: "desk" });
    await applied([held("storm")]);
    expect(await hold()).toMatchObject({ reason: "storm", by: "ops" });
    await applied([device("A1")]);
    expect(await hold()).toBeNull();
  });
});

describe("what a change touches (I12)", () => {
  const steady = { firmware: { version: "1.2" } };

  it("is the number of devices whose effective fields change, not of those that are selected", async () => {
    await applied([acs(), ...many(6, { site: "cpt" }), device("Z1", { site: "jhb" })]);
    await applied([profile("base", "all", steady), profile("vip", "vip", { ...firmware("3") })]);
    await settle();
    const cases = [
      { list: [profile("base", "all", steady)], touched: 0 },
      { list: [profile("same", "site=cpt", steady)], touched: 0 },
      { list: [profile("cpt", "site=cpt", { ...firmware("2") })], touched: 6 },
      { list: [profile("jhb", "site=jhb", { ...firmware("2") })], touched: 1 },
      { list: [profile("none", "site=nowhere,!vip", { ...firmware("9") })], touched: 0 },
      { list: [device("S0000", { site: "cpt", note: "x" })], touched: 0 },
      { list: [device("S0000", { site: "cpt", vip: "yes" })], touched: 1 },
    ];
    for (const { list, touched } of cases) {
      expect((await apply(fleet.store, list, { dryRun: true })).touched).toBe(touched);
      expect(await due()).toEqual({});
    }
  });

  it("makes exactly those devices due, as drift", async () => {
    await applied([acs(), ...many(3, { site: "cpt" }), device("Z1", { site: "jhb" })]);
    await applied([profile("jhb", "site=jhb", steady)]);
    expect(await due()).toEqual({ Z1: 3 });
    await settle();
    await applied([device("S0001", { site: "jhb" })]);
    expect(await due()).toEqual({ S0001: 3 });
  });

  it("is made due one after another where nobody waits for it and it touches the way to the ACS", async () => {
    await applied([acs(), ...many(60)]);
    await settle();
    await applied([profile("calm", "all", { management: { informIntervalS: 3_600 } })]);
    const rows = await fleet.db
      .selectFrom("work")
      .innerJoin("device_status", "device_status.device", "work.device")
      .select(["class", "due_at", "state", "next_at"])
      .select(sql<number>`extract(epoch from due_at - now())::float8`.as("inS"))
      .execute();
    const inS = rows.map((row) => row.inS).sort((a, b) => a - b);
    // 60 devices at 10 s each: spread over ten minutes, and never many in the same moment.
    expect(inS).toHaveLength(60);
    expect(inS[0]).toBeGreaterThan(-5);
    expect(inS.at(-1)).toBeLessThanOrEqual(600);
    expect(inS.filter((s) => s < 60).length).toBeLessThan(20);
    expect(inS.filter((s) => s > 300).length).toBeGreaterThan(15);
    expect(new Set(rows.map((row) => row.class))).toEqual(new Set([3]));
    expect(new Set(rows.map((row) => row.state))).toEqual(new Set(["queued"]));
    expect(rows.every((row) => row.next_at?.getTime() === row.due_at.getTime())).toBe(true);

    // With anything else beside it, it goes along with that.
    await settle();
    await applied([
      profile("calm", "all", { management: { informIntervalS: 7_200 }, ...firmware("2") }),
    ]);
    expect(Object.keys(await due())).toHaveLength(60);
  });

  it("counts a changed frequency plan wherever a profile names it", async () => {
    await applied([acs(), ...many(4, { site: "cpt" })]);
    await applied([
      plan("sun", 2_500_000),
      profile("p", "site=cpt", { frequencyPlan: { plan: "sun" } }),
    ]);
    await settle();
    const result = await applied([plan("sun", 2_500_000, 2_510_000)]);
    expect(result.touched).toBe(4);
    expect(Object.keys(await due())).toHaveLength(4);
  });

  it("does not count a device whose own document holds the field", async () => {
    await applied([acs(), ...many(2)]);
    const key = await keyOf(fleet.store, "S0000");
    await fleet.store.putDocument(key, firmware("1.0"), by("billing"), ANYHOW, FOR_REAL);
    expect((await applied([profile("base", "all", steady)])).touched).toBe(1);
    await fleet.store.endDocument(key, by("billing"), null);
    expect((await fleet.store.device(key)).effective).toMatchObject([
      { value: { version: "1.2" } },
    ]);
  });

  it("does not count a registration, and yet what is wanted of the new device is due", async () => {
    await applied([acs(), ...many(2), profile("base", "all", steady)]);
    await settle();
    const result = await applied([device("N1")], null);
    expect(result.touched).toBe(0);
    expect(await due()).toEqual({ N1: 3 });
  });

  it.for([
    { name: "a tenth of the fleet needs no number", fleet: 40, touched: 4, want: "nothing" },
    { name: "more than a tenth does", fleet: 40, touched: 5, want: "count_unconfirmed" },
    { name: "50 of a large fleet need none", fleet: 600, touched: 50, want: "nothing" },
    { name: "51 do", fleet: 600, touched: 51, want: "count_unconfirmed" },
  ])("$name", async ({ fleet: size, touched, want }) => {
    const all = many(size);
    const chosen = all.slice(0, touched).map((one) => ({ ...one, labels: { wave: "1" } }));
    await applied([acs(), ...chosen, ...all.slice(touched)]);
    const change = [profile("w", "wave=1", steady)];
    expect(await codeOf(applied(change, null))).toBe(want);
    if (want === "nothing") return;
    expect((await errorOf(applied(change, null))).details).toMatchObject({
      count: touched,
      total: size,
    });
    expect(await codeOf(applied(change, touched - 1))).toBe("count_unconfirmed");
    expect(await due()).toEqual({});
    expect((await applied(change, touched)).touched).toBe(touched);
    expect(Object.keys(await due())).toHaveLength(touched);
  });
});

describe("profiles of equal rank", () => {
  it("are refused when they disagree on a device, and both are named", async () => {
    await applied([acs(), device("A1", { site: "cpt", ring: "lab" })]);
    await applied([profile("site", "site=cpt", { firmware: { version: "1" } })]);
    const error = await errorOf(
      applied([profile("ring", "ring=lab", { firmware: { version: "2" } })], 1),
    );
    expect(error.code).toBe("profile_conflict");
    expect(error.details).toEqual({
      profiles: ["ring", "site"],
      field: "firmware",
      device: idOf("A1"),
    });
    expect(error.message).toMatch(/Profiles ring and site .* firmware on 0019E0-WIXB-A1/);
    expect(await fleet.store.record("Profile", "ring")).toBeNull();
  });

  it("may agree, may speak of other devices, and the one with more terms wins", async () => {
    await applied([
      acs(),
      device("A1", { site: "cpt", ring: "lab" }),
      device("B2", { ring: "beta" }),
    ]);
    await applied([profile("site", "site=cpt", { firmware: { version: "1" } })]);
    await applied([profile("ring", "ring=lab", { firmware: { version: "1" } })]);
    await applied([profile("beta", "ring=beta", { firmware: { version: "2" } })]);
    await applied([profile("both", "ring=lab,site=cpt", { firmware: { version: "3" } })]);
    const { effective } = await fleet.store.device(await keyOf(fleet.store, "A1"));
    expect(effective).toMatchObject([{ value: { version: "3" }, source: { record: "both" } }]);
  });

  it("that a later label brings together refuse nothing; the device shows them", async () => {
    await applied([acs(), device("A1", { site: "cpt" })]);
    await applied([profile("site", "site=cpt", { firmware: { version: "1" } })]);
    await applied([profile("ring", "ring=lab", { firmware: { version: "2" } })]);
    expect((await applied([device("A1", { site: "cpt", ring: "lab" })])).touched).toBe(1);
    const { effective } = await fleet.store.device(await keyOf(fleet.store, "A1"));
    expect(effective).toEqual([{ field: "firmware", conflict: ["ring", "site"] }]);
  });
});

describe("a dry run", () => {
  it("gives the answer of the apply and leaves nothing behind (I13)", async () => {
    await applied([acs(), ...many(3)]);
    const list = [profile("base", "all", { firmware: { version: "1" } }), device("N1")];
    const before = await eventTypes(fleet.db);
    const dry = await apply(fleet.store, list, { dryRun: true, expect: null });
    expect(await fleet.store.records("Profile")).toEqual([]);
    expect(await fleet.store.resolveDevice("N1")).toBeNull();
    expect(await eventTypes(fleet.db)).toEqual(before);
    expect(await due()).toEqual({});
    expect(await applied(list, dry.touched)).toEqual(dry);
  });
});

describe("devices that waited for a record", () => {
  it.for([
    {
      name: "its ACS may be written to now",
      reason: "ObserveMode",
      record: acs("main", { mode: "write" }),
    },
    {
      name: "there is a new map",
      reason: "MapNotFound",
      record: { kind: "ParameterMap", name: "m", labels: {}, spec: { bind: {} } },
    },
  ])("are due when $name", async ({ reason, record }) => {
    await applied([acs(), device("A1"), device("B2")]);
    const key = await keyOf(fleet.store, "A1");
    const state = reason === "ObserveMode" ? "drifted" : "unmapped";
    await sql`update device_status set state = ${state}, reason = ${reason} where device = ${key}`.execute(
      fleet.db,
    );
    const result = await applied([record], null);
    expect(result.touched).toBe(0);
    expect(await due()).toEqual({ A1: 3 });
  });
});

describe("maps that are applied", () => {
  const map = (text: string) => ({
    kind: "ParameterMap",
    name: "wixb",
    labels: {},
    spec: { bind: {}, declares: { "Device.X": { meaning: text } } },
  });

  it("touch the managed devices that get another one, whatever their serial number", async () => {
    await applied([acs(), ...many(30, { site: "cpt" })]);
    await sql`update devices set facts = jsonb_build_object('modelName', case when device % 3 = 0 then 'A' else 'B' end,
                                                            'serial', serial)`.execute(fleet.db);
    const options = { remap: ({ modelName }) => modelName === "A" } as const satisfies Parameters<
      typeof apply
    >[2];
    const dry = await apply(fleet.store, [map("one")], { ...options, dryRun: true, expect: null });
    expect(dry).toMatchObject({ created: ["ParameterMap/wixb"], touched: 10 });
    await settle();
    await expect(
      apply(fleet.store, [map("one")], { ...options, expect: null }),
    ).rejects.toMatchObject({ code: "count_unconfirmed", details: { count: 10, total: 30 } });
    expect((await apply(fleet.store, [map("one")], { ...options, expect: 10 })).touched).toBe(10);
    expect(Object.keys(await due())).toHaveLength(10);
  });

  it("touch nothing when they say the same", async () => {
    await applied([acs(), device("A1"), map("one")]);
    const again = await apply(fleet.store, [map("one")], { expect: 0 });
    expect(again).toMatchObject({ unchanged: ["ParameterMap/wixb"], touched: 0 });
  });
});

describe("a fleet of 2,000", () => {
  it("is registered at once and counted exactly", async () => {
    const all = many(2_000, { site: "cpt" });
    const result = await applied([acs(), ...all], null);
    expect(result.created).toHaveLength(2_001);
    expect((await applied(all, null)).unchanged).toHaveLength(2_000);
    const change = [profile("base", "site=cpt", { firmware: { version: "1" } })];
    expect((await apply(fleet.store, change, { dryRun: true, expect: null })).touched).toBe(2_000);
    await applied(change, 2_000);
    const counts = await fleet.store.fleet();
    expect(counts).toMatchObject({
      total: 2_000,
      states: { queued: 2_000 },
      queue: { drift: 2_000 },
    });
    const key = await keyOf(fleet.store, "S0007");
    await fleet.store.putDocument(key, credentials("cpe7", "p"), by("billing"), ANYHOW, FOR_REAL);
    expect((await fleet.store.device(key)).work).toMatchObject({ class: "urgent", ahead: 0 });
  });
});
