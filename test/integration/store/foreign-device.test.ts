/**
 * P05 from what a read of the bound CPE shows of its MAC and what the AAA tells: a router that is not the bound CPE is found,
 * and the honest ones that look like one are not.
 */
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RadiusEvent } from "../../../src/fraud/radius-event.ts";
import { NO_FACTS } from "../../../src/model/device.ts";
import { NOTHING_TOLD } from "../../../src/ports/observation.ts";
import { observationWatch } from "../../../src/store/fraud/observed.ts";
import { evaluateDue } from "../../../src/store/fraud/queue.ts";
import { loadKeyring } from "../../../src/store/keyring.ts";
import { radiusStore } from "../../../src/store/radius.ts";
import { eventOf, made } from "../../support/radius-samples.ts";
import { BILLING, OPERATOR, testStores, type Stores } from "../../support/stack.ts";
import { virtualNowDatabase, type VirtualNowDatabase } from "../../support/virtual-now.ts";

const T0 = Date.parse("2026-11-26T12:00:00Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const USER = "cpe-1001";
const [OWN, FOREIGN, NEIGHBOUR] = ["02:00:01:00:01:04", "d4:ca:6d:bb:00:02", "02:00:01:00:02:04"];

let database: VirtualNowDatabase;
let stores: Stores;
let digest: (label: string, text: string) => string;
const keys: number[] = [];

beforeAll(async () => {
  database = await virtualNowDatabase(T0 - 72 * HOUR);
  const opened = await testStores(database.db);
  stores = opened;
  const keyring = await loadKeyring(join(opened.folder, "keyring.json"));
  digest = (label, text) => keyring.digest(label, text);
  const acs = { kind: "friendly", address: "http://127.0.0.1:1/" };
  const devices = ["A1", "A2"].map((serial) => ({
    ...{ name: serial, labels: {}, acs: "main", hold: null, spec: {} },
    identity: { oui: "0019E0", productClass: "WIXB", serial },
  }));
  await stores.fleet.apply(
    { records: [{ kind: "Acs", name: "main", labels: {}, spec: acs }], devices },
    OPERATOR,
    { dryRun: false, expect: null },
  );
  for (const { name } of devices) {
    keys.push((await stores.fleet.resolveDevice(`0019E0-WIXB-${name}`))?.key ?? 0);
  }
  const credentials = { username: USER, realm: "isp.example" };
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
  await sql`
    insert into meta (key, value) values ('fraud.first_look', jsonb_build_object('at', now() - interval '2 days', 'told', now()))
    on conflict (key) do update set value = excluded.value`.execute(database.db);
});

/** What a pass stores of a read: its WAN MAC as the map decodes it, or none where the map knows none. */
async function read(device: number, atMs: number, mac: string | null, user = USER): Promise<void> {
  const watch = observationWatch({
    digest,
    failed: (error) => {
      throw error;
    },
  });
  await database.db.transaction().execute(async (trx) => {
    const decoded = mac === null ? {} : { "wan.ppp.mac": { kind: "value", value: mac } };
    const record = {
      ...{ readAt: new Date(atMs), mapName: "m", mapHash: "h", changeId: "c" },
      ...{ epoch: { bootstrapped: null, hardware: null, software: null }, ...NOTHING_TOLD },
      ...{ snapshot: { values: new Map(), covered: [] }, decoded, facts: NO_FACTS },
      credentials: [{ logical: "wan.ppp.credential", normalised: `${user}@isp.example` }],
    };
    await watch.observed(trx, keys[device] ?? 0, [record], true);
  });
}

/** One that goes on: a Start, and an Interim every five minutes. */
function session(mac: string, fromMs: number, untilMs: number): RadiusEvent[] {
  const count = Math.floor((untilMs - fromMs) / (5 * MINUTE));
  return Array.from({ length: count }, (_, n) => {
    const atMs = fromMs + n * 5 * MINUTE;
    const running = {
      "Acct-Session-Time": (atMs - fromMs) / 1_000,
      "Acct-Input-Octets": (atMs - fromMs) / 100,
      "Acct-Output-Octets": (atMs - fromMs) / 10,
    };
    const body = made("accounting", {
      "Acct-Status-Type": n === 0 ? "Start" : "Interim-Update",
      "User-Name": `${USER}@isp.example`,
      "Acct-Session-Id": `${mac}-${fromMs}`,
      "NAS-Identifier": "bng-jhb-1",
      "NAS-Port-Id": "olt1/1/3:1001",
      "Calling-Station-Id": mac,
      "Tmp-Integer-0": atMs / 1_000,
      ...(n === 0 ? {} : running),
    });
    return eventOf(body, new Date(atMs + 1_000));
  });
}

async function found(events: readonly RadiusEvent[]): Promise<string[]> {
  await radiusStore(database.db, digest).storeRadius(events, []);
  const fail = (error: unknown): never => {
    throw error;
  };
  while ((await evaluateDue(database.db, digest, fail)) > 0);
  const rows = await database.db
    .selectFrom("findings")
    .select(["pattern", "state", "content"])
    .where("state", "<>", "closed")
    .execute();
  const ours = rows.filter(({ pattern }) => pattern === "P05");
  const digits = FOREIGN.replaceAll(":", "");
  if (ours.length > 0) {
    expect(JSON.stringify(ours[0]?.content), "the evidence names the router").toMatch(
      new RegExp(`${digits}|${NEIGHBOUR.replaceAll(":", "")}`),
    );
  }
  return ours.map(({ pattern, state }) => `${pattern} ${state}`);
}

describe("a session whose MAC is not the bound CPE's (P05)", () => {
  it("is suspected after two Interims", async () => {
    await read(0, T0 - 48 * HOUR, OWN);
    expect(await found(session(FOREIGN, T0 - HOUR, T0))).toEqual(["P05 suspected"]);
  });

  it("is confirmed where the MAC is that of another CPE of ours, and went on past the time of a late ticket", async () => {
    await read(0, T0 - 48 * HOUR, OWN);
    await read(1, T0 - 48 * HOUR, NEIGHBOUR, "cpe-1002");
    expect(await found(session(NEIGHBOUR, T0 - 6 * HOUR, T0))).toEqual(["P05 confirmed"]);
  });

  it("is confirmed where the bound CPE has been silent for long", async () => {
    await read(0, T0 - 48 * HOUR, OWN);
    expect(await found(session(FOREIGN, T0 - 30 * HOUR, T0))).toEqual(["P05 confirmed"]);
  });
});

describe("what looks like one and is honest makes no finding (P05)", () => {
  it("the CPE itself, its MAC written in another way", async () => {
    await read(0, T0 - 48 * HOUR, OWN);
    for (const text of ["02-00-01-00-01-04", "0200.0100.0104", "020001000104"]) {
      expect(await found(session(text, T0 - 6 * HOUR, T0))).toEqual([]);
    }
  });

  it("the CPE itself, of which no read has told a MAC: unknown is no mismatch (I5)", async () => {
    await read(0, T0 - 48 * HOUR, null);
    expect(await found(session(FOREIGN, T0 - 6 * HOUR, T0))).toEqual([]);
  });

  it("the CPE with the MAC that its new firmware gave it, as the next read shows", async () => {
    await read(0, T0 - 48 * HOUR, OWN);
    await read(0, T0 - 2 * HOUR, FOREIGN);
    expect(await found(session(FOREIGN, T0 - 6 * HOUR, T0))).toEqual([]);
  });

  it("a first packet alone, which may be of a cable that was plugged in and out", async () => {
    await read(0, T0 - 48 * HOUR, OWN);
    expect(await found(session(FOREIGN, T0 - 5 * MINUTE, T0))).toEqual([]);
  });
});
