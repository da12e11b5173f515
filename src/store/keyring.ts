/**
 * The keys outside the database: a dump of the database alone opens no secret and tells nobody which secrets are equal.
 *
 * The ring is a JSON file of its owner only: `{version, indexKey, keys: [{id, created, key}]}`, keys as base64 of 32
 * bytes. The newest key seals, every key opens, so a new one is put beside the old until the last row is sealed anew.
 * The index key makes digests and nothing else. Lose the ring and every secret has to be given again.
 */
import { createHmac, randomBytes } from "node:crypto";
import { link, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { AppError } from "../lib/errors.ts";
import { Secret } from "../lib/secret.ts";
import { KEY_BYTES, lock, unlock } from "./envelope.ts";

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

type Ring = z.output<typeof ring>;
type RingKey = Ring["keys"][number];

export interface Sealed {
  readonly keyId: string;
  /** The data key, under a key of the ring. */
  readonly sealedKey: Buffer;
  /** The secret, under the data key. */
  readonly sealed: Buffer;
}

export class Keyring {
  readonly #newest: RingKey;
  readonly #keys: ReadonlyMap<string, RingKey>;
  readonly #indexKey: Buffer;

  constructor({ keys, indexKey }: Pick<Ring, "keys" | "indexKey">) {
    this.#newest = keys.reduce((a, b) => (Date.parse(b.created) > Date.parse(a.created) ? b : a));
    this.#keys = new Map(keys.map((each) => [each.id, each]));
    this.#indexKey = indexKey;
  }

  /**
   * A fresh data key for each secret: no nonce is ever near reuse, and a destroyed row is destroyed in every copy of
   * it that lacks the ring. Twice the same secret gives two results that share nothing.
   *
   * @param aad the place where the result will stand; it opens nowhere else
   */
  seal(aad: string, secret: Secret): Sealed {
    const { id, key: sealing } = this.#newest;
    const dataKey = randomBytes(KEY_BYTES);
    const sealed = lock(dataKey, aad, Buffer.from(secret.open()));
    const sealedKey = lock(sealing, `${id}|${aad}`, dataKey);
    dataKey.fill(0);
    return { keyId: id, sealedKey, sealed };
  }

  /** @throws AppError `secret_unavailable`: the ring lacks the key, or the row is damaged or was moved here */
  open(aad: string, row: Sealed): Secret {
    const sealing = this.#keys.get(row.keyId);
    if (sealing === undefined) {
      throw new AppError(
        "secret_unavailable",
        `The key ring has no key ${row.keyId}, under which a stored secret was sealed. ` +
          "Start with the ring that belongs to this database, or give the secret again.",
        { details: { keyId: row.keyId } },
      );
    }
    try {
      const dataKey = unlock(sealing.key, `${row.keyId}|${aad}`, row.sealedKey);
      return new Secret(unlock(dataKey, aad, row.sealed).toString("utf8"));
    } catch (cause) {
      throw new AppError(
        "secret_unavailable",
        "A stored secret does not open in its place: its row was changed, damaged or moved. Give the secret again.",
        { details: { place: aad }, cause },
      );
    }
  }

  /**
   * Equal texts under one label are equal here, and nobody without the ring can test a guess. Labels keep an equal user
   * name and password apart. Hex HMAC-SHA-256 of label, NUL, text.
   */
  digest(label: string, text: string): string {
    return createHmac("sha256", this.#indexKey).update(`${label}\0${text}`).digest("hex");
  }
}

function refuse(file: string, why: string, cause?: unknown): AppError {
  return new AppError("bad_config", `The key ring ${file} ${why}`, { cause });
}

/**
 * Any access by others, and writing by the group. Reading by the group is how systemd and Kubernetes hand a credential
 * to a service.
 */
const TOO_OPEN = 0o027;

async function readPrivate(file: string): Promise<string> {
  const handle = await open(file, "r").catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const why = missing
      ? "is not there. Put back the one that belongs to this database: no other opens its secrets."
      : "cannot be read by this user.";
    throw refuse(file, why, error);
  });
  try {
    const { mode } = await handle.stat();
    if ((mode & TOO_OPEN) === 0) return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
  throw refuse(file, `is open to other users of this machine. Close it: chmod 600 ${file}`);
}

/** @throws AppError `bad_config`: missing, open to others, or no key ring. Its content is never quoted. */
export async function loadKeyring(file: string): Promise<Keyring> {
  const text = await readPrivate(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse(file, "is not JSON: it was damaged, or this is another file.");
  }
  const parsed = ring.safeParse(value);
  if (parsed.success) return new Keyring(parsed.data);
  const issue = parsed.error.issues[0];
  throw refuse(file, `is no key ring: /${issue?.path.join("/") ?? ""} ${issue?.message ?? ""}`);
}

/**
 * Makes a new ring, 0600. A reader sees no file or the whole one, on the disk; of two that make it at once one is
 * refused.
 *
 * @throws AppError `bad_config` when the file exists: another ring would orphan every stored secret
 */
export async function makeKeyring(file: string): Promise<Keyring> {
  const random = () => randomBytes(KEY_BYTES).toString("base64");
  const first = { id: randomBytes(4).toString("hex"), created: new Date().toISOString() };
  const made = { version: 1, indexKey: random(), keys: [{ ...first, key: random() }] };
  const unfinished = `${file}.new-${randomBytes(4).toString("hex")}`;
  try {
    await writeDurably(unfinished, `${JSON.stringify(made, null, 2)}\n`);
    await link(unfinished, file); // unlike a rename it never replaces
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw refuse(file, "exists already, and is not overwritten.", error);
  } finally {
    await rm(unfinished, { force: true });
  }
  await syncFolder(dirname(file));
  return await loadKeyring(file);
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx", 0o600);
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
