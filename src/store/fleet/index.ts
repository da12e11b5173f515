/** What services need of the store, put together from one file for each noun. */
import type { Kysely } from "kysely";
import type { FleetStore } from "../../ports/fleet-store.ts";
import type { Keyring } from "../keyring.ts";
import type { Database } from "../tables.ts";
import { acs } from "./acs.ts";
import { apply } from "./apply.ts";
import { counts } from "./counts.ts";
import { detail } from "./detail.ts";
import { devices } from "./devices.ts";
import { documents } from "./documents.ts";
import { holds } from "./holds.ts";
import { imports } from "./imports.ts";
import { judge } from "./judge.ts";
import { many } from "./many.ts";
import { operations } from "./operations.ts";
import { records } from "./records.ts";
import { releases } from "./releases.ts";
import { replays } from "./replays.ts";
import { rotations } from "./rotations.ts";
import { scheduled } from "./scheduled.ts";
import { signs } from "./signs.ts";
import { stops } from "./stops.ts";
import { suspensions } from "./suspensions.ts";
import { swaps } from "./swaps.ts";
import { tokenChanges } from "./token-changes.ts";
import { tokens } from "./tokens.ts";
import { wake } from "./wake.ts";
import { why } from "./why.ts";

export function fleetStore(db: Kysely<Database>, keyring: Keyring): FleetStore {
  return {
    ...tokens(db),
    ...tokenChanges(db),
    ...records(db),
    ...apply(db),
    ...devices(db),
    ...detail(db),
    ...counts(db),
    ...documents(db, keyring),
    ...judge(db, keyring),
    ...operations(db),
    ...holds(db),
    ...releases(db),
    ...stops(db),
    ...wake(db),
    ...acs(db),
    ...signs(db, keyring),
    ...why(db),
    ...many(db),
    ...scheduled(db, keyring),
    ...rotations(db, keyring),
    ...suspensions(db),
    ...swaps(db, keyring),
    ...replays(db, keyring),
    ...imports(db),
  };
}
