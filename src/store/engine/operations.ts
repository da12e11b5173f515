/** Operations that the passes of the engine bring to their end: a change is proven once, and stays so whatever comes later. */
import { sql } from "kysely";
import type { PassRecord } from "../../ports/engine-store.ts";
import type { Trx } from "../transaction.ts";

/**
 * A change is proven when a pass that began after it read each of its fields equal; the end of a document when nothing of
 * it is owed any more. Called after the revocations of the pass are stored.
 */
export async function proveOperations(trx: Trx, pass: PassRecord): Promise<void> {
  if (pass.equal.length === 0 && pass.revocationsProven.length === 0) return;
  await sql`
    update operations o set proven_at = now()
    where o.device = ${pass.work.key} and o.proven_at is null and o.superseded_by is null
      and case when o.kind = 'change'
               then o.work_gen <= ${pass.work.gen} and o.fields <@ ${[...pass.equal]}::text[]
               else not exists (select from revocations r
                                where r.device = o.device and r.writer = o.writer and r.proven_at is null) end`.execute(
    trx,
  );
}
