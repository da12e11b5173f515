/** The history and the sessions of RADIUS records: once each, and the same whatever the order. */
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RadiusEvent } from "../../../src/fraud/radius-event.ts";
import type { RadiusStore } from "../../../src/ports/radius-store.ts";
import { radiusStore } from "../../../src/store/radius.ts";
import { changed, eventOf, made, SAMPLES, type Changes } from "../../support/radius-samples.ts";
import { openFleet, type Fleet } from "./fleet-fixture.ts";

let fleet: Fleet;
let store: RadiusStore;
beforeAll(async () => {
  fleet = await openFleet();
  store = radiusStore(fleet.db, (label, text) => fleet.keyring.digest(label, text));
});
afterAll(async () => {
  await fleet.close();
});
beforeEach(empty);

async function empty(): Promise<void> {
  await sql`truncate radius_keys, radius_events, radius_sessions, radius_quarantine`.execute(
    fleet.db,
  );
}

async function sessions() {
  const rows = await fleet.db
    .selectFrom("radius_sessions_seen")
    .selectAll()
    .orderBy("session")
    .execute();
  return rows.map((row) => ({ ...row, changed_at: null }));
}

async function count(table: "radius_events" | "radius_keys" | "radius_sessions"): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from ${sql.table(table)}`.execute(fleet.db);
  return rows[0]?.n ?? -1;
}

const T0 = 1_795_380_000;
const after = (seconds: number): Date => new Date((T0 + seconds) * 1_000);

/** A record of session `s1`, with its own time, `at` seconds after T0. */
function record(status: string, at: number, more: Changes = {}): RadiusEvent {
  return eventOf(
    made("accounting", {
      ...{ "Acct-Status-Type": status, "Tmp-Integer-0": T0 + at, "Acct-Session-Id": "s1" },
      ...{ "User-Name": "cpe-1001@isp.example", "Calling-Station-Id": "00:0C:42:AA:00:01" },
      ...{ "NAS-Identifier": "bng-1", "NAS-Port-Id": "olt1/1/3:1001" },
      ...{ "Acct-Unique-Session-Id": "u1" },
      ...more,
    }),
  );
}

describe("a record is stored once", () => {
  it("however often it comes, in one batch or in many", async () => {
    const events = SAMPLES.map((one) => eventOf(one));
    const distinct = new Set(events.map(({ key }) => key)).size;
    expect(distinct, "a Start sent twice, a Stop by two ways, two logins that look alike").toBe(17);
    expect(await store.storeRadius([...events, ...events], [])).toBe(distinct);
    expect(await store.storeRadius(events, [])).toBe(0);
    for (const event of events) await store.storeRadius([event], []);
    expect([await count("radius_events"), await count("radius_keys")]).toEqual([17, 17]);
  });

  it("when several processes take the same batch at once, in other orders", async () => {
    const events = Array.from({ length: 200 }, (_, n) =>
      record("Interim-Update", n, { "Acct-Unique-Session-Id": `u${n % 40}` }),
    );
    const fresh = await Promise.all(
      [events, [...events].reverse(), events.slice(50), [...events].reverse().slice(50)].map(
        (batch) => store.storeRadius(batch, []),
      ),
    );
    expect(fresh.reduce((sum, one) => sum + one, 0)).toBe(200);
    expect([await count("radius_events"), await count("radius_sessions")]).toEqual([200, 40]);
    expect((await sessions()).every(({ interims }) => interims === 5)).toBe(true);
  });

  it("and changes no session when its key was forgotten", async () => {
    const events = [record("Start", 0), record("Stop", 900, { "Acct-Session-Time": 900 })];
    await store.storeRadius(events, []);
    const before = await sessions();
    await sql`truncate radius_keys`.execute(fleet.db);
    await store.storeRadius(events, []);
    expect(await sessions()).toEqual(before);
  });
});

describe("a session is what the set of its records says", () => {
  it("for the recorded pair of sessions with one credential (P01)", async () => {
    const withEpoch = (number: string, seconds: number) =>
      eventOf(changed(number, { "Tmp-Integer-0": T0 + seconds }));
    const events = [
      ...[withEpoch("02", -600), withEpoch("03", -300), withEpoch("04", 0)],
      ...[withEpoch("05", 300), withEpoch("06", 600), withEpoch("07", 0)],
    ];
    await store.storeRadius(events, []);
    const [a, b] = (await sessions()).sort((x, y) => (x.mac ?? "").localeCompare(y.mac ?? ""));
    expect(a).toMatchObject({
      ...{ session_id: "81a0001f", mac: "000c42aa0001", nas: "bng-jhb-1", interims: 1 },
      ...{ started_at: after(-600), implied_start_at: after(-600), alive_at: after(600) },
      ...{ stopped_at: after(600), seconds: 1_200, out_octets: "1468006400" },
      ...{ terminate_cause: "Lost-Carrier", contradictory: false },
    });
    expect(b).toMatchObject({
      ...{ session_id: "0000a77c", mac: "d4ca6dbb0002", started_at: after(0), stopped_at: null },
      ...{ alive_at: after(300), in_octets: "8589934591", out_octets: "8589934604" },
    });
    expect(b?.credential).toBe(a?.credential);
    expect(a?.credential).toBe(fleet.keyring.digest("username", "cpe-1001@isp.example"));
  });

  it.for([
    [
      "the Start was lost",
      [record("Interim-Update", 600, { "Acct-Session-Time": 600 })],
      {
        ...{ started_at: null, implied_start_at: after(0), alive_at: after(600), interims: 1 },
      },
    ],
    [
      "a Stop without its session time proves no life",
      [record("Start", 0), record("Stop", 900)],
      {
        ...{ alive_at: null, stopped_at: after(900) },
      },
    ],
    [
      "an id that was used again",
      [record("Start", 0), record("Start", 7_200)],
      {
        ...{ started_at: after(0), restarted_at: after(7_200) },
      },
    ],
    [
      "a second MAC under one id",
      [
        record("Start", 0),
        record("Interim-Update", 300, { "Calling-Station-Id": "d4ca.6dbb.0002" }),
      ],
      {
        contradictory: true,
      },
    ],
    [
      "a MAC that only once was told",
      [record("Start", 0), record("Interim-Update", 300, { "Calling-Station-Id": null })],
      {
        ...{ contradictory: false, mac: "000c42aa0001" },
      },
    ],
    [
      "times that are estimated order nothing",
      [record("Start", 0, { "Tmp-Integer-0": 0 })],
      {
        ...{ started_at: null, first_at: null, last_at: null, mac: "000c42aa0001" },
      },
    ],
    [
      "the outer identity is no credential",
      [record("Start", 0, { "User-Name": "anon@isp.example" })],
      {
        credential: null,
      },
    ],
  ] as const)("%s", async ([, events, expected]) => {
    await store.storeRadius(events, []);
    expect(await sessions()).toMatchObject([expected]);
    await empty();
    for (const event of [...events].reverse()) await store.storeRadius([event], []);
    expect(await sessions()).toMatchObject([expected]);
  });

  it("an Accounting-On makes none, and ends those of its NAS that began before", async () => {
    const boot = { "Acct-Session-Id": "boot", "Acct-Unique-Session-Id": "boot", "User-Name": null };
    const events = [
      ...[record("Start", 0), record("Interim-Update", 300)],
      ...[record("Accounting-On", 400, boot), record("Accounting-Off", 390, boot)],
      record("Start", 500, { "Acct-Unique-Session-Id": "u2", "Acct-Session-Id": "s2" }),
      record("Start", 0, {
        "Acct-Unique-Session-Id": "u3",
        "Acct-Session-Id": "s3",
        "NAS-Identifier": "bng-2",
      }),
    ];
    await store.storeRadius(events, []);
    const ends = (await sessions()).map(({ session_id, nas_restarted_at }) => [
      session_id,
      nas_restarted_at,
    ]);
    expect(ends.sort()).toEqual([
      ["s1", after(390)],
      ["s2", null],
      ["s3", null],
    ]);
  });

  it("in any order, in any batches, each record up to three times", async () => {
    const STATUS = ["Start", "Interim-Update", "Stop", "Accounting-On"];
    const anyRecord = fc
      .record({
        status: fc.constantFrom(...STATUS),
        at: fc.nat({ max: 30 }).map((n) => n * 60),
        unique: fc.constantFrom("u1", "u2", "u3"),
        mac: fc.constantFrom("00:0C:42:AA:00:01", "000c.42aa.0001", "d4ca.6dbb.0002", null),
        user: fc.constantFrom("cpe-1001@isp.example", "anon@isp.example", "cpe-1002@isp.example"),
        nas: fc.constantFrom("bng-1", "bng-2"),
        time: fc.option(fc.nat({ max: 4_000 })),
        octets: fc.option(fc.nat()),
        epoch: fc.boolean(),
      })
      .map(({ status, at, unique, mac, user, nas, time, octets, epoch }) =>
        record(status, at, {
          ...{ "Acct-Unique-Session-Id": unique, "Calling-Station-Id": mac, "User-Name": user },
          ...{ "NAS-Identifier": nas, "Acct-Session-Time": time, "Acct-Input-Octets": octets },
          ...(epoch ? {} : { "Tmp-Integer-0": 0, "Event-Timestamp": `local ${at}` }),
        }),
      );
    const orders = fc
      .uniqueArray(anyRecord, { selector: ({ key }) => key, minLength: 1, maxLength: 25 })
      .chain((events) =>
        fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray([...events, ...events, ...events], { minLength: events.length * 3 }),
          fc.integer({ min: 1, max: 10 }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(orders, async ([events, shuffled, size]) => {
        await empty();
        await store.storeRadius(events, []);
        const expected = await sessions();
        await empty();
        for (let at = 0; at < shuffled.length; at += size) {
          await store.storeRadius(shuffled.slice(at, at + size), []);
        }
        expect(await sessions()).toEqual(expected);
        expect(await count("radius_events")).toBe(events.length);
      }),
      { numRuns: Math.ceil(Number(process.env["RADIUS_RUNS"] ?? 500) / 50) },
    );
  });
});

describe("the history", () => {
  it("is append-only", async () => {
    await store.storeRadius([record("Start", 0)], []);
    await expect(sql`update radius_events set mac = null`.execute(fleet.db)).rejects.toThrow(
      /append-only/,
    );
  });

  it("has its part for this month and the next ones, as every table that is divided by time", async () => {
    await sql`select ensure_month_partitions()`.execute(fleet.db);
    const { rows } = await sql<{ parent: string; parts: number }>`
      select i.inhparent::regclass::text as parent, count(*)::int as parts
      from pg_inherits i join pg_partitioned_table p on p.partrelid = i.inhparent
      where p.partstrat = 'r' group by 1 order by 1`.execute(fleet.db);
    expect(rows.map(({ parent }) => parent)).toContain("radius_events");
    expect(rows.map(({ parent }) => parent)).toContain("events");
    for (const { parts } of rows) expect(parts).toBe(4);
  });

  it("forgets keys, sessions and parts that are past their time, and nothing else", async () => {
    await store.storeRadius([record("Start", 0)], []);
    await sql`create table radius_events_202001 partition of radius_events
      for values from ('2020-01-01Z') to ('2020-02-01Z')`.execute(fleet.db);
    await sql`select forget_radius_history()`.execute(fleet.db);
    const kept = [
      await count("radius_events"),
      await count("radius_keys"),
      await count("radius_sessions"),
    ];
    expect(kept).toEqual([1, 1, 1]);
    const { rows } = await sql<{ gone: boolean }>`
      select to_regclass('radius_events_202001') is null as gone`.execute(fleet.db);
    expect(rows).toEqual([{ gone: true }]);
    await sql`update radius_keys set received_at = now() - interval '15 days'`.execute(fleet.db);
    await sql`update radius_sessions set changed_at = now() - interval '91 days'`.execute(fleet.db);
    await sql`select forget_radius_history()`.execute(fleet.db);
    expect([await count("radius_keys"), await count("radius_sessions")]).toEqual([0, 0]);
  });
});
