/** The engine's side of the store, put together from one file for each concern. */
import { sql, type Kysely } from "kysely";
import type { AppError } from "../../lib/errors.ts";
import type { EngineStore } from "../../ports/engine-store.ts";
import { observationWatch } from "../fraud/observed.ts";
import { mapRecords } from "../map-records.ts";
import type { Database } from "../tables.ts";
import { claims } from "./claims.ts";
import { contacts } from "./contacts.ts";
import { intents } from "./intents.ts";
import { leases } from "./leases.ts";
import { loadDevice, type OpenSecret } from "./load.ts";
import { neighbours } from "./neighbours.ts";
import { proofs } from "./proofs.ts";
import { queue } from "./queue.ts";
import { recording } from "./record.ts";
import { renewals } from "./renewals.ts";
import { slots } from "./slots.ts";
import { loadAcsSettings, parkingOf, type ResolveSecret } from "./settings.ts";

export interface EngineStoreDeps {
  readonly db: Kysely<Database>;
  /** Keyed digest under the index key of the ring. */
  readonly digest: (label: string, text: string) => string;
  readonly open: OpenSecret;
  readonly resolve: ResolveSecret;
  readonly complain: (acs: string, error: AppError) => void;
  /** Told when what was observed could not be looked at for misuse. */
  readonly undetected: (error: unknown) => void;
}

export function engineStore(deps: EngineStoreDeps): EngineStore {
  const { db, digest, resolve } = deps;
  const watch = observationWatch({ digest, failed: deps.undetected });
  return {
    mapRecords: () => mapRecords(db),
    acsSettings: () => loadAcsSettings(db, resolve, deps.complain),
    load: (key) =>
      loadDevice(db, key, deps.open, (spec, acs) => parkingOf(spec, acs, resolve, digest)),
    prepareHistory: async () => {
      await sql`select ensure_month_partitions()`.execute(db);
      await sql`select forget_radius_history()`.execute(db);
      await sql`select forget_events()`.execute(db);
      await sql`select forget_sightings()`.execute(db);
      await sql`select forget_inventory()`.execute(db);
    },
    ...leases(db),
    ...queue(db),
    ...contacts(db),
    ...slots(db),
    ...intents(db),
    ...proofs(db),
    ...claims(db),
    ...neighbours(db),
    ...recording(db, digest, watch),
    ...renewals(db, digest, watch),
  };
}
