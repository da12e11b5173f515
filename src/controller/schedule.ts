/** Cron entries. They only keep house or make devices due; missed ticks do no harm, as due times are in the database. */
import cron from "node-cron";
import { messageOf } from "../lib/errors.ts";
import type { EngineStore } from "../ports/engine-store.ts";
import type { Telemetry } from "../ports/telemetry.ts";

/** Each day, well before the month ends, the parts of the history tables for the months to come are made. */
const DAILY = "17 3 * * *";
const HOURLY = "41 * * * *";
/** What `plumb acs calls` can show. */
const CALLS_KEPT_MS = 48 * 60 * 60_000;

export function scheduleHousekeeping(store: EngineStore, telemetry: Telemetry): { stop(): void } {
  const tell = (what: string) => (error: unknown) => {
    telemetry.log("warn", `${what}: ${messageOf(error)}`);
  };
  const forget = cron.schedule(HOURLY, () => {
    store.forgetCalls(CALLS_KEPT_MS).catch(tell("old calls not forgotten"));
  });
  const task = cron.schedule(DAILY, () => {
    const what = "history parts not made (rows go to the default part meanwhile)";
    store.prepareHistory().catch(tell(what));
  });
  return {
    stop() {
      void task.destroy();
      void forget.destroy();
    },
  };
}
