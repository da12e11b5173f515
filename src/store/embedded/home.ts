/**
 * Where the cluster, its socket and, if need be, a copy of its programs lie.
 *
 *   <data folder>/owner/         who owns the folder now (owner-lock.ts)
 *   <data folder>/database.json  what cannot be found again by looking: see `Memory`
 *   <data folder>/postgres/      the home, 0700, owned by the server's user: `data`, the socket, `server-<version>`
 *
 * Two things can force a part of it elsewhere. A socket's path has at most 107 bytes, so under a deep data folder the
 * socket gets a 0700 folder under the system's temporary folder. And root cannot run PostgreSQL: when a folder above
 * the data folder is closed to the user that does (a clone under /root), the home is `/var/lib/plumbline/<random>`,
 * since rows must not lie where the system cleans up. Backups then need both places, and the log says so.
 */
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, mkdtemp, readFile, realpath, stat } from "node:fs/promises";
import { lstat, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../lib/errors.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import type { Identity } from "./run.ts";
import { barrier, serverUser } from "./server-user.ts";
import type { ServerUser } from "./server-user.ts";

/** PostgreSQL builds `.s.PGSQL.<port>` from it. No TCP port is opened. */
export const SOCKET_PORT = 5432;
const MAX_SOCKET_PATH_BYTES = 100;
const ELSEWHERE = "/var/lib/plumbline";

export interface Home {
  readonly dataDir: string;
  readonly folder: string;
  readonly pgdata: string;
  readonly socketFolder: string;
  readonly identity: Identity;
}

/** `database.json`. Paths are only written down when they are not the usual ones, so a data folder can be moved. */
interface Memory {
  home?: string;
  socketFolder?: string;
  /** When the cluster was finished: from then on a missing cluster is a loss, not a first start. */
  madeAt?: string;
}

/** Makes the data folder, and answers its real path. Only we may list it; others may pass if the server must. */
export async function makeDataFolder(dataDir: string): Promise<string> {
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  await mkdir(dataDir, { recursive: true, mode });
  return realpath(dataDir);
}

/** Called under the owner lock, at each start; finds the same places again. */
export async function findHome(dataDir: string, log: Telemetry["log"]): Promise<Home> {
  const memory = await recall(dataDir);
  const usual = join(dataDir, "postgres");
  const cluster = join(memory.home ?? usual, "data");
  const user = await serverUser((await stat(cluster).catch(() => undefined))?.uid);
  const folder = memory.home ?? (await chooseHome(dataDir, usual, user, log));
  if (folder !== usual && memory.home === undefined) {
    memory.home = folder; // before the first file is there, so that a crash cannot forget it
    await remember(dataDir, memory);
  }
  await makePrivate(folder, user);
  const socketFolder = await findSocketFolder(folder, memory.socketFolder, user);
  if (socketFolder !== (memory.socketFolder ?? folder)) {
    memory.socketFolder = socketFolder;
    await remember(dataDir, memory);
  }
  const pgdata = join(folder, "data");
  await refuseLoss(dataDir, pgdata, memory);
  const identity = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  return { dataDir, folder, pgdata, socketFolder, identity };
}

/** Called once the cluster is there. */
export async function rememberCluster(dataDir: string): Promise<void> {
  const memory = await recall(dataDir);
  if (memory.madeAt !== undefined) return;
  await remember(dataDir, { ...memory, madeAt: new Date().toISOString() });
}

async function chooseHome(
  dataDir: string,
  usual: string,
  user: ServerUser | undefined,
  log: Telemetry["log"],
): Promise<string> {
  if (user === undefined) return usual;
  let closed = await barrier(dataDir, user);
  if (closed === dataDir) {
    // our own folder: opening it to passers-by is better than rows that lie apart from it
    await chmod(dataDir, (await stat(dataDir)).mode | 0o011);
    closed = await barrier(dataDir, user);
  }
  if (closed === undefined) return usual;
  await mkdir(ELSEWHERE, { recursive: true });
  await chmod(ELSEWHERE, 0o711); // whatever our umask is
  const folder = join(ELSEWHERE, randomBytes(8).toString("hex"));
  log(
    "warn",
    `The rows lie in ${folder}: ${user.name}, who runs PostgreSQL, cannot enter ${closed}`,
    {
      dataDir,
      home: folder,
    },
  );
  return folder;
}

async function makePrivate(folder: string, user: ServerUser | undefined): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o711 });
  await chmod(folder, 0o700);
  if (user !== undefined) await chown(folder, user.uid, user.gid);
}

async function findSocketFolder(
  folder: string,
  remembered: string | undefined,
  user: ServerUser | undefined,
): Promise<string> {
  if (fits(folder)) return folder;
  if (remembered !== undefined && (await isPrivate(remembered, user))) return remembered;
  const base = [tmpdir(), "/tmp"].find((each) => fits(join(each, "plumbline-XXXXXX"))) ?? "/tmp";
  const made = await mkdtemp(join(base, "plumbline-"));
  await makePrivate(made, user);
  return made;
}

export function fits(socketFolder: string): boolean {
  const path = join(socketFolder, `.s.PGSQL.${SOCKET_PORT}`);
  return Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES;
}

/** In a folder that everybody writes to, a remembered name proves nothing: the folder must still be ours alone. */
async function isPrivate(folder: string, user: ServerUser | undefined): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  const uid = user?.uid ?? process.getuid?.();
  return found?.isDirectory() === true && found.uid === uid && (found.mode & 0o777) === 0o700;
}

async function refuseLoss(dataDir: string, pgdata: string, memory: Memory): Promise<void> {
  if (memory.madeAt === undefined || (await stat(pgdata).catch(() => undefined))) return;
  throw new AppError(
    "bad_config",
    `The database of ${dataDir} was made at ${memory.madeAt} in ${pgdata} and is not there any more. ` +
      `Bring that folder back, or delete ${join(dataDir, "database.json")} to begin with an empty one.`,
  );
}

async function recall(dataDir: string): Promise<Memory> {
  const text = await readFile(join(dataDir, "database.json"), "utf8").catch(() => "{}");
  return JSON.parse(text) as Memory;
}

async function remember(dataDir: string, memory: Memory): Promise<void> {
  const file = join(dataDir, "database.json");
  await writeFile(`${file}.new`, `${JSON.stringify(memory, null, 2)}\n`, { flush: true });
  await rename(`${file}.new`, file);
}
