/**
 * Swap: a writer's document moves to another CPE in one transaction. At no committed moment do two devices hold it, and
 * at none does nobody: whatever dies in between, the database keeps all of it or nothing.
 *
 * The old CPE owes the revocation of the credential, as after the end of a document; suspensions of the service, and what is scheduled, go along.
 */
import { sql, type Kysely } from "kysely";
import { AppError } from "../../lib/errors.ts";
import type { DeviceId } from "../../model/device.ts";
import type { DeviceKey, FieldSet } from "../../model/records.ts";
import type { Actor } from "../../ports/actor.ts";
import type { DocumentStore, SwapAsked, SwapResult } from "../../ports/document-store.ts";
import type { Keyring } from "../keyring.ts";
import { openSecret, PASSWORD_FIELD, storedSecret, type SecretPlace } from "../secrets.ts";
import type { Database } from "../tables.ts";
import { rehearse, type Trx } from "../transaction.ts";
import {
  checkPrecondition,
  passwordVersion,
  specOf,
  viewOf,
  type DocumentRow,
  type DocumentSpec,
} from "./document-spec.ts";
import { carryProof } from "./credential-proofs.ts";
import { documentsOf } from "./document-rows.ts";
import { end, put } from "./documents.ts";
import { addEvents } from "./events.ts";
import { lockDevice } from "./lock.ts";
import { placeScheduled, takeScheduled } from "./scheduled-rows.ts";
import { plannedOf } from "./planned.ts";

interface Move {
  readonly from: DeviceKey;
  readonly to: DeviceKey;
  readonly actor: Actor;
}
interface Ids {
  readonly from: DeviceId;
  readonly to: DeviceId;
}

function conflict(message: string, details: Readonly<Record<string, unknown>>): AppError {
  return new AppError("swap_conflict", `${message}; nothing was changed`, { details });
}

/** By key, as everybody who takes several does: two swaps that cross each other never wait in a circle. */
async function lockBoth(trx: Trx, { from, to }: Move): Promise<Ids> {
  const ids = new Map<DeviceKey, DeviceId>();
  for (const key of [from, to].sort((a, b) => a - b)) ids.set(key, await lockDevice(trx, key));
  return { from: ids.get(from) ?? "", to: ids.get(to) ?? "" };
}

interface Done {
  readonly new_device: DeviceKey;
  readonly device_id: DeviceId;
  readonly old_generation: number;
  readonly new_generation: number;
}

/** The last swap that took the writer's document away from here. */
async function lastFrom(trx: Trx, { from, actor }: Move): Promise<Done | undefined> {
  const found = await sql<Done>`
    select s.new_device, d.device_id, s.old_generation, s.new_generation
    from swaps s join devices d on d.device = s.new_device
    where s.old_device = ${from} and s.writer = ${actor.owner} order by s.id desc limit 1`.execute(
    trx,
  );
  return found.rows[0];
}

/** The fields of a document with its password opened: it is sealed anew in its new place, and opens nowhere else. */
async function fieldsOf(
  trx: Trx,
  keyring: Keyring,
  place: SecretPlace,
  { credentials, ...others }: DocumentSpec,
): Promise<FieldSet> {
  if (credentials === undefined) return others;
  const { username, realm } = credentials;
  const secret = credentials.password === undefined ? undefined : await storedSecret(trx, place);
  const password = secret === undefined ? {} : { password: openSecret(keyring, secret) };
  return { ...others, credentials: { username, realm, ...password } };
}

/** @throws AppError `swap_conflict`, `not_found` */
async function movable(
  trx: Trx,
  move: Move,
  ids: Ids,
  before: DocumentRow | undefined,
  there: DocumentRow | undefined,
  expectSerial: string | null,
): Promise<void> {
  const { owner } = move.actor;
  if (move.from === move.to) throw conflict("both are the same device", { device: ids.to });
  if (before === undefined || before.ended_at !== null) {
    const last = await lastFrom(trx, move);
    if (last === undefined || last.old_generation !== before?.generation) {
      throw new AppError("not_found", `${owner} has no desired document for this device to move`);
    }
    throw conflict(`the document of ${owner} was moved to ${last.device_id}`, {
      movedTo: last.device_id,
    });
  }
  if (there !== undefined && there.ended_at === null) {
    throw conflict(`${ids.to} has a document of ${owner} already; end it, or swap to another CPE`, {
      occupied: ids.to,
    });
  }
  const serial = await trx
    .selectFrom("devices")
    .select("serial")
    .where("device", "=", move.from)
    .executeTakeFirstOrThrow();
  if (expectSerial !== null && serial.serial !== expectSerial) {
    throw conflict("the old CPE has another serial than expectSerial says", { device: ids.from });
  }
}

async function swap(
  trx: Trx,
  keyring: Keyring,
  move: Move,
  { expectSerial, oldIs, precondition, allow }: SwapAsked,
): Promise<SwapResult> {
  const { from, to, actor } = move;
  const placeAt = (device: DeviceKey): SecretPlace => {
    return { device, writer: actor.owner, field: PASSWORD_FIELD };
  };
  const ids = await lockBoth(trx, move);
  const own = ({ writer }: DocumentRow): boolean => writer === actor.owner;
  const before = (await documentsOf(trx, from)).find(own);
  const there = (await documentsOf(trx, to)).find(own);

  const last = await lastFrom(trx, move);
  const isDone =
    last?.new_device === to &&
    before?.generation === last.old_generation &&
    before.ended_at !== null &&
    there?.ended_at === null;
  if (isDone) {
    const view = viewOf(there, await storedSecret(trx, placeAt(to)));
    return { change: "unchanged", generation: there.generation, view, from: ids.from, to: ids.to };
  }

  await movable(trx, move, ids, before, there, expectSerial);
  checkPrecondition(before, { ifMatch: precondition, ifNoneMatch: false });
  const spec = specOf(before);
  allow(Object.keys(spec));
  const fields = await fieldsOf(trx, keyring, placeAt(from), spec);
  const later = await takeScheduled(trx, keyring, placeAt(from));
  const open = { ifMatch: null, ifNoneMatch: false };
  const done = await put(trx, keyring, placeAt(to), fields, actor, open, false);
  const sealed = await storedSecret(trx, placeAt(to));
  if (sealed !== undefined) {
    const [old, moved] = [passwordVersion(spec), sealed.version];
    await carryProof(
      trx,
      { device: from, version: old },
      { device: to, version: moved },
      actor.owner,
    );
  }
  const ended = await end(trx, placeAt(from), actor, null, ids.to);
  if (later !== null) await placeScheduled(trx, keyring, placeAt(to), later, later.requestId);
  await trx
    .insertInto("swaps")
    .values({
      writer: actor.owner,
      old_device: from,
      new_device: to,
      old_generation: ended?.generation ?? 0,
      new_generation: done.generation,
      old_is: oldIs,
      request_id: actor.requestId,
    })
    .execute();
  await sql`
    with gone as (delete from suspensions where device = ${from} returning owner, reason, since, request_id)
    insert into suspensions (device, owner, reason, since, request_id)
    select ${to}, owner, reason, since, request_id from gone on conflict do nothing`.execute(trx);
  const data = { writer: actor.owner, from: ids.from, to: ids.to, oldIs };
  await addEvents(
    trx,
    actor,
    [from, to].map((device) => ({ device, type: "DeviceSwapped", data })),
  );
  return { ...done, change: "changed", from: ids.from, to: ids.to };
}

export function swaps(db: Kysely<Database>, keyring: Keyring): Pick<DocumentStore, "swapDocument"> {
  return {
    async swapDocument(from, to, actor, asked, { dryRun }) {
      return await rehearse(db, dryRun, async (trx) => {
        const done = await swap(trx, keyring, { from, to, actor }, asked);
        return dryRun ? { ...done, planned: await plannedOf(trx, keyring, to) } : done;
      });
    },
  };
}
