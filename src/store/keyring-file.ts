/**
 * The ring as a file: read, made, and replaced as a whole, so that a reader sees one ring or the other and never a half.
 *
 * It is read in one go and without waiting: a ring of keys is a few hundred bytes, and a server that meets a key which
 * it does not know reads it again in the middle of opening a secret.
 */
import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { link, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { AppError } from "../lib/errors.ts";
import { KEY_BYTES } from "./envelope.ts";

const key = z.base64().transform((text, context): Buffer => {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length === KEY_BYTES) return bytes;
  context.addIssue({ code: "custom", message: `is not ${KEY_BYTES} bytes` });
  return z.NEVER;
});
const ring = z.strictObject({
  version: z.literal(1),
  indexKey: key,
  keys: z
    .array(z.strictObject({ id: z.string().min(1), created: z.iso.datetime(), key }))
    .min(1)
    .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, "has an id twice"),
});

export type Ring = z.output<typeof ring>;
export type RingKey = Ring["keys"][number];

/** The key that seals. */
export function newestOf({ keys }: Pick<Ring, "keys">): RingKey {
  return keys.reduce((a, b) => (Date.parse(b.created) > Date.parse(a.created) ? b : a));
}

function refuse(file: string, why: string, cause?: unknown): AppError {
  return new AppError("bad_config", `The key ring ${file} ${why}`, { cause });
}

/**
 * Any access by others, and writing by the group. Reading by the group is how systemd and Kubernetes hand a credential
 * to a service.
 */
const TOO_OPEN = 0o027;

function openFile(file: string): number {
  try {
    return openSync(file, "r");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const why = missing
      ? "is not there. Put back the one that belongs to this database: no other opens its secrets."
      : "cannot be read by this user.";
    throw refuse(file, why, error);
  }
}

function readPrivate(file: string): string {
  const handle = openFile(file);
  try {
    if ((fstatSync(handle).mode & TOO_OPEN) === 0) return readFileSync(handle, "utf8");
  } finally {
    closeSync(handle);
  }
  throw refuse(file, `is open to other users of this machine. Close it: chmod 600 ${file}`);
}

/** @throws AppError `bad_config`: missing, open to others, or no key ring. Its content is never quoted. */
export function readRing(file: string): Ring {
  const text = readPrivate(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse(file, "is not JSON: it was damaged, or this is another file.");
  }
  const parsed = ring.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw refuse(file, `is no key ring: /${issue?.path.join("/") ?? ""} ${issue?.message ?? ""}`);
}

function textOf({ version, indexKey, keys }: Ring): string {
  const plain = {
    version,
    indexKey: indexKey.toString("base64"),
    keys: keys.map(({ id, created, key: bytes }) => ({
      id,
      created,
      key: bytes.toString("base64"),
    })),
  };
  return `${JSON.stringify(plain, null, 2)}\n`;
}

/** Written later than any key of the ring, also where this clock was set back. */
function newKey(after: number): RingKey {
  const created = new Date(Math.max(Date.now(), after + 1)).toISOString();
  return { id: randomBytes(4).toString("hex"), created, key: randomBytes(KEY_BYTES) };
}

/** @throws AppError `bad_config` when the file exists: another ring would orphan every stored secret */
export async function makeRing(file: string): Promise<void> {
  const made: Ring = { version: 1, indexKey: randomBytes(KEY_BYTES), keys: [newKey(0)] };
  const unfinished = `${file}.new-${randomBytes(4).toString("hex")}`;
  try {
    await writeDurably(unfinished, textOf(made), 0o600);
    await link(unfinished, file); // unlike a rename it never replaces
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw refuse(file, "exists already, and is not overwritten.", error);
  } finally {
    await rm(unfinished, { force: true });
  }
  await syncFolder(dirname(file));
}

/**
 * A new key that seals from now on, beside the others. The caller makes sure that nobody else changes the ring meanwhile.
 * @throws AppError `bad_config` where the file cannot be replaced
 */
export async function addRingKey(file: string): Promise<RingKey> {
  const before = readRing(file);
  const added = newKey(Date.parse(newestOf(before).created));
  await replaceRing(file, { ...before, keys: [...before.keys, added] });
  return added;
}

/** Leaves these keys out, but never the one that seals. @throws AppError `bad_config` where the file cannot be replaced */
export async function removeRingKeys(file: string, ids: readonly string[]): Promise<void> {
  const before = readRing(file);
  const { id: newest } = newestOf(before);
  const keys = before.keys.filter(({ id }) => id === newest || !ids.includes(id));
  if (keys.length < before.keys.length) await replaceRing(file, { ...before, keys });
}

async function replaceRing(file: string, next: Ring): Promise<void> {
  const unfinished = `${file}.new-${randomBytes(4).toString("hex")}`;
  try {
    await writeDurably(unfinished, textOf(next), (await stat(file)).mode & 0o777);
    await rename(unfinished, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw refuse(
      file,
      "cannot be replaced by this user. Where it is handed to the server by something else, add a key to the original " +
        "(plumb keys add FILE), hand it over, and rotate then.",
      error,
    );
  }
}

async function writeDurably(file: string, text: string, mode: number): Promise<void> {
  const handle = await open(file, "wx", mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A new name is on the disk only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
