/** Desired documents of one writer, and what became of each change of them. One transaction each. */
import type { Secret } from "../lib/secret.ts";
import type { DeviceId } from "../model/device.ts";
import type { FieldSet, LoadedDevice, MapRecord } from "../model/records.ts";
import type { Actor } from "./actor.ts";
import type { DeviceView } from "./device-view.ts";

/** How one document stands after a write. */
export interface DocumentResult {
  /** `scheduled`: it becomes so later, and the view is of now. */
  readonly change: "created" | "changed" | "unchanged" | "scheduled";
  readonly generation: number;
  readonly view: DocumentView;
  /** After a dry run: the device as a pass would find it then. */
  readonly planned?: Planned | null;
}

/** A device as the engine would load it, with the maps of that moment. It holds secrets, closed. */
export interface Planned {
  readonly device: LoadedDevice;
  readonly maps: readonly MapRecord[];
}

/** A document without its secrets. */
/** A password of our making that no CPE has yet, and whose it is. */
export interface WaitingPassword {
  readonly username: string;
  readonly realm: string;
  readonly password: Secret;
  /** Calling-Station-Id of a login of ours for this user, by which it is known again. */
  readonly station: string;
}

/** Why we believe that the AAA takes a password of our making. */
export type PasswordProof =
  | { readonly kind: "word" }
  | {
      readonly kind: "test_login";
      /** Name of the `Aaa` record whose server accepted it. */
      readonly aaa: string;
      /** The user that it accepted: a document that names another one since is not proven. */
      readonly username: string;
      readonly realm: string;
    };

/** What each side of a credential is known to have. */
export interface CredentialSides {
  readonly aaa: {
    readonly version: number;
    /** `put`: its writer gave it, and says by that that the AAA takes it. */
    readonly proof: "put" | PasswordProof["kind"];
    /** Name of the `Aaa` record that accepted a test login. */
    readonly by: string | null;
    readonly at: Date;
  };
  /** When a read showed it on the CPE; null: not yet. */
  readonly cpe: { readonly provenAt: Date | null };
  /** Of our making, and not proven at the AAA; the CPE does not get it. */
  readonly waiting: { readonly version: number; readonly since: Date } | null;
}

export interface DocumentView {
  readonly writer: string;
  readonly generation: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly changedAt: Date;
  readonly endedAt: Date | null;
  /** What becomes of it later; where somebody looked. */
  readonly scheduled?: ScheduledView | null;
  /** Of its password; null: it has none. Where somebody looked. */
  readonly sides?: CredentialSides | null;
}

/** What a document becomes at a time, without its secret. */
export interface ScheduledView {
  readonly effectiveAt: Date;
  readonly action: "put" | "end";
  readonly fields: Readonly<Record<string, unknown>>;
  /** Why it could not become current when it was due. */
  readonly failure: string | null;
}

export interface SwapAsked {
  /** The serial of the old CPE, as the caller knows it; null: any. */
  readonly expectSerial: string | null;
  /** What became of the old CPE, in the caller's words. */
  readonly oldIs: string | null;
  /** Of the document on the old CPE. */
  readonly precondition: readonly number[] | "*" | null;
  /** Throws where the caller may not write one of these fields. Called under the lock, perhaps several times. */
  readonly allow: (fields: readonly string[]) => void;
}

/** `view` is of the document in its new place. */
export interface SwapResult extends DocumentResult {
  readonly from: DeviceId;
  readonly to: DeviceId;
}

/** One change of a document. */
export interface OperationName {
  readonly device: number;
  readonly writer: string;
  readonly generation: number;
}

/** A change with its proof, and the device as it is now. */
export interface OperationView {
  readonly writer: string;
  readonly generation: number;
  readonly kind: "change" | "end";
  readonly madeAt: Date;
  /** Final: what the CPE does later is another matter. */
  readonly provenAt: Date | null;
  readonly supersededBy: number | null;
  /** The state of the device was found by a pass that knew of this change. */
  readonly judged: boolean;
  readonly device: DeviceView;
}

export interface DocumentStore {
  putDocument(
    key: number,
    fields: FieldSet,
    actor: Actor,
    precondition: {
      readonly ifMatch: readonly number[] | "*" | null;
      readonly ifNoneMatch: boolean;
    },
    /** `clearSecret`: a credential without a password from now on; otherwise one that is left out is kept. */
    options: {
      readonly dryRun: boolean;
      readonly clearSecret?: boolean;
      readonly effectiveAt?: Date | null;
    },
  ): Promise<DocumentResult>;
  /** What `putDocument` would be now, without lock and plan: cheap, and only a forecast. @throws `field_conflict` */
  judgeDocument(
    key: number,
    fields: FieldSet,
    actor: Actor,
    options: { readonly clearSecret: boolean },
  ): Promise<"created" | "changed" | "unchanged">;
  /**
   * As `putDocument`, with what `decide` makes of the document as it stands under the lock: nobody comes in between.
   * `decide` may be called several times. @throws `not_found` where there is no document
   */
  patchDocument(
    key: number,
    decide: (before: DocumentView) => { readonly fields: FieldSet; readonly clearSecret: boolean },
    actor: Actor,
    precondition: Parameters<DocumentStore["putDocument"]>[3],
    options: { readonly dryRun: boolean; readonly effectiveAt?: Date | null },
  ): Promise<DocumentResult>;
  document(key: number, writer: string): Promise<DocumentView | null>;
  /** Names of the fields that it sets; none where there is no document, or an ended one. */
  documentFields(key: number, writer: string): Promise<readonly string[]>;
  /** Tombstone; owes a revocation when the document held credentials. Repeats give the same answer. */
  endDocument(
    key: number,
    actor: Actor,
    ifMatch: readonly number[] | "*" | null,
    options?: { readonly dryRun: boolean; readonly effectiveAt?: Date | null },
  ): Promise<Pick<DocumentResult, "view" | "planned"> | null>;

  /** Moves the document of the actor's owner. @throws `swap_conflict`, `field_conflict`, `not_found` */
  swapDocument(
    from: number,
    to: number,
    actor: Actor,
    asked: SwapAsked,
    options: { readonly dryRun: boolean },
  ): Promise<SwapResult>;
  /** Keeps a password that no CPE is given yet; one that waits already is replaced. @throws `not_found` */
  generatePassword(
    key: number,
    password: Secret,
    actor: Actor,
  ): Promise<{ readonly version: number }>;
  /**
   * The password of this version, for a login that proves it. Null: it is the one of the document already.
   * @throws `aaa_unproven`, `not_found`
   */
  waitingPassword(key: number, version: number, actor: Actor): Promise<WaitingPassword | null>;
  /** The AAA takes the password of this version: it is wanted of the CPE now. @throws `aaa_unproven`, `not_found` */
  confirmPassword(
    key: number,
    version: number,
    actor: Actor,
    proof: PasswordProof,
  ): Promise<DocumentResult>;
  /** For changes that are made one by one. @throws `count_unconfirmed`: `expect` does not name that many devices (I12) */
  confirmDevices(count: number, expect: number | null): Promise<void>;
  /** Makes current what is due, by the database's clock. @returns how many documents */
  applyScheduled(): Promise<number>;
  /** False when the actor's owner had nothing scheduled there. */
  cancelScheduled(key: number, actor: Actor): Promise<boolean>;
  operation(name: OperationName): Promise<OperationView | null>;
}
