import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../../../src/lib/secret.ts";
import { loadKeyring, makeKeyring, type Keyring } from "../../../src/store/keyring.ts";
import { fleetStore } from "../../../src/store/fleet/index.ts";
import { keyStore } from "../../../src/store/rotate-keys.ts";
import { sealFor } from "../../../src/store/sealing.ts";
import { aadOf, openSecret, PASSWORD_FIELD } from "../../../src/store/secrets.ts";
import { testDatabase, type TestDatabase } from "../../support/database.ts";
import { killPlumbs, startNode } from "../../support/plumb-process.ts";
import { ANYHOW, apply, by, credentials, device, FOR_REAL, keyOf, acs } from "./fleet-fixture.ts";

const GOES_ON = new AbortController().signal;
const nobodyTold = (): void => undefined;
const desk = by("desk");

let database: TestDatabase;
let folder: string;
let file: string;
let keyring: Keyring;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database.close();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plumb-keys-"));
  file = join(folder, "keyring.json");
  keyring = await makeKeyring(file);
  await sql`truncate secrets, sealing_keys`.execute(database.db);
});
afterEach(async () => {
  await killPlumbs();
  await rm(folder, { recursive: true });
});

const passwordOf = (device: number): string => `pw-of-${device}-Xy7!`;
/** Of devices that exist nowhere else: a secret has a place, and that is all that rotation looks at. */
async function seal(count: number, from = 100_000): Promise<void> {
  const rows = Array.from({ length: count }, (_, i) => {
    const place = { device: from + i, writer: "billing", field: PASSWORD_FIELD };
    const secret = new Secret(passwordOf(place.device));
    const { keyId, sealedKey, sealed } = keyring.seal(aadOf(place, 1), secret);
    const digest = keyring.digest("secret", secret.open());
    return { ...place, version: 1, digest, key_id: keyId, sealed_key: sealedKey, sealed };
  });
  for (let at = 0; at < rows.length; at += 1_000)
    await database.db
      .insertInto("secrets")
      .values(rows.slice(at, at + 1_000))
      .execute();
}

const stored = async () => await database.db.selectFrom("secrets").selectAll().execute();
const ringFile = async () =>
  JSON.parse(await readFile(file, "utf8")) as { indexKey: string; keys: { id: string }[] };
const countUnder = async (id: string): Promise<number> =>
  (await stored()).filter(({ key_id }) => key_id === id).length;

/** By a ring that was read from the file just now, as after a restart. */
async function expectAllToOpen(): Promise<void> {
  const fresh = await loadKeyring(file);
  for (const row of (await stored()).filter(({ device: of }) => of >= 100_000)) {
    expect(openSecret(fresh, row).open()).toBe(passwordOf(row.device));
    expect(row.digest).toBe(fresh.digest("secret", passwordOf(row.device)));
  }
}

describe("rotation", () => {
  it("puts everything under a new key, and leaves the old one and its file entry behind", async () => {
    await seal(1_000);
    const before = await ringFile();
    const old = keyring.newestId;
    const sealedBefore = (await stored()).map(({ sealed }) => sealed.toString("hex")).sort();
    const told: number[] = [];
    const end = await keyStore(database.db, keyring).rotate(desk, (n) => told.push(n), GOES_ON);
    expect(end).toEqual({ rewrapped: 1_000, retired: [old], left: null });
    expect(told).toEqual([200, 400, 600, 800, 1_000]);
    const after = await ringFile();
    expect(after.keys.map(({ id }) => id)).toEqual([keyring.newestId]);
    expect(keyring.newestId).not.toBe(old);
    expect(await countUnder(old)).toBe(0);
    // Secrets themselves were not opened, and what tells equal ones apart is as it was.
    expect((await stored()).map(({ sealed }) => sealed.toString("hex")).sort()).toEqual(
      sealedBefore,
    );
    expect(after.indexKey).toBe(before.indexKey);
    await expectAllToOpen();
    const views = await keyStore(database.db, keyring).keys();
    expect(views).toMatchObject([{ id: keyring.newestId, newest: true, secrets: 1_000 }]);
    const events = await sql<{ type: string; data: string }>`
      select type, data::text as data from events where type like 'KeyRotation%' order by id`.execute(
      database.db,
    );
    expect(events.rows.map(({ type }) => type)).toEqual(["KeyRotationBegan", "KeyRotationEnded"]);
    expect(JSON.stringify(events.rows)).not.toContain(after.indexKey);
  });

  it("goes on while documents are put and secrets are read, by a server that read its ring before", async () => {
    await seal(3_000);
    const old = keyring.newestId;
    const server = await loadKeyring(file);
    const store = fleetStore(database.db, server);
    await apply(store, [acs(), device("K1"), device("K2"), device("K3"), device("K4")], {
      expect: null,
    });
    const keys = await Promise.all(["K1", "K2", "K3", "K4"].map((serial) => keyOf(store, serial)));
    let over = false;
    let puts = 0;
    let reads = 0;
    const writer = async (key: number): Promise<void> => {
      for (let round = 0; !over || round < 3; round += 1) {
        const fields = credentials(`sub${key}`, `pw-${key}-${round}-Long!`);
        await store.putDocument(key, fields, by("billing"), ANYHOW, FOR_REAL);
        puts += 1;
      }
    };
    const reader = async (): Promise<void> => {
      while (!over) {
        const rows = await sql<never>`
          select * from secrets where device >= 100000 order by random() limit 20`.execute(
          database.db,
        );
        for (const row of rows.rows as Awaited<ReturnType<typeof stored>>) {
          expect(openSecret(server, row).open()).toBe(passwordOf(row.device));
          reads += 1;
        }
      }
    };
    const busy = [...keys.map(writer), reader(), reader()];
    const end = await keyStore(database.db, keyring).rotate(desk, nobodyTold, GOES_ON);
    over = true;
    await Promise.all(busy);
    expect(end).toMatchObject({ retired: [old], left: null });
    expect(await countUnder(old)).toBe(0);
    expect(await countUnder(keyring.newestId)).toBe(3_004);
    expect((await ringFile()).keys).toHaveLength(1);
    await expectAllToOpen();
    expect([puts > 12, reads > 20]).toEqual([true, true]);
  });

  it("that was killed in the middle is finished by the next one, with the same new key", async () => {
    await seal(8_000);
    const old = keyring.newestId;
    const connection = JSON.stringify(database.connection);
    const child = startNode("test/support/keys-child.ts", [connection, file]);
    const giveUpAt = performance.now() + 60_000;
    while (!/\n\d{3,}\n/.test(child.out())) {
      if (performance.now() > giveUpAt) throw new Error(child.err());
      await sleep(2);
    }
    await child.killGroup();
    const left = await countUnder(old);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(8_000);
    const between = (await ringFile()).keys.map(({ id }) => id);
    expect(between).toHaveLength(2);
    // Both kinds of row open now, as a server that is started again finds them.
    await expectAllToOpen();
    const restarted = await loadKeyring(file);
    const keys = keyStore(database.db, restarted);
    expect(await keys.unfinished()).toBe(true);
    let end = await keys.rotate(desk, nobodyTold, GOES_ON);
    // Its connection may not have been given up yet.
    while (end === null) end = await keys.rotate(desk, nobodyTold, GOES_ON);
    expect(end).toEqual({ rewrapped: left, retired: [old], left: null });
    expect((await ringFile()).keys.map(({ id }) => id)).toEqual([between[1]]);
    expect(await keys.unfinished()).toBe(false);
    await expectAllToOpen();
  });

  it("waits for whoever seals under the old key at the moment, and takes that secret along", async () => {
    const old = keyring.newestId;
    const server = await loadKeyring(file);
    const place = { device: 100_000, writer: "billing", field: PASSWORD_FIELD };
    let goOn: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let sealedNow: () => void = () => undefined;
    const sealed = new Promise<void>((resolve) => {
      sealedNow = resolve;
    });
    const put = database.db.transaction().execute(async (trx) => {
      const made = await sealFor(
        trx,
        server,
        aadOf(place, 1),
        new Secret(passwordOf(place.device)),
      );
      expect(made.keyId).toBe(old);
      sealedNow();
      await gate;
      const row = { key_id: made.keyId, sealed_key: made.sealedKey, sealed: made.sealed };
      const digest = server.digest("secret", passwordOf(place.device));
      await trx
        .insertInto("secrets")
        .values({ ...place, version: 1, digest, ...row })
        .execute();
    });
    await sealed;
    let ended = false;
    const rotation = keyStore(database.db, keyring)
      .rotate(desk, nobodyTold, GOES_ON)
      .finally(() => (ended = true));
    await sleep(150);
    expect(ended).toBe(false);
    goOn();
    await put;
    expect(await rotation).toEqual({ rewrapped: 1, retired: [old], left: null });
    await expectAllToOpen();
  });

  it("leaves a server with an old copy of the ring unable to seal, and stores nothing that nobody can open", async () => {
    const copy = join(folder, "copy.json");
    await copyFile(file, copy);
    const elsewhere = fleetStore(database.db, await loadKeyring(copy));
    await apply(elsewhere, [device("K9")], { expect: null });
    const key = await keyOf(elsewhere, "K9");
    await seal(10);
    await keyStore(database.db, keyring).rotate(desk, nobodyTold, GOES_ON);
    const put = elsewhere.putDocument(key, credentials("s", "pw-Long-1!"), desk, ANYHOW, FOR_REAL);
    await expect(put).rejects.toMatchObject({ code: "bad_config" });
    expect((await stored()).filter(({ device: of }) => of === key)).toEqual([]);
    // With the ring of now it goes on, without a restart.
    await copyFile(file, copy);
    await elsewhere.putDocument(key, credentials("s", "pw-Long-1!"), desk, ANYHOW, FOR_REAL);
    expect(await countUnder(keyring.newestId)).toBe(11);
    // And an old copy that comes back is not rotated with.
    const stale = keyStore(database.db, await loadKeyring(copy));
    expect(await stale.unfinished()).toBe(false);
  });

  it("of two at once is done by one", async () => {
    await seal(2_000);
    const other = keyStore(database.db, await loadKeyring(file));
    const both = await Promise.all([
      keyStore(database.db, keyring).rotate(desk, nobodyTold, GOES_ON),
      other.rotate(desk, nobodyTold, GOES_ON),
    ]);
    expect(both.filter((end) => end !== null)).toHaveLength(1);
    expect((await ringFile()).keys).toHaveLength(1);
  });

  it("takes a key that was added by hand, and makes no third", async () => {
    await seal(20);
    const old = keyring.newestId;
    await keyring.addKey();
    const added = keyring.newestId;
    const end = await keyStore(database.db, keyring).rotate(desk, nobodyTold, GOES_ON);
    expect([end?.retired, keyring.newestId]).toEqual([[old], added]);
  });
});
