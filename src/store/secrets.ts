/** Stored secrets of desired documents: sealed, with a version that counts changes and a digest that tells equality. */
import { sql, type Kysely, type Selectable, type Transaction } from "kysely";
import type { Secret } from "../lib/secret.ts";
import type { DeviceKey } from "../model/records.ts";
import type { Keyring } from "./keyring.ts";
import { sealFor } from "./sealing.ts";
import type { Database } from "./tables.ts";

/** The place of the password in a document, and so in `secrets.field`. */
export const PASSWORD_FIELD = "credentials.password";

/** A password of our own making, before the AAA takes it: in no document, and wanted of no CPE. */
export const NEXT_PASSWORD_FIELD = "credentials.password.next";

/** The password of a document that becomes current later. */
export const SCHEDULED_PASSWORD_FIELD = "credentials.password.scheduled";

/** What the index key signs for secrets; a user name has another label. */
const DIGEST_LABEL = "secret";

export interface SecretPlace {
  readonly device: DeviceKey;
  readonly writer: string;
  readonly field: string;
}

export type StoredSecret = Selectable<Database["secrets"]>;

/** Binds a sealed secret to its row: moved to another device, writer, field or version it does not open. */
export function aadOf(place: SecretPlace, version: number): string {
  return `secrets|${place.device}|${place.writer}|${place.field}|${version}`;
}

export async function storedSecret(
  trx: Kysely<Database>,
  place: SecretPlace,
): Promise<StoredSecret | undefined> {
  return await trx
    .selectFrom("secrets")
    .selectAll()
    .where("device", "=", place.device)
    .where("writer", "=", place.writer)
    .where("field", "=", place.field)
    .executeTakeFirst();
}

export function isSameSecret(
  keyring: Keyring,
  stored: Pick<StoredSecret, "digest">,
  secret: Secret,
): boolean {
  return stored.digest === keyring.digest(DIGEST_LABEL, secret.open());
}

/**
 * Stores a secret, or leaves everything as it is when the same one stands there: the same password twice is no change.
 * The caller holds the lock of the device.
 *
 * @param floor the highest version that this place ever had; versions never come back, not even after an erasure
 */
export async function putSecret(
  trx: Transaction<Database>,
  keyring: Keyring,
  place: SecretPlace,
  secret: Secret,
  floor: number,
): Promise<StoredSecret> {
  const digest = keyring.digest(DIGEST_LABEL, secret.open());
  const before = await storedSecret(trx, place);
  if (before?.digest === digest) return before;
  const version = Math.max(before?.version ?? 0, floor) + 1;
  const { keyId, sealedKey, sealed } = await sealFor(trx, keyring, aadOf(place, version), secret);
  const row = { version, digest, key_id: keyId, sealed_key: sealedKey, sealed };
  return await trx
    .insertInto("secrets")
    .values({ ...place, ...row })
    .onConflict((conflict) =>
      conflict
        .columns(["device", "writer", "field"])
        .doUpdateSet({ ...row, changed_at: sql<Date>`now()` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** What is not wanted any more is not kept: without the row its data key is gone too. */
export async function eraseSecret(trx: Transaction<Database>, place: SecretPlace): Promise<void> {
  await trx
    .deleteFrom("secrets")
    .where("device", "=", place.device)
    .where("writer", "=", place.writer)
    .where("field", "=", place.field)
    .execute();
}

/** @throws AppError `secret_unavailable` */
export function openSecret(
  keyring: Keyring,
  row: Omit<StoredSecret, "digest" | "changed_at">,
): Secret {
  const sealed = { keyId: row.key_id, sealedKey: row.sealed_key, sealed: row.sealed };
  return keyring.open(aadOf(row, row.version), sealed);
}

/** How a secret is shown: that it is set, which one it is to somebody who compares, since when. Never more. */
export function shownSecret(row: Pick<StoredSecret, "version" | "digest" | "changed_at">): object {
  return {
    set: true,
    version: row.version,
    fingerprint: row.digest.slice(0, 4),
    changedAt: row.changed_at.toISOString(),
  };
}
