/** Opens what everything stands on: the database (ours or the installation's), its schema, and the key ring. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openDatabase, type OpenDatabase } from "../store/database.ts";
import { openEmbedded } from "../store/embedded/server.ts";
import { aaaStore } from "../store/aaa.ts";
import { engineStore } from "../store/engine/index.ts";
import { feedStore } from "../store/feed.ts";
import { fleetStore } from "../store/fleet/index.ts";
import { findingsStore } from "../store/fraud/findings.ts";
import { responseStore } from "../store/fraud/responses.ts";
import { inventoryStore } from "../store/inventory.ts";
import { loadKeyring, makeKeyring } from "../store/keyring.ts";
import { migrate, migrationsFolder } from "../store/migrate.ts";
import { radiusStore } from "../store/radius.ts";
import { keyStore } from "../store/rotate-keys.ts";
import { webhookStore } from "../store/webhooks.ts";
import { openSecret } from "../store/secrets.ts";
import type { AppError } from "../lib/errors.ts";
import type { AaaStore } from "../ports/aaa-store.ts";
import type { EngineStore } from "../ports/engine-store.ts";
import type { FeedStore } from "../ports/feed-store.ts";
import type { FindingsStore } from "../ports/findings-store.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import type { InventoryStore } from "../ports/inventory-store.ts";
import type { KeyStore } from "../ports/key-store.ts";
import type { RadiusStore } from "../ports/radius-store.ts";
import type { ResponseStore } from "../ports/response-store.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { WebhookStore } from "../ports/webhook-store.ts";
import { resolveSecret, type Config } from "./config.ts";

export interface Stores {
  readonly engine: EngineStore;
  readonly fleet: FleetStore;
  readonly radius: RadiusStore;
  readonly keys: KeyStore;
  readonly feed: FeedStore;
  readonly findings: FindingsStore;
  readonly inventory: InventoryStore;
  readonly responses: ResponseStore;
  readonly aaa: AaaStore;
  readonly webhooks: WebhookStore;
  readonly database: OpenDatabase;
  close(): Promise<void>;
}

/** Said once for each cause; what was thrown may quote a value, so only its kind is told. */
function undetected(telemetry: Telemetry): (error: unknown) => void {
  const said = new Set<string>();
  return (error) => {
    const code = (error as { code?: unknown } | null)?.code;
    const cause = typeof code === "string" ? code : error instanceof Error ? error.name : "unknown";
    if (said.has(cause)) return;
    said.add(cause);
    const message = "misuse could not be looked for; corrections go on, and it is tried again";
    telemetry.log("error", message, { cause });
    telemetry.capture({
      ...{ message, fingerprint: ["fraud", cause], level: "error" },
      tags: { cause },
      error,
    });
  };
}

/** The key ring is made by itself only beside the embedded database: elsewhere losing it would go unnoticed. */
async function keyringOf(config: Config) {
  const file = config.keyringFile ?? join(config.dataDir, "keyring.json");
  if (config.keyringFile === null && !existsSync(file)) return await makeKeyring(file);
  return await loadKeyring(file);
}

/**
 * @throws AppError `database_owned`, `database_unreachable`, `database_newer`, `bad_config`
 */
export async function openStores(
  config: Config,
  telemetry: Telemetry,
  onLost: (error: AppError) => void,
): Promise<Stores> {
  const log: Telemetry["log"] = (level, message, facts) => {
    telemetry.log(level, message, facts);
  };
  const embedded =
    config.databaseUrl === null
      ? await openEmbedded({ dataDir: config.dataDir, log, onLost })
      : null;
  try {
    const target =
      embedded === null
        ? { connectionString: config.databaseUrl?.open() ?? "" }
        : { connection: embedded.connection };
    const database = await openDatabase(target, { log, max: 16 });
    const { ran } = await migrate(database.db, migrationsFolder());
    if (ran.length > 0) log("info", `schema brought up to date: ${ran.join(", ")}`);
    const keyring = await keyringOf(config);
    const resolve = (reference: unknown) =>
      resolveSecret(reference as never, config, (path) => readFileSync(path, "utf8"));
    // The records are read every few seconds: one complaint for each cause is enough.
    const complained = new Map<string, string>();
    const digest = (label: string, text: string) => keyring.digest(label, text);
    const engine = engineStore({
      db: database.db,
      digest,
      open: (row) => openSecret(keyring, row),
      resolve,
      complain: (acs, error) => {
        if (complained.get(acs) === error.message) return;
        complained.set(acs, error.message);
        log("error", `ACS ${acs} is left out: ${error.message}`);
      },
      undetected: undetected(telemetry),
    });
    return {
      engine,
      fleet: fleetStore(database.db, keyring),
      radius: radiusStore(database.db, digest),
      keys: keyStore(database.db, keyring),
      feed: feedStore(database.db),
      findings: findingsStore(database.db, digest),
      inventory: inventoryStore(database.db),
      responses: responseStore(database.db),
      aaa: aaaStore(database.db, resolve),
      webhooks: webhookStore(database.db, keyring),
      database,
      async close() {
        await database.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}
