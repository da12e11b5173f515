/** Rows of desired documents and their history. */
import { sql, type Kysely } from "kysely";
import type { DeviceKey } from "../../model/records.ts";
import type { Actor } from "../../ports/actor.ts";
import type { SecretPlace } from "../secrets.ts";
import type { Database } from "../tables.ts";
import type { Trx } from "../transaction.ts";
import type { DocumentRow, DocumentSpec } from "./document-spec.ts";

export async function documentsOf(
  trx: Kysely<Database>,
  device: DeviceKey,
): Promise<DocumentRow[]> {
  return await trx
    .selectFrom("desired_documents")
    .selectAll()
    .where("device", "=", device)
    .execute();
}

/** Versions go on counting where an erased password stopped: an old version number never means a new password. */
export async function highestVersion(trx: Trx, place: SecretPlace): Promise<number> {
  const found = await sql<{ version: number | null }>`
    select max((spec #>> '{credentials,password,version}')::int) as version from desired_revisions
    where device = ${place.device} and writer = ${place.writer}`.execute(trx);
  return found.rows[0]?.version ?? 0;
}

/** The row and its line of history. Nothing else writes documents. */
export async function writeDocument(
  trx: Trx,
  place: SecretPlace,
  generation: number,
  spec: DocumentSpec,
  actor: Actor,
  ended: boolean,
): Promise<DocumentRow> {
  const { device, writer } = place;
  const common = {
    device,
    writer,
    generation,
    spec: JSON.stringify(spec),
    changed_by: actor.owner,
    request_id: actor.requestId,
  };
  const ended_at = ended ? sql<Date>`now()` : null;
  await trx
    .insertInto("desired_revisions")
    .values({ ...common, ended })
    .execute();
  return await trx
    .insertInto("desired_documents")
    .values({ ...common, ended_at })
    .onConflict((conflict) =>
      conflict
        .columns(["device", "writer"])
        .doUpdateSet({ ...common, ended_at, changed_at: sql<Date>`now()` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}
