/** Swap of equipment: the caller's document goes from one CPE to another. Its repeat changes nothing. */
import { z } from "zod";
import { parseWith } from "../lib/schema.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import { demand, demandDesired, FIELD_SCOPES, type Caller } from "./access.ts";
import { desiredPlan } from "./desired-plan.ts";
import type { Precondition, Written } from "./desired.ts";
import { findDevice } from "./devices.ts";
import { rememberingMaps, type MapsOf } from "./maps.ts";
import { operationId } from "./operations.ts";

const CONTROL = /[\u0000-\u001f\u007f]/;
const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => !CONTROL.test(value), "holds a control character");

const schema = z.strictObject({
  /** The new CPE by one of its names; it has to be registered. */
  to: text(512),
  expectSerial: text(128).nullish(),
  oldDevice: text(64).nullish(),
});

/** What the API takes; the document of the API is made of the same. */
export const SWAP_BODY = schema;

export interface Swapped extends Written {
  /** Both by their ids. */
  readonly from: string;
  readonly to: string;
}

export function swapsOf(deps: { readonly store: FleetStore; readonly mapsOf: MapsOf }) {
  const { store } = deps;
  const mapsOf = rememberingMaps(deps.mapsOf);
  return async (
    idOrAlias: string,
    body: unknown,
    caller: Caller,
    options: { readonly ifMatch: Precondition["ifMatch"]; readonly dryRun: boolean },
  ): Promise<Swapped> => {
    demandDesired(caller);
    const { to, expectSerial = null, oldDevice = null } = parseWith(schema, body, "swap");
    const old = await findDevice(store, idOrAlias);
    const fresh = await findDevice(store, to);
    const { actor } = caller;
    const allow = (fields: readonly string[]): void => {
      for (const name of fields) demand(caller, FIELD_SCOPES[name as keyof typeof FIELD_SCOPES]);
    };
    const asked = { expectSerial, oldIs: oldDevice, precondition: options.ifMatch, allow };
    const done = await store.swapDocument(old.key, fresh.key, actor, asked, options);
    const { planned, ...result } = done;
    const name = { device: fresh.key, writer: actor.owner, generation: done.generation };
    const plan = planned == null ? null : desiredPlan(planned.device, mapsOf(planned.maps));
    return { ...result, device: fresh.id, operation: operationId(name), plan };
  };
}
