/**
 * One owner of a data folder at a time.
 *
 * The lock is a listening unix socket in the folder: the kernel takes it away when its process dies, however it dies,
 * and knows no pid that could be reused. Node has no flock; an owner file with a pid is wrong in containers, where
 * two processes have the same number and cannot see each other; an abstract socket is not shared between containers.
 *
 * Every contender has a socket of its own under a name that is never used again, so removing a dead one can never hit
 * a live one. A contender first listens, then looks around: of two that start at the same moment, at least the later
 * one sees the other. Whoever sees another live socket does not own the folder.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, rename, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { Server } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../../lib/errors.ts";

export interface OwnerLock {
  /** Safe to call twice. */
  release(): Promise<void>;
}

interface Neighbour {
  readonly pid: number;
  /** False while it is still looking around itself. */
  readonly owns: boolean;
  readonly since: string;
}

/** How long two that keep meeting each other, or one that does not answer, are asked again. */
const PATIENCE_MS = 3_000;
const ANSWER_MS = 500;

/** @throws AppError `database_owned` that names the process, when another one is alive in the folder */
export async function takeOwnerLock(dataDir: string): Promise<OwnerLock> {
  const folder = join(dataDir, "owner");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const handle = await open(folder, "r");
  const giveUpAt = performance.now() + PATIENCE_MS;
  try {
    for (;;) {
      const mine = await raise(folder, handle);
      const others = mine === undefined ? [] : await liveNeighbours(folder, handle, mine.name);
      if (mine !== undefined && others.length === 0) {
        mine.own();
        return releaseOnce(mine, handle);
      }
      await mine?.lower();
      const owner = others.find((other) => other.owns) ?? others[0];
      if (owner !== undefined && (owner.owns || performance.now() > giveUpAt)) {
        throw owned(dataDir, owner);
      }
      await sleep(10 + Math.random() * 150);
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
}

interface Raised {
  readonly name: string;
  own(): void;
  lower(): Promise<void>;
}

/** Undefined when an owner swept our socket away before it listened; then we only try again. */
async function raise(folder: string, handle: FileHandle): Promise<Raised | undefined> {
  const name = `${process.pid}-${randomBytes(8).toString("hex")}.sock`;
  const since = new Date().toISOString();
  let owns = false;
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.end(JSON.stringify({ pid: process.pid, owns, since }));
  });
  // Between bind and listen a socket refuses like a dead one: it gets its real name only once it listens.
  await listen(server, address(folder, handle, `new-${name}`));
  server.unref();
  const lower = async () => {
    await unlink(join(folder, name)).catch(() => undefined);
    await new Promise((done) => server.close(done));
  };
  try {
    await rename(join(folder, `new-${name}`), join(folder, name));
  } catch {
    await lower();
    return undefined;
  }
  return { name, own: () => void (owns = true), lower };
}

async function liveNeighbours(folder: string, handle: FileHandle, mine: string) {
  const neighbours: Neighbour[] = [];
  for (const name of await readdir(folder)) {
    if (name === mine || !name.endsWith(".sock")) continue;
    const neighbour = await ask(address(folder, handle, name), pidIn(name));
    if (neighbour !== undefined && !name.startsWith("new-")) neighbours.push(neighbour);
    if (neighbour === undefined) await unlink(join(folder, name)).catch(() => undefined);
  }
  return neighbours;
}

/** Undefined only when the kernel says that nobody listens. A frozen process does not answer, and is alive. */
async function ask(path: string, pid: number): Promise<Neighbour | undefined> {
  return new Promise((resolve) => {
    let text = "";
    const silent = { pid, owns: false, since: "" };
    const socket = connect(path);
    const end = (neighbour: Neighbour | undefined) => {
      socket.destroy();
      resolve(neighbour);
    };
    socket.setTimeout(ANSWER_MS, () => {
      end(silent);
    });
    socket.on("data", (chunk) => (text += chunk.toString("utf8")));
    socket.on("end", () => {
      end(parseAnswer(text) ?? silent);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      end(error.code === "ECONNREFUSED" || error.code === "ENOENT" ? undefined : silent);
    });
  });
}

function parseAnswer(text: string): Neighbour | undefined {
  try {
    return JSON.parse(text) as Neighbour;
  } catch {
    return undefined;
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const what = `The data folder cannot hold a socket (${error.message}).`;
      reject(
        new AppError("bad_config", `${what} Choose another one with PLUMB_DATA_DIR.`, {
          cause: error,
        }),
      );
    });
    server.listen(path, resolve);
  });
}

/** A socket's path has at most 107 bytes; through the open folder it is short however deep the folder lies. */
function address(folder: string, handle: FileHandle, name: string): string {
  const plain = join(folder, name);
  if (Buffer.byteLength(plain) <= 100 || !existsSync("/proc/self/fd")) return plain;
  return `/proc/self/fd/${handle.fd}/${name}`;
}

function pidIn(name: string): number {
  return Number(/(\d+)-/.exec(name)?.[1] ?? 0);
}

function releaseOnce(mine: Raised, handle: FileHandle): OwnerLock {
  let released: Promise<void> | undefined;
  return { release: () => (released ??= mine.lower().then(() => handle.close())) };
}

function owned(dataDir: string, by: Neighbour): AppError {
  const since = by.since === "" ? "" : ` since ${by.since}`;
  return new AppError(
    "database_owned",
    `The process ${by.pid} has used the data folder ${dataDir}${since}. ` +
      "Stop that process, or give this one another folder (PLUMB_DATA_DIR) or a PostgreSQL of your own (DATABASE_URL).",
    { details: { pid: by.pid, dataDir } },
  );
}
