/** Cron entries. They only keep house or make devices due; missed ticks do no harm, as due times are in the database. */
import cron from "node-cron";
import { messageOf } from "../lib/errors.ts";
import type { EngineStore } from "../ports/engine-store.ts";
import type { Telemetry } from "../ports/telemetry.ts";

/** Each day, well before the month ends, the parts of the history tables for the months to come are made. */
const DAILY = "17 3 * * *";

export function scheduleHousekeeping(store: EngineStore, telemetry: Telemetry): { stop(): void } {
  const task = cron.schedule(DAILY, () => {
    store.prepareHistory().catch((error: unknown) => {
      telemetry.log(
        "warn",
        `history parts not made: ${messageOf(error)}; rows go to the default part meanwhile`,
      );
    });
  });
  return {
    stop() {
      void task.stop();
    },
  };
}
