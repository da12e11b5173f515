/** A small fleet for tests of the store: short names for manifests, documents and people. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql, type Kysely } from "kysely";
import { Secret } from "../../../src/lib/secret.ts";
import type { FieldSet } from "../../../src/model/records.ts";
import type {
  Actor,
  ApplyResult,
  DeviceManifest,
  FleetStore,
  ManifestRecord,
  Remap,
} from "../../../src/ports/fleet-store.ts";
import { fleetStore } from "../../../src/store/fleet/index.ts";
import { makeKeyring, type Keyring } from "../../../src/store/keyring.ts";
import type { Database } from "../../../src/store/tables.ts";
import { testDatabase } from "../../support/database.ts";

export interface Fleet {
  readonly db: Kysely<Database>;
  readonly store: FleetStore;
  readonly keyring: Keyring;
  close(): Promise<void>;
}

export async function openFleet(): Promise<Fleet> {
  const folder = await mkdtemp(join(tmpdir(), "plumbline-fleet-"));
  const keyring = await makeKeyring(join(folder, "keyring.json"));
  const database = await testDatabase();
  const { db } = database;
  return {
    db,
    keyring,
    store: fleetStore(db, keyring),
    close: async () => {
      await rm(folder, { recursive: true });
      await database.close();
    },
  };
}

/** An empty fleet in the same database. History refuses to be deleted from, not to be truncated. */
export async function emptyFleet(db: Kysely<Database>): Promise<void> {
  await sql`
    truncate records, record_revisions, devices, device_aliases, desired_documents, desired_revisions, secrets,
      secret_states, revocations, observations, device_status, work, acs_slots, intents, map_proofs, stops, tokens,
      events, event_queue, event_feed, operations, idempotency_keys, swaps, suspensions, kept_holds,
      scheduled_documents restart identity`.execute(db);
}

export function by(owner: string): Actor {
  return { owner, tokenId: `token-of-${owner}`, requestId: "request-1" };
}

const OUI = "0019E0";

/** `idOf("A1")` is the canonical id of `device("A1")`. */
export function idOf(serial: string): string {
  return `${OUI}-WIXB-${serial}`;
}

export function device(
  serial: string,
  labels: Readonly<Record<string, string>> = {},
  more: Partial<DeviceManifest> = {},
): DeviceManifest {
  const identity = { oui: OUI, productClass: "WIXB", serial };
  const spec = { oui: OUI, productClass: "WIXB", serial, acs: more.acs ?? "main" };
  return { name: idOf(serial), labels, identity, acs: "main", hold: null, spec, ...more };
}

export function acs(name = "main", spec: Readonly<Record<string, unknown>> = {}): ManifestRecord {
  const all = { kind: "friendly", address: "http://127.0.0.1:1/", mode: "observe", ...spec };
  return { kind: "Acs", name, labels: {}, spec: all };
}

export function plan(name: string, ...channelsKhz: number[]): ManifestRecord {
  return { kind: "FrequencyPlan", name, labels: {}, spec: { channelsKhz, bandwidthKhz: 10_000 } };
}

export function profile(
  name: string,
  selector: string,
  fields: Readonly<Record<string, unknown>>,
): ManifestRecord {
  return { kind: "Profile", name, labels: {}, spec: { selector, fields } };
}

export function firmware(version: string): FieldSet {
  return { firmware: { version } };
}

export function credentials(username: string, password?: string): FieldSet {
  const secret = password === undefined ? {} : { password: new Secret(password) };
  return { credentials: { username, realm: "isp.example", ...secret } };
}

export const ANYHOW = { ifMatch: null, ifNoneMatch: false } as const;
export const FOR_REAL = { dryRun: false } as const;

/** Applies as `ops`, with whatever number of devices it touches. */
export async function apply(
  store: FleetStore,
  list: readonly (ManifestRecord | DeviceManifest)[],
  options: {
    readonly dryRun?: boolean;
    readonly expect?: number | null;
    /** What the maps of the apply change; nothing unless a test says so. */
    readonly remap?: Remap;
  } = {},
): Promise<ApplyResult> {
  const devices = list.filter((one): one is DeviceManifest => "identity" in one);
  const records = list.filter((one): one is ManifestRecord => "kind" in one);
  const whole = { devices, records, remap: () => options.remap ?? (() => false) };
  const { dryRun = false } = options;
  const expect =
    options.expect === undefined
      ? (await store.apply(whole, by("ops"), { dryRun: true, expect: null })).touched
      : options.expect;
  return await store.apply(whole, by("ops"), { dryRun, expect });
}

export async function keyOf(store: FleetStore, serial: string): Promise<number> {
  const found = await store.resolveDevice(idOf(serial));
  if (found === null) throw new Error(`no device ${serial}`);
  return found.key;
}

/** The code of the AppError that a promise ends with; "nothing" when it does not end with one. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => "nothing",
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );
}

export async function errorOf(promise: Promise<unknown>): Promise<{
  code: string;
  message: string;
  details: Record<string, unknown>;
  problems: { pointer?: string; code: string; message: string }[];
}> {
  return await promise.then(
    () => Promise.reject(new Error("no error came")),
    (error: unknown) => error as never,
  );
}

export async function eventTypes(db: Kysely<Database>): Promise<string[]> {
  const rows = await db.selectFrom("events").select("type").orderBy("id").execute();
  return rows.map(({ type }) => type);
}
