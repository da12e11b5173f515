/** One customer, one thief: a confirmed finding with both sessions running, on a database whose time a test moves. */
import { join } from "node:path";
import { sql } from "kysely";
import type { RadiusEvent } from "../../src/fraud/radius-event.ts";
import { findingsStore } from "../../src/store/fraud/findings.ts";
import { responseStore } from "../../src/store/fraud/responses.ts";
import { loadKeyring } from "../../src/store/keyring.ts";
import { radiusStore } from "../../src/store/radius.ts";
import type { FindingsStore } from "../../src/ports/findings-store.ts";
import type { ResponseStore } from "../../src/ports/response-store.ts";
import { Secret } from "../../src/lib/secret.ts";
import { eventOf, made } from "./radius-samples.ts";
import { BILLING, OPERATOR, testStores, type Stores } from "./stack.ts";
import { virtualNowDatabase, type VirtualNowDatabase } from "./virtual-now.ts";

export const T0 = Date.parse("2026-11-26T12:00:00Z");
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
const USER = "cpe-1001@isp.example";
export const OWN = "00:0c:42:aa:00:01";
export const THIEF = "d4:ca:6d:bb:00:02";
const bare = (mac: string): string => mac.replaceAll(":", "");

export interface MisuseWorld {
  readonly database: VirtualNowDatabase;
  readonly stores: Stores & { readonly folder: string };
  readonly findings: FindingsStore;
  readonly responses: ResponseStore;
  /** Of the device that the credential is bound to. */
  readonly device: number;
  /** Nothing was found, done or asked, nothing is switched on; it is T0. */
  reset(): Promise<void>;
  /** Switches steps on at a moment, by the way that a person goes. */
  policy(atMs: number, responses: object): Promise<void>;
  /** A session with an Interim every five minutes until `untilMs`, and a Stop where asked for. */
  session(
    mac: string,
    nas: string,
    fromMs: number,
    untilMs: number,
    stop?: boolean,
  ): Promise<number>;
  evaluate(): Promise<void>;
  /** Both sides run at T0. @returns the finding, confirmed */
  misuse(): Promise<number>;
  /** Others like it. @returns their numbers */
  copies(finding: number, count: number): Promise<readonly number[]>;
  respondAll(): Promise<void>;
  /** `STEP MODE VERDICT REASON STATE` of each response, oldest first. */
  made(): Promise<readonly string[]>;
  events(...types: string[]): Promise<readonly { type: string; data: Record<string, unknown> }[]>;
  close(): Promise<void>;
}

const never = (error: unknown): never => {
  throw error;
};

export async function misuseWorld(): Promise<MisuseWorld> {
  const database = await virtualNowDatabase(T0 - 60 * DAY);
  const { db } = database;
  const made0 = await testStores(db);
  const keyring = await loadKeyring(join(made0.folder, "keyring.json"));
  const digest = (label: string, text: string): string => keyring.digest(label, text);
  const findings = findingsStore(db, digest);
  const responses = responseStore(db);
  const { fleet } = made0;
  const apply = async (plan: Partial<Parameters<typeof fleet.apply>[0]>): Promise<void> => {
    await fleet.apply({ records: [], devices: [], ...plan }, OPERATOR, {
      ...{ dryRun: false, expect: null },
    });
  };
  const acs = { kind: "friendly", address: "http://127.0.0.1:1/" };
  const identity = { oui: "0019E0", productClass: "WIXB", serial: "A1" };
  await apply({
    records: [{ kind: "Acs", name: "main", labels: {}, spec: acs }],
    devices: [{ name: "A1", labels: {}, identity, acs: "main", hold: null, spec: {} }],
  });
  const device = (await fleet.resolveDevice("0019E0-WIXB-A1"))?.key ?? 0;
  const credentials = { username: "cpe-1001", realm: "isp.example", password: new Secret("p-1") };
  const none = { ifMatch: null, ifNoneMatch: false };
  await fleet.putDocument(device, { credentials }, BILLING, none, { dryRun: false });
  await sql`insert into device_aliases (alias, device, kind) values (${bare(OWN)}, ${device}, 'mac')`.execute(
    db,
  );
  const world: MisuseWorld = {
    ...{ database, stores: made0, findings, responses, device },
    async reset() {
      await database.setNow(T0);
      await sql`
        truncate radius_keys, radius_events, radius_sessions, findings, fraud_waiting, fraud_reported, fraud_due,
          fraud_watched, fraud_steps, fraud_responses, aaa_requests, suspensions`.execute(db);
      await sql`delete from records where kind in ('FraudPolicy', 'Aaa')`.execute(db);
      await sql`update devices set labels = '{}'`.execute(db);
      await sql`delete from meta where key like 'fraud.%'`.execute(db);
      await sql`
        insert into meta (key, value)
        values ('fraud.first_look', jsonb_build_object('at', now() - interval '2 days', 'told', now()))`.execute(
        db,
      );
    },
    async policy(atMs, responses_) {
      await database.setNow(atMs);
      // Revisions are kept for ever, so a policy that a test took away counts on.
      const { rows } = await sql<{ revision: number }>`
        select coalesce(max(revision), 0) + 1 as revision from record_revisions where kind = 'FraudPolicy'`.execute(
        db,
      );
      const spec = JSON.stringify({ responses: responses_ });
      await sql`
        insert into records (kind, name, revision, spec, spec_hash, owner)
        values ('FraudPolicy', 'default', ${rows[0]?.revision ?? 1}, ${spec}::jsonb, '', 'desk')
        on conflict (kind, name) do update set spec = excluded.spec`.execute(db);
      await database.setNow(T0);
    },
    async session(mac, nas, fromMs, untilMs, stop = false) {
      const packet = (status: string, atMs: number): RadiusEvent =>
        eventOf(
          made("accounting", {
            "Acct-Status-Type": status,
            "User-Name": USER,
            "Acct-Session-Id": `${nas}-${bare(mac)}`,
            "NAS-Identifier": nas,
            "NAS-IP-Address": "192.0.2.11",
            "NAS-Port-Id": `${nas}/1`,
            "Calling-Station-Id": mac,
            "Tmp-Integer-0": atMs / 1_000,
            ...(status === "Start"
              ? {}
              : {
                  "Acct-Session-Time": (atMs - fromMs) / 1_000,
                  "Acct-Input-Octets": (atMs - fromMs) / 100,
                  "Acct-Output-Octets": (atMs - fromMs) / 10,
                }),
          }),
          new Date(Math.max(T0, untilMs)),
        );
      const events = [packet("Start", fromMs)];
      for (let at = fromMs + 5 * MINUTE; at <= untilMs; at += 5 * MINUTE)
        events.push(packet("Interim-Update", at));
      if (stop) events.push(packet("Stop", untilMs));
      return await radiusStore(db, digest).storeRadius(events, []);
    },
    async evaluate() {
      while ((await findings.evaluateDue(never)) > 0);
    },
    async misuse() {
      await world.session(OWN, "bng-jhb-1", T0 - 120 * MINUTE, T0);
      await world.session(THIEF, "bng-cpt-1", T0 - 90 * MINUTE, T0);
      await world.evaluate();
      const { items } = await findings.findings({
        ...{ states: null, patterns: ["P01"], selector: null, limit: 10, cursor: null },
      });
      const [found] = items;
      if (found?.finding.state.kind !== "confirmed") throw new Error("no confirmed finding");
      return found.id;
    },
    async copies(finding, count) {
      const { rows } = await sql<{ finding: number }>`
        insert into findings (key, pattern, focus, credential, severity, state, content, devices)
        select key || ' copy ' || n || ' ' || gen_random_uuid(), pattern, focus, credential, severity, 'confirmed',
          content, devices
        from findings, generate_series(1, ${count}) as n where finding = ${finding}
        returning finding`.execute(db);
      return rows.map((row) => row.finding);
    },
    async respondAll() {
      while (await responses.respondDue(never));
    },
    async made() {
      const rows = await db.selectFrom("fraud_responses").selectAll().orderBy("response").execute();
      return rows.map((r) => `${r.step} ${r.mode} ${r.verdict} ${r.reason} ${r.state}`);
    },
    async events(...types) {
      const { rows } = await sql<{ type: string; data: Record<string, unknown> }>`
        select type, data from events where type = any(${types}) order by id`.execute(db);
      return rows;
    },
    close: () => database.close(),
  };
  return world;
}
