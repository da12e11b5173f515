/** What one pass knows and finds out, from its first read of the store to its record. */
import { hashText } from "../lib/hash.ts";
import { effectiveOf, type Effective } from "../model/effective.ts";
import { epochOf, type Epoch } from "../model/epoch.ts";
import type { FieldName } from "../model/fields/index.ts";
import type {
  DeviceReach,
  LateWrite,
  LoadedDevice,
  OpenIntent,
  SecretState,
  SettledUnder,
  WorkItem,
} from "../model/records.ts";
import type { AcsDevice } from "../ports/acs.ts";
import type { MapKind, ObservationRecord } from "../ports/engine-store.ts";
import { remembered, type Memory } from "../reconcile/failures.ts";
import type { Doubt } from "../reconcile/ledger.ts";
import { learnReach, mayKnock } from "../reconcile/reach.ts";
import type { Settled } from "../reconcile/verify.ts";
import type { CallClass } from "../model/call-class.ts";

export interface Pass {
  readonly work: WorkItem;
  loaded: LoadedDevice;
  readonly effective: Effective;
  /** With the reach by which this pass goes; `reach` below is what it learns. */
  device: AcsDevice;
  readonly changeId: string;
  readonly signal: AbortSignal;
  /** The database's clock at the start, and our monotonic clock at the same moment. */
  readonly startedMs: number;
  // What is found out on the way:
  class: CallClass;
  contact: boolean;
  reach: DeviceReach;
  /** Its last contact by the ACS's clock, where the ACS said so. */
  acsContactAt: Date | null;
  /** The life of the device as of the last read. */
  epoch: Epoch;
  readonly secretStates: Map<string, SecretState>;
  readonly observations: ObservationRecord[];
  readonly settled: Settled[];
  /** Set when this device is the one that proves the map of its kind. */
  proving: MapKind | null;
  /** Set when another device has to prove the map first. */
  waitsFor: MapKind | null;
  mapProven: boolean;
  /** Between two Informs that it makes by itself, as last read; null where nobody knows. */
  informIntervalMs: number | null;
  /** Set when it was read and differs in nothing that we write. */
  settledUnder: SettledUnder | null;
  /** Time of the ACS that this pass took. */
  spentMs: number;
  /** Writes sent in this pass. */
  steps: number;
  /** Fields that were written and wait for a reboot. */
  readonly owing: Set<FieldName>;
  /** The write that the next read has to prove. */
  lastIntent: Pick<OpenIntent, "id" | "outcome" | "edits"> | null;
  /** Writes of the ledger that were found to be done in this pass. */
  readonly executedLate: Map<number, LateWrite>;
  doubt: Doubt | null;
  /** Its new firmware runs and has to hold for a while; other fields may be written meanwhile. */
  soaking: { readonly detail: string; readonly inMs: number } | null;
  /** The intent whose firmware this pass saw running for the first time. */
  firmwareSeen: { readonly id: number; readonly at: Date } | null;
}

export function newPass(
  work: WorkItem,
  loaded: LoadedDevice,
  monotonicMs: number,
  signal: AbortSignal,
): Pass {
  const { record, openIntents, now } = loaded;
  const { reach } = loaded.status;
  const knocks = mayKnock(reach, openIntents.length > 0 || reach.asked !== null, now);
  return {
    work,
    loaded,
    effective: effectiveOf(record, loaded.profiles, loaded.documents, loaded.parking),
    device: {
      id: record.id,
      identity: record.identity,
      modelName: record.facts.modelName,
      acs: record.acs,
      labels: record.labels,
      informIntervalMs: loaded.observation?.informIntervalMs ?? null,
      reach: knocks ? { kind: "push" } : { kind: "pull", ticket: reach.asked?.ticket ?? null },
    },
    // Short enough for an ACS's audit column, the same for every call of this pass.
    changeId: hashText(`${record.id} ${work.gen} ${loaded.now.toISOString()}`).slice(0, 12),
    signal,
    startedMs: monotonicMs,
    class: work.class,
    contact: false,
    reach,
    acsContactAt: null,
    epoch: epochOf(record.facts, loaded.status.bootstrapped),
    secretStates: new Map(loaded.secretStates),
    observations: [],
    settled: [],
    proving: null,
    waitsFor: null,
    mapProven: false,
    informIntervalMs: loaded.observation?.informIntervalMs ?? null,
    settledUnder: null,
    spentMs: 0,
    steps: 0,
    owing: new Set(),
    lastIntent: null,
    executedLate: new Map(),
    doubt: null,
    soaking: null,
    firmwareSeen: null,
  };
}

/** The map and the firmware of the device, as last read; null before its first read. */
export function groundOf(pass: Pass): Omit<MapKind, "model"> | null {
  const seen = pass.observations.at(-1);
  const { observation, record } = pass.loaded;
  const hash = seen?.mapHash ?? observation?.mapHash;
  const facts = seen?.facts ?? record.facts;
  return hash === undefined ? null : { hash, firmware: facts.softwareVersion ?? "" };
}

/** What `groundOf` says, as it stands beside failures. */
export function underOf(pass: Pass): string | null {
  const ground = groundOf(pass);
  return ground === null ? null : `${ground.hash} ${ground.firmware}`;
}

/** What failed before on this device, and counts here. */
export function memoryOf(pass: Pass): Memory {
  return remembered(pass.loaded.status, pass.effective.generation, underOf(pass));
}

/** Now, on the database's clock, without asking it again. */
export function databaseNow(pass: Pass, monotonicMs: number): Date {
  return new Date(pass.loaded.now.getTime() + (monotonicMs - pass.startedMs));
}

/** A connection request got through, or did not. */
export function noteKnock(pass: Pass, reached: boolean, now: Date): void {
  pass.reach = learnReach(pass.reach, { reached, contactAt: pass.acsContactAt }, now);
}

/** What waits in the ACS to be read, from here on; null when nothing does. */
export function noteAsked(pass: Pass, asked: DeviceReach["asked"]): void {
  pass.reach = { ...pass.reach, asked };
  if (pass.device.reach?.kind === "pull")
    pass.device = { ...pass.device, reach: { kind: "pull", ticket: asked?.ticket ?? null } };
}

/** From here on by its Informs: this pass knocked, and the device is known by now not to hear that. */
export function waitsAfterAll(pass: Pass): boolean {
  if (pass.reach.kind !== "pull" || pass.device.reach?.kind === "pull") return false;
  const ticket = pass.reach.asked?.ticket ?? null;
  pass.device = { ...pass.device, reach: { kind: "pull", ticket } };
  return true;
}
