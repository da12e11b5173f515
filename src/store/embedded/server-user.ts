/**
 * As whom the database server runs, and whether that user can enter a folder.
 *
 * PostgreSQL refuses to run as root, and initdb refuses a uid that has no entry in passwd.
 */
import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "../../lib/errors.ts";

export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Tried in this order; the first belongs to a PostgreSQL of the distribution, the second exists nearly everywhere. */
const CANDIDATES = ["postgres", "nobody"];

/** Lines that are not entries (comments, NIS marks) are left out. */
export function parsePasswd(text: string): ServerUser[] {
  return text.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    if (name === undefined || !/^\d+$/.test(uid ?? "") || !/^\d+$/.test(gid ?? "")) return [];
    return [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}

/** The owner of an existing cluster stays its user; a new cluster takes the first candidate that exists. */
export function pickServerUser(
  passwd: readonly ServerUser[],
  clusterUid: number | undefined,
): ServerUser | undefined {
  const owner = passwd.find((user) => user.uid === clusterUid && user.uid !== 0);
  if (owner !== undefined) return owner;
  return CANDIDATES.map((name) => passwd.find((user) => user.name === name && user.uid !== 0)).find(
    (user) => user !== undefined,
  );
}

/**
 * Undefined when we are an ordinary user, who needs no other.
 * @throws AppError `bad_config` for root on a system without a user that could run the server
 */
export async function serverUser(clusterUid: number | undefined): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = await readFile("/etc/passwd", "utf8").catch(() => "");
  const user = pickServerUser(parsePasswd(passwd), clusterUid);
  if (user !== undefined) return user;
  throw new AppError(
    "bad_config",
    `PostgreSQL does not run as root, and /etc/passwd has none of: ${CANDIDATES.join(", ")}. ` +
      "Start as an ordinary user, add one of these, or set DATABASE_URL.",
  );
}

/** Whether the mode bits let this user pass through the folder. */
export function mayPass(
  folder: { readonly mode: number; readonly uid: number; readonly gid: number },
  user: { readonly uid: number; readonly gid: number },
): boolean {
  if (folder.uid === user.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === user.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}

/** The nearest folder, from `path` upwards, that this user cannot pass. Undefined when the way is free. */
export async function barrier(path: string, user: ServerUser): Promise<string | undefined> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (!mayPass(await stat(folder), user)) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
