/** Time that a scenario does not wait for: what the engine would look at in seconds or hours, it looks at now. */
import { sql, type Kysely } from "kysely";
import { CALL_CLASSES, type CallClass } from "../../src/model/call-class.ts";
import type { Database } from "../../src/store/tables.ts";

/** Makes what waits due now, unless a pass has it in hand. @param classes all of them unless told */
export async function hurry(
  db: Kysely<Database>,
  classes: readonly CallClass[] = CALL_CLASSES,
): Promise<void> {
  await db
    .updateTable("work")
    .set({ due_at: new Date(0) })
    .where("due_at", ">", new Date())
    .where("holder", "is", null)
    .where(
      "class",
      "in",
      classes.map((cls) => CALL_CLASSES.indexOf(cls)),
    )
    .execute();
}

/** Ends the pause behind a failure, so that the second and last try is made now. Quarantine stays. */
export async function pauseOver(db: Kysely<Database>): Promise<void> {
  await sql`
    update device_status set faults = jsonb_set(faults, '{notBefore}', '"1970-01-01T00:00:00Z"')
    where faults ->> 'notBefore' is not null and faults ->> 'operation' is null`.execute(db);
}

export async function nothingDue(db: Kysely<Database>): Promise<boolean> {
  const due = await db
    .selectFrom("work")
    .select("device")
    .where("due_at", "<", new Date())
    .execute();
  return due.length === 0;
}
