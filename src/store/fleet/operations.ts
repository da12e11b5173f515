/** Operations: what a caller of the API can wait for, one for each change of a document. */
import { sql, type Kysely } from "kysely";
import type { FieldName } from "../../model/fields/index.ts";
import type { DeviceKey } from "../../model/records.ts";
import type { FleetStore, OperationView } from "../../ports/fleet-store.ts";
import type { Database } from "../tables.ts";
import type { Trx } from "../transaction.ts";
import { DEVICE_TABLES, VIEW_COLUMNS, viewOf, type ViewRow } from "./device-view.ts";

/**
 * After the device was made due. What was open of this writer here is superseded: nobody will prove it any more.
 *
 * @param proof what the CPE has to show; for the end of a document, whether a credential is owed to be gone
 */
export async function addOperation(
  trx: Trx,
  device: DeviceKey,
  writer: string,
  generation: number,
  proof:
    | { readonly kind: "change"; readonly fields: readonly FieldName[] }
    | { readonly kind: "end"; readonly owed: boolean },
): Promise<void> {
  await sql`
    update operations set superseded_by = ${generation}
    where device = ${device} and writer = ${writer} and proven_at is null and superseded_by is null`.execute(
    trx,
  );
  const fields = proof.kind === "change" ? proof.fields : [];
  const nothing = proof.kind === "change" ? fields.length === 0 : !proof.owed;
  await sql`
    insert into operations (device, writer, generation, kind, fields, work_gen, proven_at)
    select ${device}, ${writer}, ${generation}, ${proof.kind}, ${[...fields]}::text[], w.gen,
      case when ${nothing} then now() end
    from work w where w.device = ${device}`.execute(trx);
}

interface Row extends ViewRow {
  kind: "change" | "end";
  made_at: Date;
  proven_at: Date | null;
  superseded_by: number | null;
  judged: boolean;
}

export function operations(db: Kysely<Database>): Pick<FleetStore, "operation"> {
  return {
    async operation({ device, writer, generation }) {
      const found = await sql<Row>`
        select ${VIEW_COLUMNS}, o.kind, o.at as made_at, o.proven_at, o.superseded_by,
          coalesce((select max((c ->> 'generation')::bigint) from jsonb_array_elements(s.conditions) c), 0)
            >= o.work_gen as judged
        from operations o join (${DEVICE_TABLES}) on d.device = o.device
        where o.device = ${device} and o.writer = ${writer} and o.generation = ${generation}`.execute(
        db,
      );
      const [row] = found.rows;
      if (row === undefined) return null;
      return {
        writer,
        generation,
        kind: row.kind,
        madeAt: row.made_at,
        provenAt: row.proven_at,
        supersededBy: row.superseded_by,
        judged: row.judged,
        device: viewOf(row),
      } satisfies OperationView;
    },
  };
}
