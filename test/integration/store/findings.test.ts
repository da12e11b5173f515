/** What the rules find is stored once, whatever the order; and nothing that fails or is off holds up what came in. */
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RadiusEvent } from "../../../src/fraud/radius-event.ts";
import { NO_FACTS } from "../../../src/model/device.ts";
import { NOTHING_TOLD, type ObservationRecord } from "../../../src/ports/observation.ts";
import { observationWatch } from "../../../src/store/fraud/observed.ts";
import { evaluateDue } from "../../../src/store/fraud/queue.ts";
import { loadKeyring } from "../../../src/store/keyring.ts";
import { radiusStore } from "../../../src/store/radius.ts";
import { counters, eventOf, made } from "../../support/radius-samples.ts";
import { shuffled } from "../../support/fraud/run.ts";
import { random } from "../../support/fraud/world.ts";
import { BILLING, OPERATOR, testStores, type Stores } from "../../support/stack.ts";
import { virtualNowDatabase, type VirtualNowDatabase } from "../../support/virtual-now.ts";

const T0 = Date.parse("2026-11-26T12:00:00Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const USER = "cpe-1001@isp.example";
const SERIALS = ["A1", "A2"];
let database: VirtualNowDatabase;
let stores: Stores;
let digest: (label: string, text: string) => string;
const keys: number[] = [];

beforeAll(async () => {
  database = await virtualNowDatabase(T0 - 48 * HOUR);
  const made = await testStores(database.db);
  stores = made;
  const keyring = await loadKeyring(join(made.folder, "keyring.json"));
  digest = (label, text) => keyring.digest(label, text);
  const acs = { kind: "friendly", address: "http://127.0.0.1:1/" };
  const identity = (serial: string) => ({ oui: "0019E0", productClass: "WIXB", serial });
  await stores.fleet.apply(
    {
      records: [{ kind: "Acs", name: "main", labels: {}, spec: acs }],
      devices: SERIALS.map((serial) => ({
        ...{ name: serial, labels: {}, identity: identity(serial), acs: "main", hold: null },
        spec: {},
      })),
    },
    OPERATOR,
    { dryRun: false, expect: null },
  );
  for (const serial of SERIALS) {
    keys.push((await stores.fleet.resolveDevice(`0019E0-WIXB-${serial}`))?.key ?? 0);
  }
  const credentials = { username: "cpe-1001", realm: "isp.example" };
  const none = { ifMatch: null, ifNoneMatch: false };
  await stores.fleet.putDocument(keys[0] ?? 0, { credentials }, BILLING, none, { dryRun: false });
});
afterAll(async () => {
  await database.close();
});
beforeEach(async () => {
  await database.setNow(T0);
  await sql`
    truncate radius_keys, radius_events, radius_sessions, findings, fraud_waiting, fraud_reported, fraud_due,
      fraud_watched, device_sightings`.execute(database.db);
  await sql`delete from records where kind = 'FraudPolicy'`.execute(database.db);
  await sql`delete from meta where key like 'fraud.%'`.execute(database.db);
  await sql`
    insert into meta (key, value) values ('fraud.first_look', jsonb_build_object('at', now() - interval '2 days', 'told', now()))`.execute(
    database.db,
  );
});

async function breakFindings(): Promise<void> {
  await sql`
    create function broken() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$`.execute(
    database.db,
  );
  await sql`create trigger broken before insert on findings for each row execute function broken()`.execute(
    database.db,
  );
}
async function mendFindings(): Promise<void> {
  await sql`drop trigger if exists broken on findings`.execute(database.db);
  await sql`drop function if exists broken`.execute(database.db);
}
afterEach(mendFindings);

const never = (error: unknown): never => {
  throw error;
};
async function evaluateAll(failed: (error: unknown) => void = never): Promise<void> {
  while ((await evaluateDue(database.db, digest, failed)) > 0);
}

/** A session with a Start, an Interim every five minutes whose counters grow, and a Stop. */
function session(mac: string, nas: string, fromMs: number, minutes: number): RadiusEvent[] {
  const packet = (status: string, atMs: number): RadiusEvent =>
    eventOf(
      made("accounting", {
        "Acct-Status-Type": status,
        "User-Name": USER,
        "Acct-Session-Id": `${nas}-${fromMs}`,
        "NAS-Identifier": nas,
        "NAS-Port-Id": `${nas}/1`,
        "Calling-Station-Id": mac,
        "Tmp-Integer-0": atMs / 1_000,
        ...counters(status, atMs - fromMs),
      }),
      new Date(T0),
    );
  const interims = Array.from({ length: minutes / 5 }, (_, n) =>
    packet("Interim-Update", fromMs + (n + 1) * 5 * MINUTE),
  );
  return [packet("Start", fromMs), ...interims, packet("Stop", fromMs + (minutes + 2) * MINUTE)];
}

// Each NAS was heard of just now, or its clock would be taken at its worst.
const HOME = session("00:0c:42:aa:00:01", "bng-jhb-1", T0 - 120 * MINUTE, 115);
const FOREIGN = session("d4:ca:6d:bb:00:02", "bng-cpt-1", T0 - 90 * MINUTE, 85);
const AGAIN = session("d4:ca:6d:bb:00:03", "bng-dbn-1", T0 - 60 * MINUTE, 55);

async function stored(): Promise<string[]> {
  const { rows } = await sql<{ text: string }>`
    select state || ' ' || content::text as text from findings order by key, finding`.execute(
    database.db,
  );
  return rows.map(({ text }) => text);
}

/** Everything open, as `PATTERN state`. */
async function open(): Promise<string[]> {
  const rows = await database.db
    .selectFrom("findings")
    .select(["pattern", "state"])
    .where("state", "<>", "closed")
    .orderBy("pattern")
    .execute();
  return rows.map(({ pattern, state }) => `${pattern} ${state}`);
}

/** By the policy of the installation. */
async function switchOff(): Promise<void> {
  const policy = { kind: "FraudPolicy", name: "default", labels: "{}", spec_hash: "", owner: "o" };
  const spec = JSON.stringify({ detection: false });
  await database.db
    .insertInto("records")
    .values({ ...policy, spec, revision: 1 })
    .execute();
}

describe("RADIUS records", () => {
  const take = async (events: readonly RadiusEvent[]): Promise<number> =>
    await radiusStore(database.db, digest).storeRadius(events, []);

  it("of one credential in two boxes at once are a confirmed finding, and of one box are none", async () => {
    await take(HOME);
    await evaluateAll();
    expect(await open()).toEqual([]);
    await take(FOREIGN);
    await evaluateAll();
    expect(await open()).toEqual(["P01 confirmed"]);
    const events = await sql<{
      type: string;
    }>`select type from events where actor = 'detection'`.execute(database.db);
    expect(events.rows.map(({ type }) => type)).toEqual(["FindingConfirmed"]);
  });

  it("sent three times and shuffled are the same findings, byte for byte", async () => {
    const all = [...HOME, ...FOREIGN, ...AGAIN];
    await take(all);
    await evaluateAll();
    const want = await stored();
    expect(want.length).toBeGreaterThan(1);
    for (const seed of [1, 2]) {
      await sql`
        truncate radius_keys, radius_events, radius_sessions, findings, fraud_waiting, fraud_due, fraud_watched`.execute(
        database.db,
      );
      const packets = shuffled([...all, ...all, ...all], random(seed));
      for (let from = 0; from < packets.length; from += 40) {
        await take(packets.slice(from, from + 40));
        await evaluateAll();
      }
      const rows = await stored();
      expect(
        rows.filter((text) => !text.startsWith("closed")),
        `seed ${seed}`,
      ).toEqual(want);
    }
  });

  it("an Interim of a session that is alone asks nobody", async () => {
    const [start, ...rest] = HOME;
    if (start === undefined) throw new Error("no Start");
    await take([start]);
    await evaluateAll();
    await take(rest.slice(0, 5));
    const due = await sql`select from fraud_due`.execute(database.db);
    expect(due.rows).toHaveLength(0);
  });

  it("are stored while detection is off or fails, and are looked at afterwards (I19)", async () => {
    await switchOff();
    expect(await take(HOME)).toBe(HOME.length);
    await evaluateAll();
    await sql`delete from records where kind = 'FraudPolicy'`.execute(database.db);

    await breakFindings();
    expect(await take(FOREIGN)).toBe(FOREIGN.length);
    const told: unknown[] = [];
    await evaluateAll((error) => told.push(error));
    expect(told.length).toBeGreaterThan(0);
    expect(await open()).toEqual([]);
    await mendFindings();
    await database.setNow(T0 + 11 * MINUTE);
    await evaluateAll();
    expect(await open()).toEqual(["P01 confirmed"]);
  });
});

describe("what is read of a CPE", () => {
  const shows = (user: string, atMs: number): ObservationRecord => ({
    ...{ readAt: new Date(atMs), mapName: "m", mapHash: "h", decoded: {}, facts: NO_FACTS },
    ...{ snapshot: { values: new Map(), covered: [] }, changeId: "c" },
    epoch: { bootstrapped: null, hardware: null, software: null },
    ...NOTHING_TOLD,
    credentials: [{ logical: "wan.ppp.credential", normalised: user }],
  });
  const OTHER = "other@isp.example";
  /** @returns when it is evaluated: each evaluation takes the lock of all. */
  async function observe(
    n: number,
    user: string,
    atMs: number,
    failed: (error: unknown) => void = never,
  ): Promise<"now" | "later" | "never"> {
    await database.setNow(atMs);
    await sql`delete from fraud_due`.execute(database.db);
    return await database.db.transaction().execute(async (trx) => {
      const watch = observationWatch({ digest, failed });
      await watch.observed(trx, keys[n] ?? 0, [shows(user, atMs)], true);
      const { rows } = await sql`
        select from pg_locks
        where locktype = 'advisory' and pid = pg_backend_pid() and objid = 7305011`.execute(trx);
      if (rows.length > 0) return "now";
      const due = await trx.selectFrom("fraud_due").select("id").execute();
      return due.length > 0 ? "later" : "never";
    });
  }
  const sightings = async (): Promise<number> =>
    (await database.db.selectFrom("device_sightings").select("device").execute()).length;

  it("is a finding at once where another CPE holds it, and confirmed when both spoke since", async () => {
    await observe(0, USER, T0);
    await observe(1, "other@isp.example", T0 + MINUTE);
    expect(await open()).toEqual([]);
    await observe(1, USER, T0 + 2 * MINUTE);
    expect(await open()).toEqual(["P08 suspected"]);
    await observe(0, USER, T0 + 10 * MINUTE);
    await observe(1, USER, T0 + 11 * MINUTE);
    expect(await open()).toEqual(["P08 confirmed"]);
  });

  it("is evaluated with the read where it concerns others, and not at all where it says nothing new", async () => {
    expect(await observe(0, USER, T0), "the first read").toBe("never");
    expect(await observe(0, USER, T0 + MINUTE), "the same again").toBe("never");
    expect(await observe(0, OTHER, T0 + 2 * MINUTE), "another user name").toBe("later");
    expect(await observe(0, OTHER, T0 + 3 * MINUTE), "that name again").toBe("later");
    expect(await observe(0, USER, T0 + 4 * MINUTE), "its own after another one").toBe("later");
    expect(await observe(1, USER, T0 + 5 * MINUTE), "the name of another CPE").toBe("now");
    expect(await observe(1, USER, T0 + 6 * MINUTE), "that one again").toBe("now");
    expect(await observe(0, USER, T0 + 7 * MINUTE), "its own, which another shows").toBe("now");
    const looked = await sql`select from meta where key = 'fraud.first_look'`.execute(database.db);
    expect(looked.rows).toHaveLength(1);
  });

  it("is due anew where it is due: who is at it has looked before this read", async () => {
    const gens = async (): Promise<readonly number[]> =>
      (await database.db.selectFrom("fraud_due").select("gen").execute()).map(({ gen }) => gen);
    const watch = observationWatch({ digest, failed: never });
    const read = (atMs: number): Promise<void> =>
      database.db
        .transaction()
        .execute((trx) => watch.observed(trx, keys[0] ?? 0, [shows(OTHER, atMs)], true));
    await read(T0);
    const [first = NaN] = await gens();
    await read(T0 + MINUTE);
    expect(await gens()).toEqual([first + 1]);
  });

  it("leaves to the queue a credential that was bound since and has its digest by this read", async () => {
    await observe(0, USER, T0);
    await sql`
      update credential_bindings set username = 'cpe-1001', realm = 'isp.example', credential = null, bare = null
      where device = ${keys[0] ?? 0} and until_at is null`.execute(database.db);
    expect(await observe(0, USER, T0 + MINUTE)).toBe("later");
    const due = await database.db.selectFrom("fraud_due").select(["kind", "id"]).execute();
    expect(due).toEqual([{ kind: "credential", id: digest("username", USER) }]);
  });

  it("is in the report of the first day where it was so before we came", async () => {
    await sql`delete from meta where key like 'fraud.%'`.execute(database.db);
    await observe(0, USER, T0);
    await observe(1, USER, T0 + MINUTE);
    expect(await open()).toEqual([]);
    const told = await database.db.selectFrom("fraud_reported").select("pattern").execute();
    expect(told).toEqual([{ pattern: "P08" }]);
    await database.setNow(T0 + 25 * HOUR);
    await evaluateAll();
    const event = await sql<{ data: unknown }>`
      select data from events where type = 'FindingsReported' and at >= ${new Date(T0 + 25 * HOUR)}`.execute(
      database.db,
    );
    expect(event.rows).toEqual([
      { data: { patterns: [{ pattern: "P08", count: 1, confirmed: 0 }] } },
    ]);
    await observe(0, USER, T0 + 26 * HOUR);
    await observe(1, USER, T0 + 26 * HOUR + MINUTE);
    expect(await open(), "proven anew").toEqual(["P08 confirmed"]);
  });

  it("stays stored while detection fails, and is looked at later (I19)", async () => {
    await observe(0, USER, T0);
    await breakFindings();
    const told: unknown[] = [];
    await observe(1, USER, T0 + MINUTE, (error) => told.push(error));
    expect([told.length, await sightings(), await open()]).toEqual([1, 2, []]);
    await mendFindings();
    await database.setNow(T0 + 3 * MINUTE);
    await evaluateAll();
    expect(await open()).toEqual(["P08 suspected"]);
  });

  it("is only stored while detection is off (I19)", async () => {
    await switchOff();
    await observe(0, USER, T0);
    await observe(1, USER, T0 + MINUTE);
    expect([await sightings(), await open()]).toEqual([2, []]);
  });
});
