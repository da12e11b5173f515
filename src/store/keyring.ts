/**
 * The keys outside the database: a dump of the database alone opens no secret and tells nobody which secrets are equal.
 *
 * The ring is a JSON file of its owner only: `{version, indexKey, keys: [{id, created, key}]}`, keys as base64 of 32
 * bytes. The newest key seals, every key opens, so a new one is put beside the old until the last row is sealed anew.
 * The index key makes digests and nothing else, and no rotation touches it: what is compared by digest (secrets that do
 * not read back, sightings, RADIUS records) is kept nowhere in clear, so nothing could make those digests anew.
 * Lose the ring and every secret has to be given again.
 */
import { createHmac, randomBytes } from "node:crypto";
import { AppError } from "../lib/errors.ts";
import { Secret } from "../lib/secret.ts";
import { KEY_BYTES, lock, unlock } from "./envelope.ts";
import {
  addRingKey,
  makeRing,
  newestOf,
  readRing,
  removeRingKeys,
  type Ring,
  type RingKey,
} from "./keyring-file.ts";

export interface Sealed {
  readonly keyId: string;
  /** The data key, under a key of the ring. */
  readonly sealedKey: Buffer;
  /** The secret, under the data key. */
  readonly sealed: Buffer;
}

export class Keyring {
  readonly #file: string;
  #ring: Ring;
  #newest: RingKey;
  #keys: ReadonlyMap<string, RingKey>;

  constructor(file: string, ring: Ring) {
    this.#file = file;
    this.#ring = ring;
    this.#newest = newestOf(ring);
    this.#keys = new Map(ring.keys.map((each) => [each.id, each]));
  }

  /** The one that seals. */
  get newestId(): string {
    return this.#newest.id;
  }

  /** Without the keys themselves, oldest first. */
  get keys(): readonly { readonly id: string; readonly created: string }[] {
    const byAge = [...this.#ring.keys].sort(
      (a, b) => Date.parse(a.created) - Date.parse(b.created),
    );
    return byAge.map(({ id, created }) => ({ id, created }));
  }

  /**
   * Reads the file again: another process may have changed the ring. A ring with another index key is another ring, and
   * is not taken.
   *
   * @throws AppError `bad_config`
   */
  reread(): void {
    const ring = readRing(this.#file);
    if (!ring.indexKey.equals(this.#ring.indexKey)) {
      throw new AppError(
        "bad_config",
        `The key ring ${this.#file} was replaced by that of another database while the server ran. Put the one back ` +
          "that belongs to this database.",
      );
    }
    this.#ring = ring;
    this.#newest = newestOf(ring);
    this.#keys = new Map(ring.keys.map((each) => [each.id, each]));
  }

  /** @throws AppError `bad_config` where the file cannot be replaced */
  async addKey(): Promise<void> {
    await addRingKey(this.#file);
    this.reread();
  }

  /** @throws AppError `bad_config` where the file cannot be replaced */
  async removeKeys(ids: readonly string[]): Promise<void> {
    await removeRingKeys(this.#file, ids);
    this.reread();
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

  /** The same secret with its data key under the newest key: the secret itself is not opened. @throws as `open` */
  rewrap(
    aad: string,
    row: Pick<Sealed, "keyId" | "sealedKey">,
  ): Pick<Sealed, "keyId" | "sealedKey"> {
    const dataKey = this.#dataKey(aad, row);
    const { id, key: sealing } = this.#newest;
    const sealedKey = lock(sealing, `${id}|${aad}`, dataKey);
    dataKey.fill(0);
    return { keyId: id, sealedKey };
  }

  /** @throws AppError `secret_unavailable`: the ring lacks the key, or the row is damaged or was moved here */
  open(aad: string, row: Sealed): Secret {
    try {
      return new Secret(unlock(this.#dataKey(aad, row), aad, row.sealed).toString("utf8"));
    } catch (cause) {
      throw cause instanceof AppError ? cause : damaged(aad, cause);
    }
  }

  /** By another process. A file that cannot be read now has no other key: that is said of the secret. */
  #addedSince(id: string): RingKey | undefined {
    try {
      this.reread();
    } catch {
      return undefined;
    }
    return this.#keys.get(id);
  }

  #dataKey(aad: string, row: Pick<Sealed, "keyId" | "sealedKey">): Buffer {
    const sealing = this.#keys.get(row.keyId) ?? this.#addedSince(row.keyId);
    if (sealing === undefined) {
      throw new AppError(
        "secret_unavailable",
        `The key ring has no key ${row.keyId}, under which a stored secret was sealed. ` +
          "Start with the ring that belongs to this database, or give the secret again.",
        { details: { keyId: row.keyId } },
      );
    }
    try {
      return unlock(sealing.key, `${row.keyId}|${aad}`, row.sealedKey);
    } catch (cause) {
      throw damaged(aad, cause);
    }
  }

  /**
   * Equal texts under one label are equal here, and nobody without the ring can test a guess. Labels keep an equal user
   * name and password apart. Hex HMAC-SHA-256 of label, NUL, text.
   */
  digest(label: string, text: string): string {
    return createHmac("sha256", this.#ring.indexKey).update(`${label}\0${text}`).digest("hex");
  }
}

function damaged(place: string, cause: unknown): AppError {
  return new AppError(
    "secret_unavailable",
    "A stored secret does not open in its place: its row was changed, damaged or moved. Give the secret again.",
    { details: { place }, cause },
  );
}

/** @throws AppError `bad_config`: missing, open to others, or no key ring. Its content is never quoted. */
export function loadKeyring(file: string): Promise<Keyring> {
  return Promise.resolve().then(() => new Keyring(file, readRing(file)));
}

/**
 * Makes a new ring, 0600. A reader sees no file or the whole one, on the disk; of two that make it at once one is
 * refused.
 *
 * @throws AppError `bad_config` when the file exists: another ring would orphan every stored secret
 */
export async function makeKeyring(file: string): Promise<Keyring> {
  await makeRing(file);
  return await loadKeyring(file);
}
