/** Suspend and resume: a state of the service for the AAA. Both set a state and are safe to repeat. */
import { z } from "zod";
import { parseWith } from "../lib/schema.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import type { SuspensionChange } from "../ports/suspension-store.ts";
import { demand, FIELD_SCOPES, type Caller } from "./access.ts";
import { findDevice } from "./devices.ts";

const REASONS = ["nonPayment", "customerRequest", "fraud", "technical"] as const;

const suspendSchema = z.strictObject({ reason: z.enum(REASONS) });
const resumeSchema = z.strictObject({
  /** Left out: every reason of the caller. */
  reason: z.enum(REASONS).nullish(),
  /** Somebody else's reason; for an admin. */
  owner: z.string().min(1).max(128).nullish(),
});

/** What the API takes; the document of the API is made of the same. */
export const SUSPENSION_BODIES = { suspend: suspendSchema, resume: resumeSchema };

export interface Suspensions {
  suspend(idOrAlias: string, body: unknown, caller: Caller): Promise<SuspensionChange & Named>;
  resume(idOrAlias: string, body: unknown, caller: Caller): Promise<SuspensionChange & Named>;
}
interface Named {
  readonly device: string;
}

/** Who gives credentials may take their use away; so may whoever decides on findings. */
export function demandSuspend(caller: Caller): void {
  demand(caller, FIELD_SCOPES.credentials, "findings:decide");
}

export function suspensionsOf(deps: { readonly store: FleetStore }): Suspensions {
  const { store } = deps;
  return {
    async suspend(idOrAlias, body, caller) {
      demandSuspend(caller);
      const { reason } = parseWith(suspendSchema, body, "suspend");
      const { key, id } = await findDevice(store, idOrAlias);
      return { ...(await store.suspend(key, reason, caller.actor)), device: id };
    },
    async resume(idOrAlias, body, caller) {
      demandSuspend(caller);
      const given = parseWith(resumeSchema, body, "resume");
      const { reason = null, owner = null } = given;
      if (owner !== null && owner !== caller.actor.owner) demand(caller, "admin");
      const { key, id } = await findDevice(store, idOrAlias);
      const what = { owner: owner ?? caller.actor.owner, reason };
      return { ...(await store.liftSuspension(key, what, caller.actor)), device: id };
    },
  };
}
