/** `plumb migrate`: the schema alone, for installations that do it apart from the start. */
import type { Config } from "./config.ts";
import { openStores } from "./open-store.ts";
import { startTelemetry } from "./telemetry.ts";

/** Opening the store brings the schema up to date, and says in the log what ran. */
export async function migrateOnly(config: Config, stderr: NodeJS.WritableStream): Promise<number> {
  const telemetry = await startTelemetry({ dsn: null, level: config.logLevel });
  const stores = await openStores(config, telemetry, () => undefined);
  await stores.close();
  await telemetry.close();
  stderr.write("the schema is up to date\n");
  return 0;
}
