/** What the store hands to the engine: one device with everything that a pass needs, as one consistent read. */
import type { CallClass } from "./call-class.ts";
import type { DeviceFacts, DeviceId, DeviceIdentity } from "./device.ts";
import type { Credentials } from "./fields/credentials.ts";
import type { FieldName, FieldValues } from "./fields/index.ts";
import type { Epoch } from "./epoch.ts";
import type { DownloadIntent, FirmwareImage, Window } from "./firmware-records.ts";
import type { Hop, ParameterPath, Snapshot } from "./parameter.ts";
import type { Condition, Reason, State } from "./status.ts";

export type { DownloadIntent, FirmwareImage, Window } from "./firmware-records.ts";

/** Our internal number of a device: never reused, never shown to people. */
export type DeviceKey = number;

export interface Hold {
  readonly reason: string;
  readonly by: string;
  /** RFC 3339, or null for "until released". */
  readonly until: string | null;
}

export interface OwedRevocation {
  readonly id: number;
  readonly username: string;
  readonly realm: string;
  readonly since: Date;
}

export interface DeviceRecord {
  readonly key: DeviceKey;
  readonly id: DeviceId;
  readonly identity: DeviceIdentity;
  readonly acs: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly facts: DeviceFacts;
  readonly hold: Hold | null;
  readonly owedRevocations: readonly OwedRevocation[];
}

export type FieldSet = { readonly [Name in FieldName]?: FieldValues[Name] };

export interface DesiredDocument {
  readonly writer: string;
  /** Counts the changes of this document; the ETag. */
  readonly generation: number;
  readonly fields: FieldSet;
  readonly secretDigest: string | null;
  readonly changedAt: Date;
  readonly endedAt: Date | null;
}

export interface ProfileLayer {
  readonly name: string;
  readonly revision: number;
  readonly owner: string;
  readonly specificity: number;
  readonly fields: FieldSet;
  readonly changedAt: Date;
}

export interface ParkingCredential {
  readonly acs: string;
  readonly credentials: Credentials;
  readonly secretDigest: string;
}

/** The digest of a secret that a late execution may have replaced: no wanted secret has it, so it is written anew. */
export const DOUBTED = "doubted";
/** In place of a digest: the secret that was there is gone. No wanted secret has this digest. */
export const LOST_SECRET = "lost";

/** What we believe a device holds where it never reads back. */
export interface SecretState {
  readonly digest: string;
  readonly origin: "assumed" | "written";
  /** The life of the device in which that was so; null is not known. */
  readonly epoch: Epoch | null;
}

export interface StoredObservation {
  readonly readAt: Date;
  readonly mapHash: string;
  readonly snapshot: Snapshot;
  /** As it was read; null where it was not. */
  readonly informIntervalMs: number | null;
  readonly epoch: Epoch | null;
}

/** A change that was sent, or may have been, and that no read has settled yet. */
export interface OpenIntent {
  readonly id: number;
  readonly changeId: string;
  readonly fields: readonly FieldName[];
  readonly generation: string;
  readonly intendedAt: Date;
  /** Null: the process died between the call and its record. */
  readonly outcome: "done" | "accepted" | "unknown" | null;
  /** It asked for a reboot. */
  readonly reboot: boolean;
  readonly edits: readonly StoredEdit[];
  /** What the ACS called it when it took it; empty when it did not. */
  readonly ticket: string;
  /** How long the device may be away after it before that is news. */
  readonly settleMs: number;
  /** Null for any other change. */
  readonly download: DownloadIntent | null;
}

/** One value of a write as it is kept: a secret by its name and its keyed digest. Other operations have no value. */
export type StoredEdit =
  | {
      readonly path: ParameterPath;
      readonly value:
        | { readonly kind: "text"; readonly text: string }
        | { readonly kind: "secret"; readonly logical: string; readonly digest?: string };
    }
  | { readonly action: "add" | "delete" | "reboot" | "factoryReset"; readonly path?: string }
  | StoredDownload;

export interface StoredDownload extends Hop {
  readonly action: "download";
  readonly fileName: string;
  readonly fileType: string;
  readonly sizeBytes: number;
}

/** A write that has its verdict, and that the ACS may still execute. */
export interface LateWrite {
  readonly id: number;
  readonly changeId: string;
  readonly fields: readonly FieldName[];
  readonly intendedAt: Date;
  readonly edits: readonly StoredEdit[];
  /** When a secret of the device was last written, or this write settled, whatever came last. */
  readonly overwrittenAt: Date;
  /** Secrets were written once more for its sake. */
  readonly doubted: boolean;
}

/** An operation that nobody of a model is written any more, since it led three devices into quarantine. */
export interface ModelBlock {
  readonly firmware: string;
  readonly mapHash: string;
  /** The fields, joined by `+`, in order. */
  readonly operation: string;
  /** The names of the three. */
  readonly devices: readonly string[];
}

/** What goes with the failures of a device: under what they happened, and what follows from them. */
export interface FaultMemory {
  /** Faults since the last success, whatever they were. */
  readonly inRow: number;
  /** Map and firmware under which they happened; null: nobody has read the device. */
  readonly under: string | null;
  /** Nothing is written before this moment; null: at any time, or quarantine begins when the device is back. */
  readonly notBefore: Date | null;
  /** The operation that led into quarantine; null: none did since the last success. */
  readonly operation: string | null;
  /** The last write of which was said whether the device was lost by it. */
  readonly judged: number | null;
  /** When a person last said that it may be tried again. */
  readonly freedAt: Date | null;
}

export const NO_FAULTS: FaultMemory = {
  inRow: 0,
  under: null,
  notBefore: null,
  operation: null,
  judged: null,
  freedAt: null,
};

/** The other devices of a site: all that may be told of it without asking one of them. */
export interface Neighbours {
  /** There until shortly before the write. */
  readonly others: number;
  /** With a sign of life since the device was missed. */
  readonly seen: number;
  /** Went away since shortly before the write, and not by a write of ours to a device of the same kind. */
  readonly gone: number;
}

/** How often one field was corrected within the last 24 h under one generation: written, and read back equal. */
export interface Corrections {
  readonly field: FieldName;
  readonly generation: string;
  readonly times: number;
}

/** A `ParameterMap` record as it stands now: the whole document, envelope and all. */
export interface MapRecord {
  readonly name: string;
  readonly revision: number;
  readonly document: unknown;
}

/** Which state of the maps it is: equal only where every `ParameterMap` record is the same. @param records by name */
export function mapsVersion(records: readonly Pick<MapRecord, "name" | "revision">[]): string {
  return records.map(({ name, revision }) => `${name} ${revision}`).join(", ");
}

/** How its ACS gets at a device, as learnt from what became of connection requests. Times but `missedAt` are ours. */
export interface DeviceReach {
  readonly kind: "push" | "pull";
  /** When that was learnt, or last tried again. */
  readonly since: Date | null;
  /** Its last contact, by the ACS's clock, when a connection request first did not get through. */
  readonly missedAt: Date | null;
  /** What the ACS is to read at its next Inform, and when that was asked. */
  readonly asked: { readonly ticket: string; readonly at: Date } | null;
}

/** Before anything is learnt, connection requests are taken to get through. */
export const UNLEARNT: DeviceReach = { kind: "push", since: null, missedAt: null, asked: null };

export interface DeviceStatus {
  readonly state: State;
  readonly reason: Reason;
  /** When the device came into this state, for this reason. */
  readonly since: Date;
  readonly generation: string;
  readonly conditions: readonly Condition[];
  /** Times that an operation failed in the same way, by signature. */
  readonly failures: Readonly<Record<string, number>>;
  readonly faults: FaultMemory;
  /** Null until an ACS has said anything about it. */
  readonly reachable: boolean | null;
  /** The last sign of life; database time. */
  readonly contactAt: Date | null;
  readonly reach: DeviceReach;
  /** By its ACS's clock, as a text: when it was last reset; empty is never, null is not told. */
  readonly bootstrapped: string | null;
  readonly settledUnder: SettledUnder | null;
}

/** What was wanted, through which map, by which version of ours, when a device last differed in nothing that we write. */
export interface SettledUnder {
  /** Content of each wanted field, by name. */
  readonly fields: Readonly<Record<string, string>>;
  readonly mapHash: string;
  readonly release: string;
}

/** A device turned away by itself: the one cause of a correction that is not ours. */
export const DRIFT_CAUSE = "drift";

/** A stop that lets reads go on. */
export interface WriteStop {
  readonly reason: string;
  readonly by: string;
  /** Holds corrections of this cause alone; null holds every write. */
  readonly cause: string | null;
}

/** A due device in our hands, for as long as the lease lasts. */
export interface WorkItem {
  readonly key: DeviceKey;
  readonly id: DeviceId;
  readonly acs: string;
  readonly class: CallClass;
  /** Moves when somebody makes the device due again; a pass that read an older one leaves it due. */
  readonly gen: number;
  readonly reason: string;
}

export interface LoadedDevice {
  readonly record: DeviceRecord;
  readonly profiles: readonly ProfileLayer[];
  readonly documents: readonly DesiredDocument[];
  readonly parking: ParkingCredential | null;
  readonly secretStates: ReadonlyMap<string, SecretState>;
  readonly observation: StoredObservation | null;
  readonly openIntents: readonly OpenIntent[];
  /** What the ACS may still execute of what was settled; oldest first. */
  readonly ledger: readonly LateWrite[];
  readonly corrections: readonly Corrections[];
  /** Passes of the last 24 h that wrote a field, proven or not, since a person last released the device. */
  readonly attempts: readonly Corrections[];
  /** What must not be written to its model. */
  readonly blocks: readonly ModelBlock[];
  /** All there are: for which of them the device is made is seen when it has said its model. */
  readonly images: readonly FirmwareImage[];
  /** Windows in force for this device, those of now and of later. No record makes one yet. */
  readonly windows: readonly Window[];
  readonly status: DeviceStatus;
  /** Of the ACS's record: a pass under older settings leaves the device to the next one. */
  readonly acsRevision: number;
  /** Of the `ParameterMap` records, for the same reason. */
  readonly mapsVersion: string;
  /** The stop that covers this device, if one does. */
  readonly stop: { readonly reason: string; readonly by: string } | null;
  readonly writeStops: readonly WriteStop[];
  /** The fraud desk wants to know which secrets CPEs show (P10); nobody asks a CPE for them otherwise. */
  readonly asksSecrets: boolean;
  /** The database's clock at the read. */
  readonly now: Date;
}
