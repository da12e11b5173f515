import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../../../src/lib/secret.ts";
import { loadKeyring, makeKeyring, type Sealed } from "../../../src/store/keyring.ts";

const AAD = "secrets|1|billing|credentials.password|1";
const PASSWORD = "canary-pa55";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plumbline-keyring-"));
  file = join(folder, "keyring.json");
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

interface RingFile {
  version: number;
  indexKey: string;
  keys: { id: string; created: string; key: string }[];
}

async function readRing(): Promise<RingFile> {
  return JSON.parse(await readFile(file, "utf8")) as RingFile;
}

async function writeRing(ring: unknown): Promise<void> {
  await writeFile(file, typeof ring === "string" ? ring : JSON.stringify(ring), { mode: 0o600 });
}

describe("the envelope", () => {
  it("opens what it sealed, in the place where it was sealed", async () => {
    const ring = await makeKeyring(file);
    for (const text of [PASSWORD, "", "päss\u0000wörd 🔑", "x".repeat(10_000)]) {
      expect(ring.open(AAD, ring.seal(AAD, new Secret(text))).open()).toBe(text);
    }
  });

  it("seals with a fresh data key and nonces each time, and holds nothing in clear", async () => {
    const ring = await makeKeyring(file);
    const [a, b] = [ring.seal(AAD, new Secret(PASSWORD)), ring.seal(AAD, new Secret(PASSWORD))];
    expect(a.sealed.equals(b.sealed)).toBe(false);
    expect(a.sealedKey.equals(b.sealedKey)).toBe(false);
    expect(Buffer.concat([a.sealed, a.sealedKey]).includes(PASSWORD)).toBe(false);
    // one data key of 32 bytes, each box with 12 bytes of nonce and 16 of tag
    expect([a.sealedKey.length, a.sealed.length]).toEqual([60, 28 + PASSWORD.length]);
  });

  const flip = (box: Buffer, at: number) => {
    const copy = Buffer.from(box);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  it.for<{ name: string; aad?: string; change?: (row: Sealed, other: Sealed) => Sealed }>([
    { name: "in another row", aad: "secrets|2|billing|credentials.password|1" },
    { name: "as another version", aad: "secrets|1|billing|credentials.password|2" },
    { name: "with one bit changed", change: (row) => ({ ...row, sealed: flip(row.sealed, 30) }) },
    { name: "with a changed nonce", change: (row) => ({ ...row, sealed: flip(row.sealed, 0) }) },
    {
      name: "with a changed data key",
      change: (row) => ({ ...row, sealedKey: flip(row.sealedKey, 40) }),
    },
    {
      name: "with the data key of another",
      change: (row, other) => ({ ...row, sealedKey: other.sealedKey }),
    },
    { name: "cut short", change: (row) => ({ ...row, sealed: row.sealed.subarray(0, 20) }) },
    {
      name: "empty",
      change: (row) => ({ ...row, sealed: Buffer.alloc(0), sealedKey: Buffer.alloc(0) }),
    },
  ])("does not open $name", async ({ aad = AAD, change = (row) => row }) => {
    const ring = await makeKeyring(file);
    const row = change(ring.seal(AAD, new Secret(PASSWORD)), ring.seal(AAD, new Secret(PASSWORD)));
    expect(() => ring.open(aad, row)).toThrow(
      expect.objectContaining({ code: "secret_unavailable" }) as Error,
    );
  });
});

describe("several keys", () => {
  it("seals with the newest, and still opens what an older one sealed", async () => {
    const old = await makeKeyring(file);
    const row = old.seal(AAD, new Secret(PASSWORD));
    const made = await readRing();
    const newer = {
      id: "newer",
      created: "2999-01-01T00:00:00Z",
      key: Buffer.alloc(32, 7).toString("base64"),
    };
    await writeRing({ ...made, keys: [newer, ...made.keys] });
    const both = await loadKeyring(file);
    expect(both.seal(AAD, new Secret(PASSWORD)).keyId).toBe("newer");
    expect(both.open(AAD, row).open()).toBe(PASSWORD);
  });

  it("names the key that it lacks, and what to do", async () => {
    const row = (await makeKeyring(file)).seal(AAD, new Secret(PASSWORD));
    await rm(file);
    const other = await makeKeyring(file);
    expect(() => other.open(AAD, row)).toThrow(
      new RegExp(`has no key ${row.keyId}.*Start with the ring that belongs to this database`),
    );
  });
});

describe("digests", () => {
  it("are equal for equal texts of one label and one ring, and for nothing else", async () => {
    const ring = await makeKeyring(file);
    const one = ring.digest("secret", PASSWORD);
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect((await loadKeyring(file)).digest("secret", PASSWORD)).toBe(one);
    expect(ring.digest("username", PASSWORD)).not.toBe(one);
    expect(ring.digest("secre", `t\0${PASSWORD}`)).not.toBe(one);
    expect(ring.digest("secret", `${PASSWORD} `)).not.toBe(one);
  });

  it("have a key of their own: another sealing key changes none", async () => {
    const one = (await makeKeyring(file)).digest("secret", PASSWORD);
    const made = await readRing();
    await writeRing({
      ...made,
      keys: [{ ...made.keys[0], key: Buffer.alloc(32, 9).toString("base64") }],
    });
    expect((await loadKeyring(file)).digest("secret", PASSWORD)).toBe(one);
  });
});

describe("the file", () => {
  it("is made whole, for its owner only, with nothing left beside it", async () => {
    await makeKeyring(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["keyring.json"]);
  });

  it("is never overwritten, not even by two that start together", async () => {
    const made = await Promise.allSettled([
      makeKeyring(file),
      makeKeyring(file),
      makeKeyring(file),
    ]);
    expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const before = await readFile(file, "utf8");
    await expect(makeKeyring(file)).rejects.toThrow(/exists already/);
    expect(await readFile(file, "utf8")).toBe(before);
    expect(await readdir(folder)).toEqual(["keyring.json"]);
  });

  it.for([0o604, 0o620, 0o666, 0o602])("is refused when others may use it (%o)", async (mode) => {
    await makeKeyring(file);
    await chmod(file, mode);
    await expect(loadKeyring(file)).rejects.toThrow(/open to other users.*chmod 600/);
  });

  it.for([0o600, 0o400, 0o440])(
    "is taken as a service manager hands it over (%o)",
    async (mode) => {
      await makeKeyring(file);
      await chmod(file, mode);
      await expect(loadKeyring(file)).resolves.toBeDefined();
    },
  );

  const key = Buffer.alloc(32).toString("base64");
  const good = { id: "a", created: "2026-01-01T00:00:00Z", key };
  it.for([
    { name: "no JSON", content: "not json", want: /is not JSON/ },
    { name: "another file", content: "[]", want: /is no key ring/ },
    { name: "no keys", content: { version: 1, indexKey: key, keys: [] }, want: /\/keys/ },
    {
      name: "a short key",
      content: { version: 1, indexKey: "AAAA", keys: [good] },
      want: /\/indexKey is not 32/,
    },
    {
      name: "an id twice",
      content: { version: 1, indexKey: key, keys: [good, good] },
      want: /an id twice/,
    },
  ])("is refused with $name, without quoting it", async ({ content, want }) => {
    await writeRing(content);
    const error = await loadKeyring(file).catch(
      (thrown: unknown) => thrown as Error & { code: string },
    );
    expect(error).toMatchObject({ code: "bad_config" });
    expect((error as Error).message).toMatch(want);
    expect((error as Error).message).not.toContain(key.slice(0, 8));
  });

  it("is named when it is not there", async () => {
    await expect(loadKeyring(file)).rejects.toMatchObject({
      code: "bad_config",
      message: expect.stringContaining("is not there. Put back the one") as string,
    });
  });
});
