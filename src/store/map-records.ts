/** `ParameterMap` records as whole documents: what the mapping layer loads beside the maps that ship. */
import type { Kysely } from "kysely";
import type { MapRecord } from "../model/records.ts";
import type { Database } from "./tables.ts";

export async function mapRecords(db: Kysely<Database>): Promise<MapRecord[]> {
  const rows = await db
    .selectFrom("records")
    .select(["name", "revision", "labels", "spec"])
    .where("kind", "=", "ParameterMap")
    .orderBy("name")
    .execute();
  return rows.map(({ name, revision, labels, spec }) => ({
    name,
    revision,
    document: {
      apiVersion: "plumbline/v1",
      kind: "ParameterMap",
      metadata: { name, labels },
      spec,
    },
  }));
}
