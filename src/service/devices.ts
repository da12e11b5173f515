/** What operators do with one device, and what everybody may read. */
import { z } from "zod";
import { parseSelector } from "../fleet/selector.ts";
import { AppError } from "../lib/errors.ts";
import { parseWith } from "../lib/schema.ts";
import type { DeviceId } from "../model/device.ts";
import type {
  DeviceDetail,
  DeviceView,
  FleetCounts,
  FleetStore,
  Page,
  StoredRecord,
} from "../ports/fleet-store.ts";
import { demand, demandWriter, type Caller } from "./access.ts";

const PAGE_DEFAULT = 50;
export const PAGE_MAX = 500;

export interface Devices {
  get(idOrAlias: string, caller: Caller): Promise<DeviceDetail>;
  /** `selector` as it was written; undefined means every device. */
  list(
    query: { readonly selector?: string; readonly limit?: number; readonly cursor?: string },
    caller: Caller,
  ): Promise<Page<DeviceView>>;
  fleet(caller: Caller): Promise<FleetCounts>;
  hold(idOrAlias: string, body: unknown, caller: Caller): Promise<DeviceDetail>;
  /** Ends hold and quarantine; the reason stands in its history. */
  release(idOrAlias: string, body: unknown, caller: Caller): Promise<DeviceDetail>;
  /** Lets a model be written again after three of its devices went into quarantine. */
  releaseModel(body: unknown, caller: Caller): ReturnType<FleetStore["releaseModel"]>;
  /** Makes the device due now. @throws `held`: nothing would happen, so nobody is told that it will */
  reconcile(idOrAlias: string, caller: Caller): Promise<DeviceDetail>;
  /** On every device that `selector` of the body chooses. @throws `count_unconfirmed` with their number */
  actOn(
    action: "hold" | "release" | "reconcile",
    body: unknown,
    caller: Caller,
    expect: number | null,
  ): ReturnType<FleetStore["actOn"]>;
  /** Names this device as the one that proves its map in this installation. */
  prove(idOrAlias: string, caller: Caller): Promise<DeviceDetail>;
  records(kind: string, caller: Caller): Promise<readonly StoredRecord[]>;
  record(kind: string, name: string, caller: Caller): Promise<StoredRecord>;
}

/** The device that a path segment or an argument names. @throws `not_found`, or `ambiguous_id` with candidates */
export async function findDevice(
  store: FleetStore,
  idOrAlias: string,
): Promise<{ readonly key: number; readonly id: DeviceId }> {
  // A control character is in no id; PostgreSQL would refuse NUL with an error of its own.
  const possible = idOrAlias !== "" && idOrAlias.length <= 512 && !UNPRINTABLE.test(idOrAlias);
  const found = possible ? await store.resolveDevice(idOrAlias) : null;
  if (found !== null) return found;
  throw new AppError(
    "not_found",
    "no device has this id, name, serial, MAC or ref; register it with a Device record first",
  );
}

const UNPRINTABLE = /[\u0000-\u001f\u007f]|\p{Surrogate}/u;

/** @throws `invalid` with the place in the text */
export function checkSelector(
  text: string,
  allow: "list" | "record",
  pointer = "/selector",
): string {
  const parsed = parseSelector(text, { allow });
  if (parsed.kind === "selector") return text;
  const message = `at character ${parsed.offset + 1}: ${parsed.message}`;
  throw new AppError("invalid", `selector: ${message}`, {
    problems: [{ pointer, code: parsed.code, message }],
  });
}

const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => !UNPRINTABLE.test(value), "holds a control character");
const reason = text(500);

const releaseSchema = z.strictObject({ reason });
const releaseModelSchema = z.strictObject({ model: text(256), reason });
const holdSchema = z.strictObject({
  reason,
  until: z.iso
    .datetime({ offset: true, error: "must be a moment like 2026-12-01T06:00:00Z" })
    .nullish(),
});

const chosen = { selector: z.string().min(1).max(8_192) };
const chosenSchema = z.strictObject(chosen);
const holdManySchema = holdSchema.extend(chosen);
const releaseManySchema = releaseSchema.extend(chosen);

/** What the API takes; the document of the API is made of the same. */
export const DEVICE_BODIES = {
  hold: holdSchema,
  release: releaseSchema,
  releaseModel: releaseModelSchema,
  holdMany: holdManySchema,
  releaseMany: releaseManySchema,
  reconcileMany: chosenSchema,
};

export function devicesOf(deps: { readonly store: FleetStore; readonly now: () => Date }): Devices {
  const { store, now } = deps;

  function holdOf({ reason, until = null }: z.infer<typeof holdSchema>) {
    if (until === null || Date.parse(until) > now().getTime()) return { reason, until };
    const message = "lies in the past";
    const problems = [{ pointer: "/until", code: "past", message }];
    throw new AppError("invalid", `hold: /until ${message}`, { problems });
  }

  async function act(
    idOrAlias: string,
    action: (key: number, device: () => Promise<DeviceDetail>) => Promise<void>,
  ): Promise<DeviceDetail> {
    const { key } = await findDevice(store, idOrAlias);
    await action(key, () => store.device(key));
    return store.device(key);
  }

  return {
    async get(idOrAlias, caller) {
      demand(caller, "devices:read");
      return act(idOrAlias, () => Promise.resolve());
    },
    async list({ selector = "all", limit = PAGE_DEFAULT, cursor }, caller) {
      demand(caller, "devices:read");
      return store.devices(checkSelector(selector, "list"), limit, cursor ?? null);
    },
    async fleet(caller) {
      demand(caller, "devices:read");
      return store.fleet();
    },
    async actOn(action, body, caller, expect) {
      if (action === "reconcile") demandWriter(caller);
      else demand(caller, "admin");
      if (action === "hold") {
        const { selector, ...hold } = parseWith(holdManySchema, body, action);
        checkSelector(selector, "list");
        return store.actOn(selector, { kind: action, hold: holdOf(hold) }, caller.actor, expect);
      }
      if (action === "release") {
        const { selector, reason: why } = parseWith(releaseManySchema, body, action);
        checkSelector(selector, "list");
        return store.actOn(selector, { kind: action, reason: why }, caller.actor, expect);
      }
      const { selector } = parseWith(chosenSchema, body, action);
      checkSelector(selector, "list");
      return store.actOn(selector, { kind: action }, caller.actor, expect);
    },
    async hold(idOrAlias, body, caller) {
      demand(caller, "admin");
      const { reason, until } = holdOf(parseWith(holdSchema, body, "hold"));
      return act(idOrAlias, (key) => store.hold(key, { reason, until }, caller.actor));
    },
    async release(idOrAlias, body, caller) {
      demand(caller, "admin");
      const why = parseWith(releaseSchema, body, "release").reason;
      return act(idOrAlias, (key) => store.release(key, why, caller.actor));
    },
    async releaseModel(body, caller) {
      demand(caller, "admin");
      const { model, reason: why } = parseWith(releaseModelSchema, body, "release");
      return store.releaseModel(model, why, caller.actor);
    },
    async reconcile(idOrAlias, caller) {
      demandWriter(caller);
      return act(idOrAlias, async (key, device) => {
        const { hold, name } = await device();
        if (hold !== null && inForce(hold, now())) throw heldBy(name, hold);
        await store.wake(key, caller.actor);
      });
    },
    async prove(idOrAlias, caller) {
      demand(caller, "maps:write");
      return act(idOrAlias, (key) => store.prove(key, caller.actor));
    },
    async records(kind, caller) {
      demand(caller, "devices:read");
      return store.records(kind);
    },
    async record(kind, name, caller) {
      demand(caller, "devices:read");
      const found = UNPRINTABLE.test(name) ? null : await store.record(kind, name);
      if (found !== null) return found;
      throw new AppError("not_found", `there is no ${kind} of this name`);
    },
  };
}

/** A hold whose moment has passed stays in the row until something else changes it. */
function inForce(hold: Readonly<Record<string, unknown>>, now: Date): boolean {
  const { until } = hold as { until?: string | null };
  return until == null || Date.parse(until) > now.getTime();
}

function heldBy(name: string, hold: Readonly<Record<string, unknown>>): AppError {
  const { by, reason, until } = hold as { by?: string; reason?: string; until?: string | null };
  const end = until == null ? "until it is released" : `until ${until}`;
  const why = reason === undefined ? "" : ` (${reason})`;
  return new AppError(
    "held",
    `${name} is held by ${by ?? "a person"} ${end}${why}; release it first`,
    { details: { hold } },
  );
}
