/** Desired documents: one for each device and writer, replaced by content, with history, owed revocations and a wake. */
import type { Kysely } from "kysely";
import { AppError } from "../../lib/errors.ts";
import type { DeviceId } from "../../model/device.ts";
import { FIELDS } from "../../model/fields/index.ts";
import type { DeviceKey, FieldSet } from "../../model/records.ts";
import type { Actor, DocumentResult, DocumentView, FleetStore } from "../../ports/fleet-store.ts";
import { makeDue } from "../due.ts";
import type { Keyring } from "../keyring.ts";
import {
  eraseSecret,
  NEXT_PASSWORD_FIELD,
  PASSWORD_FIELD,
  putSecret,
  storedSecret,
  type SecretPlace,
  type StoredSecret,
} from "../secrets.ts";
import { changesBetween } from "../../model/desired.ts";
import type { Database } from "../tables.ts";
import {
  changedFields,
  checkPrecondition,
  nextSpec,
  passwordVersion,
  refuseOwned,
  specOf,
  viewOf,
  type DocumentSpec,
} from "./document-spec.ts";
import { addEvents } from "./events.ts";
import { lockDevice } from "./lock.ts";
import { documentsOf, highestVersion, writeDocument } from "./document-rows.ts";
import { isPast, nothingYet, schedule, scheduledOf, supersede } from "./scheduled-rows.ts";
import { addOperation } from "./operations.ts";
import { plannedOf } from "./planned.ts";
import { endSuspensions, holdAgain } from "./suspensions.ts";
import { oweRevocation, withdrawRevocation } from "./revocations.ts";
import { rehearse, transact, type Trx } from "../transaction.ts";

type DocumentVerbs = Pick<
  FleetStore,
  "putDocument" | "patchDocument" | "document" | "documentFields" | "endDocument"
>;

type PatchAsked =
  Parameters<FleetStore["patchDocument"]> extends [unknown, ...infer Asked, unknown]
    ? Asked
    : never;

/** The password that the document has after this write: a new one, the kept one, or none. */
async function passwordAfter(
  trx: Trx,
  keyring: Keyring,
  place: SecretPlace,
  fields: FieldSet,
  before: DocumentSpec,
  clear: boolean,
  atLeast: number,
): Promise<StoredSecret | undefined> {
  if (clear) return undefined;
  const password = fields.credentials?.password;
  const kept = passwordVersion(before) > 0;
  if (password === undefined) {
    return fields.credentials !== undefined && kept ? await storedSecret(trx, place) : undefined;
  }
  const floor = Math.max(atLeast - 1, kept ? 0 : await highestVersion(trx, place));
  return await putSecret(trx, keyring, place, password, floor);
}

/**
 * Takes the lock of the device, if it is not held already.
 *
 * @param atLeast the version that a new password gets, unless a higher one is due
 */
export async function put(
  trx: Trx,
  keyring: Keyring,
  place: SecretPlace,
  fields: FieldSet,
  actor: Actor,
  precondition: Parameters<FleetStore["putDocument"]>[3],
  clear: boolean,
  atLeast = 0,
): Promise<DocumentResult> {
  const { device, writer } = place;
  await lockDevice(trx, device);
  const all = await documentsOf(trx, device);
  const row = all.find((each) => each.writer === writer);
  refuseOwned(fields, writer, all);
  checkPrecondition(row, precondition);

  const before = specOf(row);
  const secret = await passwordAfter(trx, keyring, place, fields, before, clear, atLeast);
  const spec = nextSpec(fields, secret?.version ?? 0);
  const changed = changedFields(before, spec);
  const open = row !== undefined && row.ended_at === null;
  if (open && changed.length === 0) {
    return { change: "unchanged", generation: row.generation, view: viewOf(row, secret) };
  }

  await supersede(trx, place, actor);
  if (passwordVersion(before) > 0 && secret === undefined) await eraseSecret(trx, place);
  const generation = (row?.generation ?? 0) + 1;
  const written = await writeDocument(trx, place, generation, spec, actor, false);
  const { credentials } = fields;
  if (credentials !== undefined) {
    await withdrawRevocation(trx, device, credentials, actor);
    await holdAgain(trx, device, credentials, actor);
  }
  const changes = changesBetween(before, spec);
  const data = { writer, generation, fields: changed, changes };
  await addEvents(trx, actor, [{ device, type: "DesiredChanged", data }]);
  const urgent = changed.some((name) => FIELDS[name].urgent);
  const reason = `${writer} changed ${changed.join(", ") || "nothing yet"}`;
  await makeDue(trx, [device], urgent ? "urgent" : "drift", reason);
  const wanted = changed.filter((name) => spec[name] !== undefined);
  await addOperation(trx, device, writer, generation, { kind: "change", fields: wanted });
  return { change: open ? "changed" : "created", generation, view: viewOf(written, secret) };
}

/** At its time, where that is still to come; now otherwise. */
async function putAt(
  trx: Trx,
  keyring: Keyring,
  place: SecretPlace,
  fields: FieldSet,
  actor: Actor,
  precondition: Parameters<FleetStore["putDocument"]>[3],
  { clear, effectiveAt }: { readonly clear: boolean; readonly effectiveAt: Date | null },
): Promise<DocumentResult> {
  if (effectiveAt === null || (await isPast(trx, effectiveAt))) {
    return await put(trx, keyring, place, fields, actor, precondition, clear);
  }
  const wanted = { action: "put", fields, clear, dueAt: effectiveAt } as const;
  return await schedule(trx, keyring, place, wanted, actor, precondition);
}

async function patch(
  trx: Trx,
  keyring: Keyring,
  place: SecretPlace,
  effectiveAt: Date | null,
  ...[decide, actor, precondition]: PatchAsked
): Promise<DocumentResult> {
  await lockDevice(trx, place.device);
  const row = (await documentsOf(trx, place.device)).find(({ writer }) => writer === place.writer);
  checkPrecondition(row, precondition);
  if (row === undefined || row.ended_at !== null) {
    const message = `${place.writer} has no desired document for this device; PUT makes one`;
    throw new AppError("not_found", message);
  }
  const { fields, clearSecret } = decide(viewOf(row, await storedSecret(trx, place)));
  const when = { clear: clearSecret, effectiveAt };
  return await putAt(trx, keyring, place, fields, actor, precondition, when);
}

/** @param movedTo the device that the document goes to; null: its service is over */
export async function end(
  trx: Trx,
  place: SecretPlace,
  actor: Actor,
  ifMatch: Parameters<FleetStore["endDocument"]>[2],
  movedTo: DeviceId | null = null,
): Promise<DocumentView | null> {
  const { device, writer } = place;
  await lockDevice(trx, device);
  const row = (await documentsOf(trx, device)).find((each) => each.writer === writer);
  if (row === undefined) return null;
  // A repeat names the generation of before the first call; it is answered as the first was.
  if (row.ended_at !== null) return viewOf(row, undefined);
  checkPrecondition(row, { ifMatch, ifNoneMatch: false });

  const before = specOf(row);
  const { credentials } = before;
  await supersede(trx, place, actor);
  await eraseSecret(trx, place);
  await eraseSecret(trx, { ...place, field: NEXT_PASSWORD_FIELD });
  const ended = await writeDocument(
    trx,
    place,
    row.generation + 1,
    nextSpec(before, 0),
    actor,
    true,
  );
  if (credentials !== undefined) await oweRevocation(trx, device, writer, credentials);
  const fields = changedFields(before, {});
  const data = {
    writer,
    generation: ended.generation,
    fields,
    revocationOwed: credentials !== undefined,
  };
  if (movedTo === null && credentials !== undefined)
    await endSuspensions(trx, device, credentials, actor);
  if (movedTo === null) await addEvents(trx, actor, [{ device, type: "DesiredEnded", data }]);
  const why = movedTo === null ? "ended its service here" : `moved its service to ${movedTo}`;
  await makeDue(trx, [device], "urgent", `${writer} ${why}`);
  const owed = credentials !== undefined;
  await addOperation(trx, device, writer, ended.generation, { kind: "end", owed });
  return viewOf(ended, undefined);
}

async function endAt(
  trx: Trx,
  keyring: Keyring,
  place: SecretPlace,
  actor: Actor,
  ifMatch: Parameters<FleetStore["endDocument"]>[2],
  dueAt: Date,
): Promise<DocumentView | null> {
  const row = (await documentsOf(trx, place.device)).find(({ writer }) => writer === place.writer);
  if (row === undefined) return null;
  const wanted = { action: "end", fields: {}, clear: false, dueAt } as const;
  const condition = { ifMatch, ifNoneMatch: false };
  return (await schedule(trx, keyring, place, wanted, actor, condition)).view;
}

export function documents(db: Kysely<Database>, keyring: Keyring): DocumentVerbs {
  const placeOf = (device: DeviceKey, writer: string) => ({
    device,
    writer,
    field: PASSWORD_FIELD,
  });
  return {
    async putDocument(key, fields, actor, precondition, options) {
      const { dryRun, clearSecret: clear = false, effectiveAt = null } = options;
      return await rehearse(db, dryRun, async (trx) => {
        const place = placeOf(key, actor.owner);
        const when = { clear, effectiveAt };
        const done = await putAt(trx, keyring, place, fields, actor, precondition, when);
        return dryRun ? { ...done, planned: await plannedOf(trx, keyring, key) } : done;
      });
    },
    async patchDocument(key, decide, actor, precondition, { dryRun, effectiveAt = null }) {
      return await rehearse(db, dryRun, async (trx) => {
        const place = placeOf(key, actor.owner);
        const done = await patch(trx, keyring, place, effectiveAt, decide, actor, precondition);
        return dryRun ? { ...done, planned: await plannedOf(trx, keyring, key) } : done;
      });
    },
    async document(key, writer) {
      return await transact(db, async (trx) => {
        const row = (await documentsOf(trx, key)).find((each) => each.writer === writer);
        const scheduled = await scheduledOf(trx, key, writer);
        if (row === undefined) {
          return scheduled === null ? null : { ...nothingYet(writer, scheduled), scheduled };
        }
        return { ...viewOf(row, await storedSecret(trx, placeOf(key, writer))), scheduled };
      });
    },
    async documentFields(key, writer) {
      const row = (await documentsOf(db, key)).find((each) => each.writer === writer);
      return Object.keys(specOf(row));
    },
    async endDocument(key, actor, ifMatch, { dryRun, effectiveAt = null } = { dryRun: false }) {
      return await rehearse(db, dryRun, async (trx) => {
        const place = placeOf(key, actor.owner);
        const view =
          effectiveAt === null || (await isPast(trx, effectiveAt))
            ? await end(trx, place, actor, ifMatch)
            : await endAt(trx, keyring, place, actor, ifMatch, effectiveAt);
        if (view === null) return null;
        return dryRun ? { view, planned: await plannedOf(trx, keyring, key) } : { view };
      });
    },
  };
}
