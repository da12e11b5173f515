/**
 * A few CPEs of one ISP in a database whose time a test sets, and what comes in of them: reads as a pass stores them,
 * sessions as FreeRADIUS tells them. What the rules find of it is asked as the server does.
 */
import { join } from "node:path";
import { sql } from "kysely";
import type { RadiusEvent } from "../../src/fraud/radius-event.ts";
import { Secret } from "../../src/lib/secret.ts";
import { NO_FACTS } from "../../src/model/device.ts";
import type { ObservationRecord } from "../../src/ports/observation.ts";
import { observationWatch } from "../../src/store/fraud/observed.ts";
import { evaluateDue } from "../../src/store/fraud/queue.ts";
import type { Digest } from "../../src/store/fraud/query.ts";
import { loadKeyring } from "../../src/store/keyring.ts";
import { radiusStore } from "../../src/store/radius.ts";
import { counters, eventOf, made } from "./radius-samples.ts";
import { OPERATOR, testStores, type Stores } from "./stack.ts";
import { virtualNowDatabase, type VirtualNowDatabase } from "./virtual-now.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

const never = (error: unknown): never => {
  throw error;
};

/** What a read shows; what is left out, it does not tell. */
export interface Read {
  readonly atMs: number;
  readonly user?: string;
  readonly mac?: string;
  readonly firmware?: string;
  readonly bootedMs?: number;
  readonly bootstrapped?: string;
  readonly secrets?: Partial<Record<"acs" | "connection_request" | "service", string>>;
}

export interface Records extends Stores {
  readonly database: VirtualNowDatabase;
  readonly digest: Digest;
  /** By their number: keys, and ids as `0019E0-WIXB-A1`. */
  readonly keys: readonly number[];
  readonly ids: readonly string[];
  /** @returns whether anything of it is left to the queue, or was evaluated with the read */
  read(device: number, read: Read): Promise<void>;
  /** Stores records, lets the time come in which the latest was told, and evaluates all that is due. */
  tell(events: readonly RadiusEvent[]): Promise<void>;
  evaluate(): Promise<void>;
  /** `PATTERN state`, of everything that is not closed. */
  open(): Promise<string[]>;
  /** Everything that came in is forgotten; devices and documents stay. */
  forget(): Promise<void>;
  /** The policy of the installation, from here on. */
  policy(spec: Readonly<Record<string, unknown>>): Promise<void>;
}

export async function misuseRecords(startMs: number, count: number): Promise<Records> {
  const database = await virtualNowDatabase(startMs);
  const { db } = database;
  const stores = await testStores(db);
  const keyring = await loadKeyring(join(stores.folder, "keyring.json"));
  const digest: Digest = (label, text) => keyring.digest(label, text);
  const serials = Array.from({ length: count }, (_, n) => `A${n + 1}`);
  const ids = serials.map((serial) => `0019E0-WIXB-${serial}`);
  await stores.fleet.apply(
    {
      records: [
        {
          ...{ kind: "Acs", name: "main", labels: {} },
          spec: { kind: "friendly", address: "http://127.0.0.1:1/" },
        },
      ],
      devices: serials.map((serial) => ({
        ...{ name: serial, labels: {}, acs: "main", hold: null, spec: {} },
        identity: { oui: "0019E0", productClass: "WIXB", serial },
      })),
    },
    OPERATOR,
    { dryRun: false, expect: null },
  );
  const keys: number[] = [];
  for (const id of ids) keys.push((await stores.fleet.resolveDevice(id))?.key ?? 0);
  const evaluate = async (): Promise<void> => {
    while ((await evaluateDue(db, digest, never)) > 0);
  };
  return {
    ...stores,
    ...{ database, digest, keys, ids, evaluate },
    async read(device, read) {
      await database.setNow(read.atMs);
      const watch = observationWatch({ digest, failed: never });
      await db.transaction().execute(async (trx) => {
        await watch.observed(trx, keys[device] ?? 0, [observed(read)], true);
      });
    },
    async tell(events) {
      await radiusStore(db, digest).storeRadius(events, []);
      await evaluate();
    },
    async open() {
      const rows = await db
        .selectFrom("findings")
        .select(["pattern", "state"])
        .where("state", "<>", "closed")
        .orderBy("pattern")
        .execute();
      return rows.map(({ pattern, state }) => `${pattern} ${state}`);
    },
    async forget() {
      await sql`
        truncate radius_keys, radius_events, radius_sessions, findings, fraud_waiting, fraud_reported, fraud_due,
          fraud_watched, device_sightings, device_secrets`.execute(db);
      await sql`delete from records where kind = 'FraudPolicy'`.execute(db);
      // The first day is over, or all that is found would go into its report.
      await sql`
        insert into meta (key, value)
        values ('fraud.first_look', jsonb_build_object('at', now() - interval '30 days', 'told', now()))
        on conflict (key) do update set value = excluded.value`.execute(db);
    },
    async policy(spec) {
      await sql`delete from records where kind = 'FraudPolicy'`.execute(db);
      const record = { kind: "FraudPolicy", name: "default", labels: "{}", owner: "o" };
      await db
        .insertInto("records")
        .values({ ...record, spec_hash: "", spec: JSON.stringify(spec), revision: 1 })
        .execute();
    },
  };
}

function observed(read: Read): ObservationRecord {
  const { atMs, user, mac, firmware = null, bootedMs, bootstrapped = null, secrets = {} } = read;
  return {
    ...{ readAt: new Date(atMs), mapName: "m", mapHash: "h", changeId: "c" },
    snapshot: { values: new Map(), covered: [] },
    decoded: mac === undefined ? {} : { "wan.ppp.mac": { kind: "value", value: mac } },
    facts: { ...NO_FACTS, softwareVersion: firmware },
    epoch: { bootstrapped, hardware: null, software: firmware },
    credentials:
      user === undefined
        ? []
        : [{ logical: "wan.ppp.credential", normalised: `${user}@isp.example` }],
    uptimeSeconds: bootedMs === undefined ? null : Math.round((atMs - bootedMs) / 1_000),
    secrets: Object.entries(secrets).map(([opens, value]) => ({
      opens: opens as keyof typeof secrets,
      value: new Secret(value),
    })),
  };
}

/** A Start, an Interim every five minutes with growing counters, and where it ends a Stop. */
export function session(given: {
  readonly user: string;
  readonly mac: string;
  readonly nas: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly stops?: boolean;
}): RadiusEvent[] {
  const { user, mac, nas, fromMs, untilMs, stops = false } = given;
  const packet = (status: string, atMs: number): RadiusEvent =>
    eventOf(
      made("accounting", {
        "Acct-Status-Type": status,
        "User-Name": `${user}@isp.example`,
        "Acct-Session-Id": `${nas}-${mac}-${fromMs}`,
        "NAS-Identifier": nas,
        "NAS-Port-Id": `${nas}/1`,
        "Calling-Station-Id": mac,
        "Tmp-Integer-0": atMs / 1_000,
        ...counters(status, atMs - fromMs),
      }),
      new Date(atMs + 1_000),
    );
  const count = Math.floor((untilMs - fromMs) / (5 * MINUTE));
  const interims = Array.from({ length: count }, (_, n) =>
    packet("Interim-Update", fromMs + (n + 1) * 5 * MINUTE),
  );
  return [packet("Start", fromMs), ...interims, ...(stops ? [packet("Stop", untilMs)] : [])];
}
