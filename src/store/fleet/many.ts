/** One action on every device that a selector chooses: all of them in one transaction, or none (I12). */
import { sql, type Kysely } from "kysely";
import type { DeviceKey } from "../../model/records.ts";
import type { FleetStore } from "../../ports/fleet-store.ts";
import { makeDue } from "../due.ts";
import { readSelector, selectorSql } from "../selector-sql.ts";
import type { Database } from "../tables.ts";
import { confirmCount } from "./apply.ts";
import { addEvents } from "./events.ts";
import { holdAll, IN_FORCE } from "./holds.ts";
import { releaseAll } from "./releases.ts";
import { transact, type Trx } from "../transaction.ts";

interface Chosen {
  readonly device: DeviceKey;
  readonly held: boolean;
}

/** In the order in which every other transaction takes rows of `work`, so that two wait and none is ended. */
async function chosenBy(trx: Trx, selector: string): Promise<readonly Chosen[]> {
  const condition = selectorSql(readSelector(selector, "list"), "list");
  const found = await sql<Chosen>`
    select d.device, ${IN_FORCE} as held
    from devices d join device_status s on s.device = d.device join work w on w.device = d.device
    where ${condition} order by d.device for no key update of w`.execute(trx);
  return found.rows;
}

export function many(db: Kysely<Database>): Pick<FleetStore, "actOn"> {
  return {
    async actOn(selector, action, actor, expect) {
      return await transact(db, async (trx) => {
        const chosen = await chosenBy(trx, selector);
        await confirmCount(trx, chosen.length, expect);
        const keys = chosen.map(({ device }) => device);
        if (action.kind !== "reconcile") {
          const changed =
            action.kind === "hold"
              ? await holdAll(trx, keys, action.hold, actor)
              : await releaseAll(trx, keys, action.reason, actor);
          return { selected: keys.length, changed, held: 0 };
        }
        const free = chosen.filter(({ held }) => !held).map(({ device }) => device);
        const events = free.map(
          (device) => ({ device, type: "ReconcileAsked", data: {} }) as const,
        );
        await addEvents(trx, actor, events);
        await makeDue(trx, free, "drift", `${actor.owner} asked for it`);
        return { selected: keys.length, changed: free.length, held: keys.length - free.length };
      });
    },
  };
}
