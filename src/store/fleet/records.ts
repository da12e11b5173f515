/** Records as they stand now. Devices have a table of their own and are read as records from it. */
import { sql, type Kysely, type RawBuilder } from "kysely";
import type { FleetStore, StoredRecord } from "../../ports/fleet-store.ts";
import type { RecordForLayers } from "../layers.ts";
import type { Database } from "../tables.ts";

interface Row {
  kind: string;
  name: string;
  revision: number;
  labels: Record<string, string>;
  spec: Record<string, unknown>;
  owner: string;
  changed_at: Date;
}

function recordOf(row: Row): StoredRecord {
  const { changed_at: changedAt, ...rest } = row;
  return { ...rest, changedAt };
}

async function select(
  db: Kysely<Database>,
  kind: string,
  name: string | null,
): Promise<readonly StoredRecord[]> {
  const named = (column: RawBuilder<unknown>) =>
    name === null ? sql`true` : sql`${name} in (${column})`;
  const rows =
    kind === "Device"
      ? await sql<Row>`
          select 'Device' as kind, d.name, d.revision, d.labels, r.spec, d.owner, d.changed_at
          from devices d
          join record_revisions r on r.kind = 'Device' and r.name = d.device_id and r.revision = d.revision
          where ${named(sql`d.name, d.device_id`)} order by d.name`.execute(db)
      : await sql<Row>`
          select kind, name, revision, labels, spec, owner, changed_at from records
          where kind = ${kind} and ${named(sql`name`)} order by name`.execute(db);
  return rows.rows.map(recordOf);
}

/** Everything that layers are made of; a few dozen records, however large the fleet. */
export async function layerRecords(db: Kysely<Database>): Promise<readonly RecordForLayers[]> {
  return [...(await select(db, "Profile", null)), ...(await select(db, "FrequencyPlan", null))];
}

export function records(db: Kysely<Database>): Pick<FleetStore, "records" | "record"> {
  return {
    records: async (kind) => await select(db, kind, null),
    // A device's name and another one's id cannot be equal: a name that looks like an id is its own (manifest/kinds).
    record: async (kind, name) => (await select(db, kind, name))[0] ?? null,
  };
}
