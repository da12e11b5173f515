/** The fleet that the store's figures are taken over, and the passes that run over it. */
import { sql } from "kysely";
import { normaliseEntry } from "../../src/controller/decoded.ts";
import { Secret } from "../../src/lib/secret.ts";
import { UNLEARNT, type WorkItem } from "../../src/model/records.ts";
import type { Lease, ObservationRecord, PassRecord } from "../../src/ports/engine-store.ts";
import { conclude } from "../../src/reconcile/outcome.ts";
import { epochOf } from "../../src/model/epoch.ts";
import { aStatus } from "../support/records.ts";
import { BILLING, OPERATOR, type Stores } from "../support/stack.ts";
import { answer } from "../unit/mapping/device.ts";
import { mapperOf, readTree } from "../unit/mapping/fixtures.ts";
import type { BenchDatabase } from "./bench-stack.ts";

/** Devices with documents and secrets; passes run over these. */
export const DRESSED = 2_000;
/** One in so many was proven too long ago. */
const TOO_OLD_OF = 1_000;
export const DAY_MS = 86_400_000;

export async function grow(database: BenchDatabase, from: number, to: number): Promise<void> {
  const { db } = database;
  await sql`
    insert into devices (device_id, name, oui, product_class, serial, acs, labels, spec_hash, owner)
    select '202BC1-BM632w-' || n, '202BC1-BM632w-' || n, '202BC1', 'BM632w', n::text, 'main',
           jsonb_build_object('site', 's' || n % 40, 'band', 'w35'), '', 'operator'
    from generate_series(${from + 1}::int, ${to}::int) as n`.execute(db);
  await sql`
    insert into device_status (device, state, reason, message, reachable, contact_at, converged_at, fresh_until)
    select device, 'converged', 'Reconciled', 'as wanted', true, now(), now(),
      now() + case when serial::int % ${TOO_OLD_OF} = 0 then -interval '1 hour' else interval '1 day' end
    from devices where serial::int > ${from}`.execute(db);
  await sql`
    insert into work (device, acs, class, due_at, reason)
    select device, acs, 4, now() + interval '1 hour' + random() * interval '1 day', 'evidence grows old'
    from devices where serial::int > ${from}`.execute(db);
  // Now, and not in the middle of a figure.
  await sql`vacuum analyze`.execute(db);
  await sql`checkpoint`.execute(db);
}

/** What an installation has beside its devices, through the doors that people and billing use. */
export async function dress(
  database: BenchDatabase,
  { fleet }: Stores,
  expect: number,
): Promise<void> {
  const plan = { channelsKhz: [3532500, 3537500, 3542500], bandwidthKhz: 5000 };
  const profile = { selector: "band=w35", fields: { frequencyPlan: { plan: "w35" } } };
  const records = [
    { kind: "Acs", name: "main", spec: { kind: "friendly", address: "http://127.0.0.1:1/" } },
    { kind: "FrequencyPlan", name: "w35", spec: plan },
    { kind: "Profile", name: "w35", spec: profile },
  ].map((record) => ({ ...record, labels: {} }));
  const unasked = { dryRun: false, expect };
  await fleet.apply({ records, devices: [] }, OPERATOR, unasked);
  const keys = await database.db
    .selectFrom("devices")
    .select("device")
    .orderBy("device")
    .limit(DRESSED)
    .execute();
  for (const { device } of keys) await putCredentials(fleet, device);
}

export async function putCredentials(fleet: Stores["fleet"], device: number): Promise<void> {
  const password = new Secret(`pw-${device}`);
  const credentials = { username: `sub${device}`, realm: "isp.example", password };
  const none = { ifMatch: null, ifNoneMatch: false };
  await fleet.putDocument(device, { credentials }, BILLING, none, { dryRun: false });
}

/** Exactly the first `DRESSED` devices are due now, in the class of drift. */
export async function makeDue(database: BenchDatabase): Promise<void> {
  await sql`
    update work set class = 3, due_at = now() - interval '1 minute', begun_at = null, lease_until = null, fence = null
    where device in (select device from devices order by device limit ${DRESSED})`.execute(
    database.db,
  );
}

export async function makeNothingDue(database: BenchDatabase): Promise<void> {
  await sql`update work set due_at = now() + interval '1 hour' where due_at <= now()`.execute(
    database.db,
  );
}

/** What it shows: its own name and MACs, or detection would look at all that show the same. */
const ownCredentials = (device: number): ObservationRecord["credentials"] => [
  { logical: "wimax.auth.identity", normalised: `sub${device}@isp.example` },
];

const ownMacs = ({ decoded }: ObservationRecord, device: number): ObservationRecord["decoded"] => ({
  ...decoded,
  ...Object.fromEntries(
    Object.keys(decoded)
      .filter((logical) => logical.endsWith(".mac"))
      .map((logical) => [
        logical,
        { kind: "value", value: (0x20_2b_c1_00_00_00 + device).toString(16).padStart(12, "0") },
      ]),
  ),
});

/** A read that found a WiMAX CPE as it should be: real names, real values, the observation of its map. */
export function observation(changeId: string): ObservationRecord {
  const mapper = mapperOf("huawei-bm632w");
  const logicals = [...mapper.bindings.keys()];
  const snapshot = answer(readTree("huawei-bm632w"), mapper.wanted(logicals, null));
  const decoded = Object.fromEntries(
    logicals.map((logical) => [logical, normaliseEntry(mapper.get(logical, snapshot))]),
  );
  const facts = mapper.facts(snapshot);
  const credentials = ownCredentials(1);
  const { name: mapName, hash: mapHash } = mapper;
  const epoch = epochOf(facts, null);
  return {
    ...{ readAt: new Date(), mapName, mapHash, snapshot, decoded, facts, changeId, epoch },
    credentials,
    // Of one life in all reads, and like nearly all CPEs it shows no secret.
    ...{ uptimeSeconds: process.uptime() + 3_600, secrets: [] },
  };
}

export /** @param spread 0 to 1, of this device: when it is read again */
function passOf(work: WorkItem, lease: Lease, seen: ObservationRecord, spread = 0.5): PassRecord {
  const conclusion = conclude(
    { kind: "settled", assessments: [{ kind: "equal", field: "credentials", believed: [] }] },
    {
      before: aStatus({ state: "converged", reason: "Reconciled" }),
      ...{ generation: "g1", workGen: work.gen, workClass: work.class, spread },
      ...{ evidenceBudgetMs: DAY_MS, readHours: null, provingReadMs: null, settled: [] },
      ...{ revocationOwed: false, under: null, loss: null },
      informIntervalMs: null,
      ledger: { executed: [], doubted: null, lookAgainMs: null },
      now: new Date(),
    },
  );
  return {
    ...{
      work,
      lease,
      conclusion,
      generation: "g1",
      contact: true,
      reach: UNLEARNT,
      evidenceBudgetMs: DAY_MS,
    },
    observations: [
      {
        ...seen,
        readAt: new Date(),
        credentials: ownCredentials(work.key),
        decoded: ownMacs(seen, work.key),
      },
    ],
    ...{
      verdicts: [],
      executedLate: [],
      firmwareSeen: null,
      believed: [],
      revocationsProven: [],
      waitsFor: null,
      mapProven: null,
      equal: [],
      quarantines: null,
    },
    settledUnder: { fields: { credentials: "g1" }, mapHash: seen.mapHash, release: "1.0.0" },
  };
}
