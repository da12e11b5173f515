/** Stop and resume: the brake of the whole installation, of one ACS, or of a selection. */
import { z } from "zod";
import { AppError } from "../lib/errors.ts";
import { parseWith } from "../lib/schema.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import { demand, type Caller } from "./access.ts";
import { checkSelector } from "./devices.ts";

const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => !/[\u0000-\u001f\u007f]/.test(value), "holds a control character");

const stopSchema = z.strictObject({
  reason: text(500),
  acs: text(253).nullish(),
  selector: text(8_192).nullish(),
});

/** Nobody can free fewer than none: the store answers with the number, and frees nothing. */
const NO_COUNT = -1;

const resumeSchema = z.strictObject({ acs: text(253).nullish() });

/** What the API takes; the document of the API is made of the same. */
export const STOP_BODIES = { stop: stopSchema, resume: resumeSchema };

export interface Stops {
  /** In force when this returns: no new call starts. A reason is needed; a scope narrows it. */
  stop(body: unknown, caller: Caller): ReturnType<FleetStore["stop"]>;
  /** @throws `count_unconfirmed` unless `expect` names the number of devices that are set free, when there are any */
  resume(body: unknown, caller: Caller, expect: number | null): ReturnType<FleetStore["resume"]>;
}

export function stopsOf(deps: { readonly store: FleetStore }): Stops {
  const { store } = deps;
  return {
    async stop(body, caller) {
      demand(caller, "admin");
      const { reason, acs = null, selector = null } = parseWith(stopSchema, body, "stop");
      // A stop outlives the states of the moment, so it selects as records do: by identity and labels.
      if (selector !== null) checkSelector(selector, "record");
      return store.stop({ acs, selector, reason }, caller.actor);
    },
    async resume(body, caller, expect) {
      demand(caller, "admin");
      const { acs = null } = parseWith(resumeSchema, body, "resume");
      if (expect !== null) return store.resume({ acs }, caller.actor, expect);
      try {
        return await store.resume({ acs }, caller.actor, NO_COUNT);
      } catch (error) {
        const count = error instanceof AppError ? error.details["count"] : undefined;
        if (!(error instanceof AppError) || error.code !== "count_unconfirmed") throw error;
        if (count === 0) return store.resume({ acs }, caller.actor, 0);
        throw new AppError(
          "count_unconfirmed",
          `This sets ${String(count)} devices free. Look at the fleet, then confirm the number with expect.`,
          { details: { count } },
        );
      }
    },
  };
}
