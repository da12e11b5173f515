/**
 * A writer's own desired document of one device: put, get, end. What the body may hold is in `desired-body.ts`.
 *
 * A field that is left out of a PUT is released. Inside a field that is there, a secret that is left out is kept.
 */
import { AppError } from "../lib/errors.ts";
import { canonicalJson } from "../lib/hash.ts";
import type { DeviceId } from "../model/device.ts";
import { FIELD_NAMES, type FieldName } from "../model/fields/index.ts";
import type { FieldSet } from "../model/records.ts";
import type {
  DeviceDetail,
  DocumentResult,
  DocumentView,
  FleetStore,
} from "../ports/fleet-store.ts";
import type { Suspension } from "../ports/suspension-store.ts";
import { demand, demandDesired, FIELD_SCOPES, mayUse, type Caller } from "./access.ts";
import { membersOf, parseDesiredBody, type KeptSecret } from "./desired-body.ts";
import type { DesiredPatch } from "./desired-patch.ts";
import { desiredPlan, type DesiredPlan } from "./desired-plan.ts";
import { findDevice } from "./devices.ts";
import { rememberingMaps, type MapsOf } from "./maps.ts";
import { operationId } from "./operations.ts";

/** From `If-Match` and `If-None-Match`. No generation in the list means that nothing matches. */
export interface Precondition {
  readonly ifMatch: readonly number[] | "*" | null;
  /** `If-None-Match: *`: only if there is no document yet. */
  readonly ifNoneMatch: boolean;
}

/** A document after a write; `operation` is the id of the change that it shows, made by this call or before. */
export interface Written extends Omit<DocumentResult, "planned"> {
  readonly device: DeviceId;
  readonly operation: string;
  /** After a dry run: what would be written to the CPE, as far as that is known without a call. */
  readonly plan: DesiredPlan | null;
}

interface WriteOptions {
  readonly precondition: Precondition;
  readonly dryRun: boolean;
  /** Not before then, by the database's clock; null: now. */
  readonly effectiveAt: Date | null;
}

export interface Desired {
  put(idOrAlias: string, body: unknown, caller: Caller, options: WriteOptions): Promise<Written>;
  /** What a PUT would be, with the same refusals and without its plan: for many at a time. */
  judge(
    device: { readonly key: number; readonly id: DeviceId },
    body: unknown,
    caller: Caller,
  ): Promise<"created" | "changed" | "unchanged">;
  /** What the patch does not name stays as it is. @throws `not_found` where there is no document to change */
  patch(
    idOrAlias: string,
    patch: DesiredPatch,
    caller: Caller,
    options: WriteOptions,
  ): Promise<Written>;
  get(
    idOrAlias: string,
    caller: Caller,
  ): Promise<{
    readonly view: DocumentView;
    readonly device: DeviceDetail;
    readonly suspensions: readonly Suspension[];
  }>;
  /** Takes back what was scheduled. @throws `not_found` */
  cancelScheduled(idOrAlias: string, caller: Caller): Promise<void>;
  /** Ends the document; credentials in it are owed to be revoked. Repeats give the same answer. */
  end(
    idOrAlias: string,
    caller: Caller,
    options: Omit<WriteOptions, "precondition"> & { readonly ifMatch: Precondition["ifMatch"] },
  ): Promise<Pick<Written, "view" | "device" | "operation" | "plan">>;
}

function demandFields(caller: Caller, names: readonly string[]): void {
  for (const name of names) {
    if (name in FIELD_SCOPES) demand(caller, FIELD_SCOPES[name as FieldName]);
  }
}

/** Times that a document may change under a PUT that keeps a secret, before its writer hears of it. */
const KEEP_TRIES = 3;

export function desiredOf(deps: { readonly store: FleetStore; readonly mapsOf: MapsOf }): Desired {
  const { store } = deps;
  const mapsOf = rememberingMaps(deps.mapsOf);

  function planOf(planned: DocumentResult["planned"]): DesiredPlan | null {
    return planned == null ? null : desiredPlan(planned.device, mapsOf(planned.maps));
  }
  const writtenOf = (key: number, id: DeviceId, caller: Caller, done: DocumentResult): Written => {
    const { planned, ...result } = done;
    const operation = named(key, caller, result.generation);
    return { ...result, device: id, operation, plan: planOf(planned) };
  };

  /** Releasing a field is writing it; looked up only for a token that could not write all of them. */
  async function demandReleased(key: number, fields: FieldSet, caller: Caller): Promise<void> {
    if (FIELD_NAMES.every((name) => mayUse(caller, FIELD_SCOPES[name]))) return;
    const before = await store.documentFields(key, caller.actor.owner);
    demandFields(
      caller,
      before.filter((name) => !(name in fields)),
    );
  }

  /** Binds a PUT that keeps a secret to the generation in which the secret had that version. */
  async function pinned(
    key: number,
    keep: readonly KeptSecret[],
    caller: Caller,
    precondition: Precondition,
  ): Promise<Precondition> {
    if (keep.length === 0) return precondition;
    const before = await store.document(key, caller.actor.owner);
    for (const kept of keep) {
      const stored = before?.endedAt === null ? storedVersion(before, kept) : null;
      if (stored !== kept.version) throw notKept(kept, stored);
    }
    const open = precondition.ifMatch === null || precondition.ifMatch === "*";
    if (!open || before === null) return precondition;
    return { ...precondition, ifMatch: [before.generation] };
  }

  return {
    async judge({ key }, body, caller) {
      demandDesired(caller);
      const { fields, keep, clearSecret } = parseDesiredBody(body);
      demandFields(caller, Object.keys(fields));
      await demandReleased(key, fields, caller);
      await pinned(key, keep, caller, { ifMatch: null, ifNoneMatch: false });
      return await store.judgeDocument(key, fields, caller.actor, { clearSecret });
    },
    async put(idOrAlias, body, caller, { precondition, dryRun, effectiveAt }) {
      demandDesired(caller);
      const { fields, keep, clearSecret } = parseDesiredBody(body);
      demandFields(caller, Object.keys(fields));
      const { key, id } = await findDevice(store, idOrAlias);
      await demandReleased(key, fields, caller);
      for (let tries = 1; ; tries += 1) {
        const pin = await pinned(key, keep, caller, precondition);
        try {
          const result = await store.putDocument(key, fields, caller.actor, pin, {
            dryRun,
            clearSecret,
            effectiveAt,
          });
          return writtenOf(key, id, caller, result);
        } catch (error) {
          const moved = isMoved(error) && pin !== precondition && tries < KEEP_TRIES;
          if (!moved) throw withGiven(error, precondition);
        }
      }
    },
    async patch(idOrAlias, patch, caller, { precondition, dryRun, effectiveAt }) {
      demandDesired(caller);
      const { key, id } = await findDevice(store, idOrAlias);
      const decide = (before: DocumentView) => decidePatch(patch, before, caller);
      try {
        const { actor } = caller;
        const result = await store.patchDocument(key, decide, actor, precondition, {
          dryRun,
          effectiveAt,
        });
        return writtenOf(key, id, caller, result);
      } catch (error) {
        throw withGiven(error, precondition);
      }
    },
    async get(idOrAlias, caller) {
      demand(caller, "devices:read", ...Object.values(FIELD_SCOPES));
      const { key } = await findDevice(store, idOrAlias);
      const view = await store.document(key, caller.actor.owner);
      if (view === null) throw noDocument(caller);
      const suspensions = await store.suspensions(key);
      return { view, device: await store.device(key), suspensions };
    },
    async cancelScheduled(idOrAlias, caller) {
      demandDesired(caller);
      const { key } = await findDevice(store, idOrAlias);
      if (await store.cancelScheduled(key, caller.actor)) return;
      throw new AppError(
        "not_found",
        `${caller.actor.owner} has nothing scheduled for this device`,
      );
    },
    async end(idOrAlias, caller, { ifMatch, dryRun, effectiveAt }) {
      demandDesired(caller);
      const { key, id } = await findDevice(store, idOrAlias);
      await demandReleased(key, {}, caller);
      try {
        const ended = await store.endDocument(key, caller.actor, ifMatch, { dryRun, effectiveAt });
        if (ended === null) throw noDocument(caller);
        const { view, planned } = ended;
        const operation = named(key, caller, view.generation);
        return { view, device: id, operation, plan: planOf(planned) };
      } catch (error) {
        throw withGiven(error, { ifMatch, ifNoneMatch: false });
      }
    },
  };
}

function named(device: number, { actor }: Caller, generation: number): string {
  return operationId({ device, writer: actor.owner, generation });
}

/** The scope of each field that the patch changes is asked for, and of no other. */
function decidePatch(patch: DesiredPatch, before: DocumentView, caller: Caller) {
  const body = patch(before.fields);
  const { fields, keep, clearSecret } = parseDesiredBody(body);
  const after = membersOf(body);
  demandFields(
    caller,
    FIELD_NAMES.filter((name) => !same(before.fields[name] ?? null, after?.[name] ?? null)),
  );
  for (const kept of keep) {
    const stored = storedVersion(before, kept);
    if (stored !== kept.version) throw notKept(kept, stored);
  }
  return { fields, clearSecret };
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

function isMoved(error: unknown): error is AppError {
  return error instanceof AppError && error.code === "generation_changed";
}

/** A stale writer is told both generations: its own and the one of now. */
function withGiven(error: unknown, { ifMatch }: Precondition): unknown {
  if (!isMoved(error) || ifMatch === null) return error;
  const details = { ...error.details, given: ifMatch };
  return new AppError(error.code, error.message, { problems: error.problems, details });
}

function noDocument(caller: Caller): AppError {
  const { owner } = caller.actor;
  return new AppError(
    "not_found",
    `${owner} has no desired document for this device; PUT makes one`,
  );
}

function storedVersion(view: DocumentView, { field, member }: KeptSecret): number | null {
  const version = membersOf(membersOf(view.fields[field])?.[member])?.["version"];
  return typeof version === "number" ? version : null;
}

function notKept({ pointer, version }: KeptSecret, stored: number | null): AppError {
  const message =
    stored === null
      ? "no secret is set, so none can be kept; send it"
      : `is at version ${stored}, not ${version}; read the document again, or send the secret`;
  return new AppError("generation_changed", `${pointer} ${message}`, {
    problems: [{ pointer, code: "secret_changed", message }],
    details: { pointer, givenVersion: version, currentVersion: stored },
  });
}
