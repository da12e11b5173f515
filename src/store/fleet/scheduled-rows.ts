/**
 * Documents that become current later: one at most for each device and writer, as the last word of a writer counts. A
 * change that is made after it takes its place; a repeat that changes nothing does not.
 */
import { sql } from "kysely";
import { canonicalJson } from "../../lib/hash.ts";
import type { DeviceKey, FieldSet } from "../../model/records.ts";
import type { Actor } from "../../ports/actor.ts";
import type {
  DocumentResult,
  DocumentStore,
  DocumentView,
  ScheduledView,
} from "../../ports/document-store.ts";
import type { Keyring } from "../keyring.ts";
import {
  eraseSecret,
  openSecret,
  PASSWORD_FIELD,
  putSecret,
  SCHEDULED_PASSWORD_FIELD,
  storedSecret,
  type SecretPlace,
} from "../secrets.ts";
import type { Trx } from "../transaction.ts";
import { documentsOf } from "./document-rows.ts";
import {
  checkPrecondition,
  nextSpec,
  refuseOwned,
  viewOf,
  type DocumentSpec,
} from "./document-spec.ts";
import { normalisedUser } from "../../fraud/sighting.ts";
import { enqueue } from "../fraud/due.ts";
import { addEvents } from "./events.ts";
import { lockDevice } from "./lock.ts";

/** What is to be, and when. */
interface Later {
  readonly action: "put" | "end";
  readonly fields: FieldSet;
  /** The credential has no password from then on; otherwise one that is left out is kept. */
  readonly clear: boolean;
  readonly dueAt: Date;
}

interface Row {
  device: DeviceKey;
  writer: string;
  due_at: Date;
  action: "put" | "end";
  spec: DocumentSpec;
  clear_secret: boolean;
  request_id: string | null;
  failure: string | null;
}

/** By the database's clock. */
export async function isPast(trx: Trx, at: Date): Promise<boolean> {
  const { rows } = await sql<{ past: boolean }>`select ${at}::timestamptz <= now() as past`.execute(
    trx,
  );
  return rows[0]?.past === true;
}

const secretOf = (place: SecretPlace): SecretPlace => ({
  ...place,
  field: SCHEDULED_PASSWORD_FIELD,
});

async function rowOf(trx: Trx, { device, writer }: Pick<SecretPlace, "device" | "writer">) {
  const { rows } = await sql<Row>`
    select device, writer, due_at, action, spec, clear_secret, request_id, failure from scheduled_documents
    where device = ${device} and writer = ${writer}`.execute(trx);
  return rows[0];
}

export async function scheduledOf(
  trx: Trx,
  device: DeviceKey,
  writer: string,
): Promise<ScheduledView | null> {
  const row = await rowOf(trx, { device, writer });
  if (row === undefined) return null;
  const { fields } = viewOf(
    { ...row, generation: 0, changed_at: row.due_at, ended_at: null } as never,
    undefined,
  );
  return { effectiveAt: row.due_at, action: row.action, fields, failure: row.failure };
}

/** Before there is a document: what GET shows of one that is to come. */
export function nothingYet(
  writer: string,
  { effectiveAt }: Pick<ScheduledView, "effectiveAt">,
): DocumentView {
  return { writer, generation: 0, fields: {}, changedAt: effectiveAt, endedAt: null };
}

/** Stores it in place of one that waits. The same again is no change. */
export async function schedule(
  trx: Trx,
  keyring: Keyring,
  place: SecretPlace,
  later: Later,
  actor: Actor,
  precondition: Parameters<DocumentStore["putDocument"]>[3],
): Promise<DocumentResult> {
  const { device, writer } = place;
  await lockDevice(trx, device);
  const all = await documentsOf(trx, device);
  const row = all.find((each) => each.writer === writer);
  refuseOwned(later.fields, writer, all);
  checkPrecondition(row, precondition);
  const before = await rowOf(trx, place);
  const digest = (await storedSecret(trx, secretOf(place)))?.digest;
  await placeScheduled(trx, keyring, place, later, actor.requestId);
  const after = await rowOf(trx, place);
  const same =
    canonicalJson({ ...before, request_id: null }) ===
      canonicalJson({ ...after, request_id: null }) &&
    digest === (await storedSecret(trx, secretOf(place)))?.digest;
  if (!same) {
    const data = { writer, action: later.action, effectiveAt: later.dueAt.toISOString() };
    await addEvents(trx, actor, [{ device, type: "ChangeScheduled", data }]);
  }
  const secret = await storedSecret(trx, { ...place, field: PASSWORD_FIELD });
  const view =
    row === undefined ? nothingYet(writer, { effectiveAt: later.dueAt }) : viewOf(row, secret);
  const scheduled = await scheduledOf(trx, device, writer);
  return {
    change: same ? "unchanged" : "scheduled",
    generation: view.generation,
    view: { ...view, scheduled },
  };
}

export async function placeScheduled(
  trx: Trx,
  keyring: Keyring,
  place: SecretPlace,
  { action, fields, clear, dueAt }: Later,
  requestId: string | null,
): Promise<void> {
  const { device, writer } = place;
  const password = fields.credentials?.password;
  if (password === undefined) await eraseSecret(trx, secretOf(place));
  else await putSecret(trx, keyring, secretOf(place), password, 0);
  const spec = JSON.stringify(nextSpec(fields, 0));
  const brings = action === "put" ? fields.credentials : undefined;
  const credential =
    brings === undefined
      ? null
      : keyring.digest("username", normalisedUser({ user: brings.username, realm: brings.realm }));
  await sql`
    insert into scheduled_documents (device, writer, due_at, action, spec, clear_secret, request_id, credential)
    values (${device}, ${writer}, ${dueAt}, ${action}, ${spec}::jsonb, ${clear}, ${requestId}, ${credential})
    on conflict (device, writer) do update
    set due_at = excluded.due_at, action = excluded.action, spec = excluded.spec, clear_secret = excluded.clear_secret,
        request_id = excluded.request_id, credential = excluded.credential, made_at = now(), failed_at = null,
        failure = null`.execute(trx);
  // A box that comes is an order: what was found of its credential may be honest by it.
  if (credential !== null) await enqueue(trx, "credential", [credential]);
}

/** Takes it out, to be made current or to be moved. Under the lock of the device. */
export async function takeScheduled(
  trx: Trx,
  keyring: Keyring,
  place: SecretPlace,
): Promise<(Later & { readonly requestId: string | null }) | null> {
  const row = await rowOf(trx, place);
  if (row === undefined) return null;
  const secret = await storedSecret(trx, secretOf(place));
  await dropScheduled(trx, place);
  const { credentials, ...others } = row.spec;
  const password = secret === undefined ? {} : { password: openSecret(keyring, secret) };
  const fields =
    credentials === undefined
      ? others
      : {
          ...others,
          credentials: { username: credentials.username, realm: credentials.realm, ...password },
        };
  const { action, due_at: dueAt, clear_secret: clear, request_id: requestId } = row;
  return { action, fields, clear, dueAt, requestId };
}

/** @returns false when nothing was scheduled */
export async function dropScheduled(trx: Trx, place: SecretPlace): Promise<boolean> {
  const { device, writer } = place;
  const gone = await sql<{ credential: string | null }>`
    delete from scheduled_documents where device = ${device} and writer = ${writer} returning credential`.execute(
    trx,
  );
  const [row] = gone.rows;
  if (row === undefined) return false;
  await eraseSecret(trx, secretOf(place));
  // What it excused is no excuse any more, unless it is made now.
  if (row.credential !== null) await enqueue(trx, "credential", [row.credential]);
  return true;
}

/** A newer word of the same writer: what was to be later is not any more. */
export async function supersede(trx: Trx, place: SecretPlace, actor: Actor): Promise<void> {
  if (!(await dropScheduled(trx, place))) return;
  const { device, writer } = place;
  await addEvents(trx, actor, [{ device, type: "ScheduledChangeDropped", data: { writer } }]);
}
