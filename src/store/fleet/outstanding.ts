/**
 * What the ACS may still do: changes that were sent, or may have been, and that no read has settled; and those of the
 * ledger, which have a verdict and may be executed late all the same.
 */
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
  /** Null: no read has settled it. */
  readonly verdict: string | null;
  readonly reason: string;
  readonly intendedAt: Date;
  /** Null while it is waited for. */
  readonly mayFireUntil: Date | null;
  /** Paths that it would write, or the one thing that it would do. */
  readonly does: readonly string[];
  /** Can the ACS take it back? A write to one that can is taken back by itself when something newer is wanted. */
  readonly canTakeBack: boolean;
}

/**
 * Of `intents i`. A call that was refused, never sent or taken back leaves nothing behind, and a firmware that was seen to
 * run only soaks.
 */
const OPEN_INTENT = sql<boolean>`(i.verdict is null and i.seen_at is null
  and (i.outcome is null or i.outcome not in ('rejected', 'not_sent', 'away')))`;

/** One that was proven by nothing that reads back does no harm while its secret is the one that is wanted. */
const LATE = sql<boolean>`(i.may_fire_until > now() and (i.verdict <> 'verified' or exists (
  select from jsonb_array_elements(i.edits) as edit
    left join secret_states t on t.device = i.device and t.logical = edit -> 'value' ->> 'logical'
  where edit -> 'value' ->> 'digest' is distinct from t.digest)))`;

/** Oldest first. Values are left out: what is wanted stands in its record, and secrets nowhere. */
export async function outstanding(
  db: Kysely<Database>,
  condition: RawBuilder<boolean>,
): Promise<readonly (Outstanding & Record<string, unknown>)[]> {
  const found = await sql<Outstanding & Record<string, unknown>>`
    select i.id, d.device_id as device, i.change_id as "changeId", i.fields, i.step, i.steps, i.outcome, i.verdict,
      i.reason, i.intended_at as "intendedAt", i.may_fire_until as "mayFireUntil",
      array(select coalesce(edit ->> 'action' || ' ', '') || coalesce(edit ->> 'path', edit ->> 'image', '')
            from jsonb_array_elements(i.edits) as edit) as does,
      coalesce((select r.spec ->> 'kind' = 'genieacs' from records r where r.kind = 'Acs' and r.name = i.acs), false)
        as "canTakeBack"
    from intents i join devices d on d.device = i.device
    where ${condition} and (${OPEN_INTENT} or ${LATE}) order by i.id`.execute(db);
  return found.rows;
}
