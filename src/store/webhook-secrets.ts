/** Signing secrets of webhooks: sealed like those of devices, and bound to their place. */
import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Secret } from "../lib/secret.ts";
import type { Keyring } from "./keyring.ts";
import type { Database } from "./tables.ts";

/** Moved to another webhook or version it does not open. */
export function signingAad(webhook: string, version: number): string {
  return `webhook_secrets|${webhook}|${version}`;
}

/** Those that are good now, newest first. @throws AppError `secret_unavailable` */
export async function signingSecrets(
  db: Kysely<Database>,
  keyring: Keyring,
  webhook: string,
): Promise<readonly Secret[]> {
  const rows = await db
    .selectFrom("webhook_secrets")
    .selectAll()
    .where("webhook", "=", webhook)
    .where((where) =>
      where.or([where("expires_at", "is", null), where("expires_at", ">", sql<Date>`now()`)]),
    )
    .orderBy("version", "desc")
    .execute();
  return rows.map(({ version, key_id, sealed_key, sealed }) =>
    keyring.open(signingAad(webhook, version), { keyId: key_id, sealedKey: sealed_key, sealed }),
  );
}
