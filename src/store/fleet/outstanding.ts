/** Changes that were sent, or may have been, and that no read has settled: what the ACS may still do. */
import { sql, type Kysely, type RawBuilder } from "kysely";
import type { Database } from "../tables.ts";

export interface Outstanding {
  readonly id: number;
  readonly device: string;
  readonly changeId: string;
  readonly fields: readonly string[];
  readonly step: number;
  readonly steps: number;
  /** Null: the process died between the call and its record, so it counts as sent. */
  readonly outcome: string | null;
  readonly reason: string;
  readonly intendedAt: Date;
}

/** Of `intents i`. A call that was refused, never sent or taken back leaves nothing behind. */
const OPEN_INTENT = sql<boolean>`(i.verdict is null
  and (i.outcome is null or i.outcome not in ('rejected', 'not_sent', 'away')))`;

/** Oldest first. Edits are left out: values stand in the record of what is wanted, and secrets nowhere. */
export async function outstanding(
  db: Kysely<Database>,
  condition: RawBuilder<boolean>,
): Promise<readonly (Outstanding & Record<string, unknown>)[]> {
  const found = await sql<Outstanding & Record<string, unknown>>`
    select i.id, d.device_id as device, i.change_id as "changeId", i.fields, i.step, i.steps, i.outcome, i.reason,
      i.intended_at as "intendedAt"
    from intents i join devices d on d.device = i.device
    where ${condition} and ${OPEN_INTENT} order by i.id`.execute(db);
  return found.rows;
}
