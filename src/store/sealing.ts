/**
 * Sealing for a row: under the newest key of the ring, and never under one that is being retired.
 *
 * A server may have read its ring before a key was added to it. So the database says which keys are retired, and whoever
 * seals shares a lock with the row of its key until its secret is committed: once a key is retired, everything that will
 * ever stand under it can be seen, and a rotation that finds nothing left is right.
 */
import { sql } from "kysely";
import { AppError } from "../lib/errors.ts";
import type { Secret } from "../lib/secret.ts";
import type { Keyring, Sealed } from "./keyring.ts";
import type { Trx } from "./transaction.ts";

async function lockedKey(trx: Trx, id: string): Promise<{ retired: boolean } | undefined> {
  const found = await sql<{ retired: boolean }>`
    select retired_at is not null as retired from sealing_keys where id = ${id} for share`.execute(
    trx,
  );
  return found.rows[0];
}

async function maySeal(trx: Trx, id: string): Promise<boolean> {
  let key = await lockedKey(trx, id);
  if (key === undefined) {
    await sql`insert into sealing_keys (id) values (${id}) on conflict do nothing`.execute(trx);
    key = await lockedKey(trx, id);
  }
  return key?.retired === false;
}

/**
 * @param aad the place where the result will stand
 * @throws AppError `bad_config` where this server's ring has no key but retired ones
 */
export async function sealFor(
  trx: Trx,
  keyring: Keyring,
  aad: string,
  secret: Secret,
): Promise<Sealed> {
  for (;;) {
    const sealed = keyring.seal(aad, secret);
    if (await maySeal(trx, sealed.keyId)) return sealed;
    keyring.reread();
    // Not whether this call found another one: others of this server read the file as well.
    if (keyring.newestId !== sealed.keyId) continue;
    throw new AppError(
      "bad_config",
      `The newest key in this server's key ring, ${sealed.keyId}, is retired: another server rotated the keys. ` +
        "Put the ring of that server here; nothing was stored.",
    );
  }
}
