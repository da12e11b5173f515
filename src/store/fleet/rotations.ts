/**
 * Rotation of a password that we make. It is kept beside the document and wanted of no CPE until somebody says, for that
 * very version, that the AAA takes it: else a line would be cut by a password that nobody accepts.
 */
import type { Kysely } from "kysely";
import { AppError } from "../../lib/errors.ts";
import type { Secret } from "../../lib/secret.ts";
import type { DeviceKey } from "../../model/records.ts";
import type { Actor } from "../../ports/actor.ts";
import type {
  DocumentResult,
  DocumentStore,
  PasswordProof,
  WaitingPassword,
} from "../../ports/document-store.ts";
import { ownStation } from "../../fraud/own-login.ts";
import { normalisedUser } from "../../fraud/sighting.ts";
import { noteProof } from "./credential-proofs.ts";
import type { Keyring } from "../keyring.ts";
import {
  eraseSecret,
  NEXT_PASSWORD_FIELD,
  openSecret,
  PASSWORD_FIELD,
  putSecret,
  storedSecret,
  type StoredSecret,
} from "../secrets.ts";
import type { Database } from "../tables.ts";
import { transact, type Trx } from "../transaction.ts";
import { specOf, viewOf, type DocumentRow } from "./document-spec.ts";
import { documentsOf, highestVersion } from "./document-rows.ts";
import { put } from "./documents.ts";
import { addEvents } from "./events.ts";
import { lockDevice } from "./lock.ts";

const ANYHOW = { ifMatch: null, ifNoneMatch: false } as const;

function placesOf(device: DeviceKey, writer: string) {
  const place = { device, writer, field: PASSWORD_FIELD };
  return { place, next: { ...place, field: NEXT_PASSWORD_FIELD } };
}

async function serviceOf(trx: Trx, device: DeviceKey, writer: string): Promise<DocumentRow> {
  await lockDevice(trx, device);
  const row = (await documentsOf(trx, device)).find((each) => each.writer === writer);
  if (row !== undefined && specOf(row).credentials !== undefined) return row;
  throw new AppError("not_found", `${writer} gives this device no credentials; PUT gives some`);
}

async function generate(
  trx: Trx,
  keyring: Keyring,
  device: DeviceKey,
  password: Secret,
  actor: Actor,
): Promise<{ readonly version: number }> {
  const { place, next } = placesOf(device, actor.owner);
  await serviceOf(trx, device, actor.owner);
  const floor = await highestVersion(trx, place);
  const { version } = await putSecret(trx, keyring, next, password, floor);
  await addEvents(trx, actor, [
    { device, type: "CredentialGenerated", data: { writer: actor.owner, version } },
  ]);
  return { version };
}

/** @returns `made` null: it is the password of the document already. @throws AppError `aaa_unproven` */
async function waitingAt(
  trx: Trx,
  device: DeviceKey,
  version: number,
  writer: string,
): Promise<{
  readonly row: DocumentRow;
  readonly current: StoredSecret | undefined;
  readonly made: StoredSecret | null;
}> {
  const { place, next } = placesOf(device, writer);
  const row = await serviceOf(trx, device, writer);
  const current = await storedSecret(trx, place);
  const made = await storedSecret(trx, next);
  if (made === undefined && current?.version === version) return { row, current, made: null };
  if (made?.version !== version || (current?.version ?? 0) >= version) {
    throw new AppError(
      "aaa_unproven",
      "no password of ours waits at this version; it was replaced, or another one was set meanwhile. Rotate again",
      { details: { version, waiting: made?.version ?? null } },
    );
  }
  return { row, current, made };
}

async function waiting(
  trx: Trx,
  keyring: Keyring,
  device: DeviceKey,
  version: number,
  actor: Actor,
): Promise<WaitingPassword | null> {
  const { row, made } = await waitingAt(trx, device, version, actor.owner);
  if (made === null) return null;
  const { username, realm } = userOf(row);
  const digest = (label: string, text: string): string => keyring.digest(label, text);
  const station = ownStation(digest, normalisedUser({ user: username, realm }));
  return { username, realm, password: openSecret(keyring, made), station };
}

function userOf(row: DocumentRow): { readonly username: string; readonly realm: string } {
  const { username = "", realm = "" } = specOf(row).credentials ?? {};
  return { username, realm };
}

async function confirm(
  trx: Trx,
  keyring: Keyring,
  device: DeviceKey,
  version: number,
  actor: Actor,
  proof: PasswordProof,
): Promise<DocumentResult> {
  const { place, next } = placesOf(device, actor.owner);
  const { row, current, made } = await waitingAt(trx, device, version, actor.owner);
  if (made === null) {
    return { change: "unchanged", generation: row.generation, view: viewOf(row, current) };
  }
  const { username, realm } = userOf(row);
  // The login was made without the lock of the device, as an AAA may take seconds.
  if (proof.kind === "test_login" && (proof.username !== username || proof.realm !== realm)) {
    throw new AppError(
      "aaa_unproven",
      "the document names another user since the test login; it proves nothing of him. Try it again",
      { details: { version, waiting: version } },
    );
  }
  const fields = {
    ...specOf(row),
    credentials: { username, realm, password: openSecret(keyring, made) },
  };
  await eraseSecret(trx, next);
  const done = await put(trx, keyring, place, fields, actor, ANYHOW, false, version);
  await noteProof(trx, place, version, proof, actor);
  return done;
}

export function rotations(
  db: Kysely<Database>,
  keyring: Keyring,
): Pick<DocumentStore, "generatePassword" | "waitingPassword" | "confirmPassword"> {
  return {
    async generatePassword(key, password, actor) {
      return await transact(db, (trx) => generate(trx, keyring, key, password, actor));
    },
    async waitingPassword(key, version, actor) {
      return await transact(db, (trx) => waiting(trx, keyring, key, version, actor));
    },
    async confirmPassword(key, version, actor, proof) {
      return await transact(db, (trx) => confirm(trx, keyring, key, version, actor, proof));
    },
  };
}
