/**
 * PostgreSQL's lock files: `postmaster.pid` in the cluster, `.s.PGSQL.<port>.lock` beside the socket.
 *
 * We never delete them. The first holds the key of a shared memory block, and from it a starting server sees that
 * processes of a killed one still write; without it, two servers can spoil one cluster.
 */
import { execFile } from "node:child_process";
import { chown, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";

/** Lines 1, 3 and 8 of `postmaster.pid`. */
export interface PidFile {
  readonly pid: number;
  /** Seconds since 1970. */
  readonly startedAtS: number;
  /** `starting`, `ready`, `stopping`, `standby`; empty in the first moments. */
  readonly status: string;
}

/** Undefined for a text without a pid: the server writes the file in several steps. */
export function parsePidFile(text: string): PidFile | undefined {
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return { pid, startedAtS: Number(lines[2] ?? 0), status: (lines[7] ?? "").trim() };
}

export async function readPidFile(pgdata: string): Promise<PidFile | undefined> {
  const text = await readFile(`${pgdata}/postmaster.pid`, "utf8").catch(() => "");
  return parsePidFile(text);
}

/**
 * Whether this pid is, at this moment, the server of this cluster, and not a later process under a reused number.
 * Told by its command line, which every user may read; its working folder is closed to root in a plain container.
 */
export async function isServerOf(pid: number, pgdata: string): Promise<boolean> {
  return (await commandLine(pid)).includes(`-D${SEPARATOR}${pgdata}${SEPARATOR}`);
}

const SEPARATOR = "\0";

/** Arguments, each with the separator behind it. Empty for a process that is dead, also if nobody has reaped it. */
async function commandLine(pid: number): Promise<string> {
  if (process.platform === "linux") {
    return readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  }
  const ps = promisify(execFile)("ps", ["-ww", "-o", "command=", "-p", String(pid)]);
  const { stdout } = await ps.catch(() => ({ stdout: "" }));
  return `${stdout.trim()} `.replaceAll(" ", SEPARATOR);
}

/**
 * Takes a lock file over from a server that is gone.
 *
 * PostgreSQL believes such a file as long as *any* process of the same user has the pid: a zombie, or after a restart
 * of the machine or container some other program, even one of our threads; and it never believes an empty one. Then
 * no start would ever succeed. Our own pid there is safe: a server skips the liveness test for its parent, and still
 * does the one for shared memory.
 *
 * @returns the pid that it replaced, 0 for an empty file; undefined when nothing had to be done
 */
export async function takeOver(lockFile: string, pgdata: string): Promise<number | undefined> {
  const text = await readFile(lockFile, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const pid = parsePidFile(text)?.pid ?? 0;
  if (pid === process.pid || (pid !== 0 && !exists(pid))) return undefined;
  if (await isServerOf(pid, pgdata)) return undefined;
  const next = `${lockFile}.new`;
  const lines = [process.pid, ...text.split("\n").slice(1)];
  await writeFile(next, lines.length === 1 ? `${process.pid}\n` : lines.join("\n"), {
    mode: 0o600,
    flush: true,
  });
  const { uid, gid } = await stat(dirname(lockFile));
  await chown(next, uid, gid); // as root we are not the server's user
  await rename(next, lockFile);
  return pid;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
