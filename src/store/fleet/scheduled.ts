/** Makes scheduled documents current when their time has come, by the database's clock; each in a transaction of its own. */
import { sql, type Kysely } from "kysely";
import { AppError } from "../../lib/errors.ts";
import type { DeviceKey } from "../../model/records.ts";
import type { DocumentStore } from "../../ports/document-store.ts";
import type { Keyring } from "../keyring.ts";
import { PASSWORD_FIELD } from "../secrets.ts";
import type { Database } from "../tables.ts";
import { transact, type Trx } from "../transaction.ts";
import { end, put } from "./documents.ts";
import { addEvents } from "./events.ts";
import { lockDevice } from "./lock.ts";
import { dropScheduled, takeScheduled } from "./scheduled-rows.ts";

const ANYHOW = { ifMatch: null, ifNoneMatch: false } as const;

interface Due {
  readonly device: DeviceKey;
  readonly writer: string;
}

/** The oldest first. */
async function nextDue(db: Kysely<Database>): Promise<Due | undefined> {
  const { rows } = await sql<Due>`
    select device, writer from scheduled_documents
    where due_at <= now() and failed_at is null order by due_at, made_at, device limit 1`.execute(
    db,
  );
  return rows[0];
}

async function stillDue(trx: Trx, { device, writer }: Due): Promise<boolean> {
  const { rows } = await sql`
    select from scheduled_documents
    where device = ${device} and writer = ${writer} and due_at <= now() and failed_at is null`.execute(
    trx,
  );
  return rows.length > 0;
}

/** False when another process was first. It is taken out and made current, or neither. */
async function makeCurrent(trx: Trx, keyring: Keyring, due: Due): Promise<boolean> {
  await lockDevice(trx, due.device);
  if (!(await stillDue(trx, due))) return false;
  const place = { ...due, field: PASSWORD_FIELD };
  const later = await takeScheduled(trx, keyring, place);
  if (later === null) return false;
  const actor = actorOf(due, later.requestId);
  if (later.action === "end") await end(trx, place, actor, null);
  else await put(trx, keyring, place, later.fields, actor, ANYHOW, later.clear);
  return true;
}

function actorOf({ writer }: Due, requestId: string | null) {
  return { owner: writer, tokenId: "", requestId: requestId ?? "" };
}

/** What was right when it was scheduled may not be any more: it stays to be seen, and is not tried again. */
async function giveUp(trx: Trx, due: Due, { code, message }: AppError): Promise<void> {
  await lockDevice(trx, due.device);
  if (!(await stillDue(trx, due))) return;
  await sql`
    update scheduled_documents set failed_at = now(), failure = ${message}
    where device = ${due.device} and writer = ${due.writer}`.execute(trx);
  const data = { writer: due.writer, code };
  await addEvents(trx, actorOf(due, null), [
    { device: due.device, type: "ScheduledChangeFailed", data },
  ]);
}

export function scheduled(
  db: Kysely<Database>,
  keyring: Keyring,
): Pick<DocumentStore, "applyScheduled" | "cancelScheduled"> {
  return {
    async applyScheduled() {
      let made = 0;
      for (let due = await nextDue(db); due !== undefined; due = await nextDue(db)) {
        const one = due;
        try {
          if (await transact(db, (trx) => makeCurrent(trx, keyring, one))) made += 1;
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          await transact(db, (trx) => giveUp(trx, one, error));
        }
      }
      return made;
    },
    async cancelScheduled(device, actor) {
      return await transact(db, async (trx) => {
        await lockDevice(trx, device);
        const { owner: writer } = actor;
        const dropped = await dropScheduled(trx, { device, writer, field: PASSWORD_FIELD });
        const data = { writer };
        if (dropped)
          await addEvents(trx, actor, [{ device, type: "ScheduledChangeDropped", data }]);
        return dropped;
      });
    },
  };
}
