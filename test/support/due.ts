/** Time that a scenario does not wait for: what the engine would look at in seconds or hours, it looks at now. */
import type { Kysely } from "kysely";
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

export async function nothingDue(db: Kysely<Database>): Promise<boolean> {
  const due = await db
    .selectFrom("work")
    .select("device")
    .where("due_at", "<", new Date())
    .execute();
  return due.length === 0;
}
