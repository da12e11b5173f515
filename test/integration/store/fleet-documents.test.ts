import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../../../src/lib/secret.ts";
import { engineStore } from "../../../src/store/engine/index.ts";
import { openSecret, PASSWORD_FIELD, storedSecret } from "../../../src/store/secrets.ts";
import {
  acs,
  ANYHOW,
  apply,
  by,
  codeOf,
  credentials,
  device,
  emptyFleet,
  errorOf,
  eventTypes,
  firmware,
  FOR_REAL,
  keyOf,
  openFleet,
  type Fleet,
} from "./fleet-fixture.ts";

const CANARY = "canary-Gh7!zq-4471";

let fleet: Fleet;
let key: number;

beforeAll(async () => {
  fleet = await openFleet();
});
afterAll(async () => {
  await fleet.close();
});
beforeEach(async () => {
  await emptyFleet(fleet.db);
  await apply(fleet.store, [acs(), device("A1")]);
  key = await keyOf(fleet.store, "A1");
});

const put = (
  fields: Parameters<Fleet["store"]["putDocument"]>[1],
  owner = "billing",
  precondition: Parameters<Fleet["store"]["putDocument"]>[3] = ANYHOW,
  options: { readonly dryRun: boolean } = FOR_REAL,
) => fleet.store.putDocument(key, fields, by(owner), precondition, options);

async function work() {
  const { rows } = await sql<{ class: number; gen: number; due: boolean }>`
    select class, gen, due_at <= now() as due from work where device = ${key}`.execute(fleet.db);
  return rows[0];
}

describe("a document is replaced by content", () => {
  it("makes one generation of the same content, whatever the order of its keys", async () => {
    const first = await put({ ...firmware("1.2"), ...credentials("cpe1", CANARY) });
    expect([first.change, first.generation]).toEqual(["created", 1]);
    const before = await work();
    const events = await eventTypes(fleet.db);
    const second = await put({ ...credentials("cpe1", CANARY), ...firmware("1.2") });
    expect([second.change, second.generation]).toEqual(["unchanged", 1]);
    expect(second.view).toEqual(first.view);
    expect(await work()).toEqual(before);
    expect(await eventTypes(fleet.db)).toEqual(events);
  });

  it("makes one generation of 50 identical PUTs at the same time", async () => {
    const results = await Promise.all(
      Array.from({ length: 50 }, () => put(credentials("cpe1", CANARY))),
    );
    expect(results.map(({ generation }) => generation)).toEqual(Array(50).fill(1));
    expect(results.filter(({ change }) => change === "created")).toHaveLength(1);
    const revisions = await fleet.db.selectFrom("desired_revisions").selectAll().execute();
    expect(revisions).toHaveLength(1);
    expect(await eventTypes(fleet.db)).toEqual([
      "RecordCreated",
      "DeviceRegistered",
      "DesiredChanged",
    ]);
  });

  it("counts each of 50 different PUTs at the same time, and loses none", async () => {
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, n) => put(firmware(`1.${n}`))),
    );
    const generations = results.map(({ generation }) => generation).sort((a, b) => a - b);
    expect(generations).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
  });

  it("changes the generation when only the password is another one", async () => {
    await put(credentials("cpe1", "first-password"));
    const second = await put(credentials("cpe1", "second-password"));
    expect([second.change, second.generation]).toEqual(["changed", 2]);
    expect(second.view.fields["credentials"]).toMatchObject({
      password: { set: true, version: 2 },
    });
  });

  it("keeps a password that a present credentials leaves out, and opens it again", async () => {
    await put(credentials("cpe1", CANARY));
    const renamed = await put(credentials("cpe2"));
    expect(renamed.view.fields["credentials"]).toMatchObject({
      username: "cpe2",
      password: {
        set: true,
        version: 1,
        fingerprint: expect.stringMatching(/^[0-9a-f]{4}$/) as string,
        changedAt: expect.stringMatching(/Z$/) as string,
      },
    });
    const place = { device: key, writer: "billing", field: PASSWORD_FIELD };
    const row = await fleet.db.transaction().execute((trx) => storedSecret(trx, place));
    expect(row === undefined ? "" : openSecret(fleet.keyring, row).open()).toBe(CANARY);
  });

  it("refuses to open a secret in a row to which it was moved", async () => {
    await put(credentials("cpe1", CANARY));
    const row = await fleet.db.selectFrom("secrets").selectAll().executeTakeFirstOrThrow();
    for (const moved of [{ device: 99 }, { writer: "crm" }, { version: 7 }, { field: "other" }]) {
      expect(() => openSecret(fleet.keyring, { ...row, ...moved })).toThrow(/does not open/);
    }
  });

  it("releases a field object that is left out, with its password, whose version never comes back", async () => {
    await put({ ...credentials("cpe1", CANARY), ...firmware("1.2") });
    const released = await put(firmware("1.2"));
    expect(released.view.fields).toEqual({ firmware: { version: "1.2" } });
    expect(await fleet.db.selectFrom("secrets").selectAll().execute()).toEqual([]);
    expect(await fleet.db.selectFrom("revocations").selectAll().execute()).toEqual([]);
    const again = await put({ ...credentials("cpe1", CANARY), ...firmware("1.2") });
    expect(again.view.fields["credentials"]).toMatchObject({ password: { version: 2 } });
  });

  it("writes nothing in a dry run, and says what would be", async () => {
    const dry = await put(credentials("cpe1", CANARY), "billing", ANYHOW, { dryRun: true });
    expect([dry.change, dry.generation]).toEqual(["created", 1]);
    expect(await fleet.store.document(key, "billing")).toBeNull();
    expect(await fleet.db.selectFrom("secrets").selectAll().execute()).toEqual([]);
    expect((await work())?.due).toBe(false);
  });

  it.for([
    {
      name: "credentials are urgent",
      fields: credentials("cpe1", "p"),
      want: { class: 0, due: true },
    },
    {
      name: "firmware waits in the class of drift",
      fields: firmware("1"),
      want: { class: 3, due: true },
    },
  ])("makes the device due: $name", async ({ fields, want }) => {
    await put(fields);
    expect(await work()).toMatchObject(want);
    expect((await fleet.store.device(key)).state).toBe("queued");
  });

  it("names a device that is not there", async () => {
    expect(await codeOf(fleet.store.putDocument(999, {}, by("billing"), ANYHOW, FOR_REAL))).toBe(
      "not_found",
    );
  });
});

describe("two writers", () => {
  it("refuses a field that another writer's document holds, with owner and since", async () => {
    const { view } = await put(credentials("cpe1", CANARY));
    const error = await errorOf(put({ ...firmware("1"), ...credentials("x") }, "crm"));
    expect(error.code).toBe("field_conflict");
    expect(error.details).toEqual({ owner: "billing", since: view.changedAt.toISOString() });
    expect(error.problems).toEqual([
      {
        pointer: "/credentials",
        code: "owned_by",
        message: `credentials is set by billing since ${view.changedAt.toISOString()}`,
      },
    ]);
    expect(await fleet.store.document(key, "crm")).toBeNull();
  });

  it("lets each have fields of its own, with generations of their own", async () => {
    await put(credentials("cpe1", CANARY));
    await put(credentials("cpe1", "another"));
    const crm = await put(firmware("1"), "crm");
    expect([crm.change, crm.generation]).toEqual(["created", 1]);
    await fleet.store.endDocument(key, by("billing"), null);
    expect((await put({ ...firmware("1"), ...credentials("x") }, "crm")).change).toBe("changed");
  });
});

describe("preconditions", () => {
  const none = { ifMatch: null, ifNoneMatch: false };
  it.for([
    {
      name: "If-Match of the current generation passes",
      given: { ...none, ifMatch: [2] },
      want: "nothing",
    },
    { name: "one of several passes", given: { ...none, ifMatch: [1, 2] }, want: "nothing" },
    {
      name: "If-Match: * passes where there is one",
      given: { ...none, ifMatch: "*" as const },
      want: "nothing",
    },
    {
      name: "an old generation is refused",
      given: { ...none, ifMatch: [1] },
      want: "generation_changed",
    },
    {
      name: "If-None-Match: * is refused",
      given: { ...none, ifNoneMatch: true },
      want: "generation_changed",
    },
  ])("$name", async ({ given, want }) => {
    await put(firmware("1"));
    await put(firmware("2"));
    expect(await codeOf(put(firmware("3"), "billing", given))).toBe(want);
    if (want === "nothing") return;
    expect((await errorOf(put(firmware("3"), "billing", given))).details).toEqual({ current: 2 });
  });

  it("takes an ended document for none", async () => {
    await put(firmware("1"));
    await fleet.store.endDocument(key, by("billing"), null);
    const given = { ifMatch: [2], ifNoneMatch: false };
    expect((await errorOf(put(firmware("3"), "billing", given))).details).toEqual({
      current: null,
    });
    const made = await put(firmware("3"), "billing", { ifMatch: null, ifNoneMatch: true });
    expect([made.change, made.generation]).toEqual(["created", 3]);
  });
});

describe("the end of a service", () => {
  it("owes a revocation from the first day, once, and answers a repeat as the first call (I11)", async () => {
    await put(credentials("cpe1", CANARY));
    const first = (await fleet.store.endDocument(key, by("billing"), [1]))?.view;
    expect(first).toMatchObject({ generation: 2, endedAt: expect.any(Date) as Date });
    expect(first?.fields).toEqual({ credentials: { username: "cpe1", realm: "isp.example" } });
    const events = await eventTypes(fleet.db);
    expect((await fleet.store.endDocument(key, by("billing"), [1]))?.view).toEqual(first);
    expect(await eventTypes(fleet.db)).toEqual(events);
    expect(await fleet.store.document(key, "billing")).toEqual({ ...first, scheduled: null });
    const { owedRevocations, effective } = await fleet.store.device(key);
    expect(owedRevocations).toMatchObject([{ username: "cpe1@isp.example" }]);
    expect(effective).toEqual([]);
    expect(await work()).toMatchObject({ class: 0, due: true });
    expect(await fleet.db.selectFrom("secrets").selectAll().execute()).toEqual([]);
  });

  it("owes nothing where no credentials were", async () => {
    await put(firmware("1"));
    await fleet.store.endDocument(key, by("billing"), null);
    expect((await fleet.store.device(key)).owedRevocations).toEqual([]);
  });

  it("is nothing where there is no document, and is refused on an old generation", async () => {
    expect(await fleet.store.endDocument(key, by("billing"), null)).toBeNull();
    await put(firmware("1"));
    expect(await codeOf(fleet.store.endDocument(key, by("billing"), [9]))).toBe(
      "generation_changed",
    );
  });

  it("is taken back by a PUT, which withdraws the revocation of the same credential", async () => {
    await put(credentials("cpe1", CANARY));
    await fleet.store.endDocument(key, by("billing"), null);
    const again = await put(credentials("cpe1", CANARY));
    expect([again.change, again.generation]).toEqual(["created", 3]);
    expect((await fleet.store.device(key)).owedRevocations).toEqual([]);
    expect(await eventTypes(fleet.db)).toContain("RevocationWithdrawn");
  });

  it("leaves the revocation owed when another credential follows", async () => {
    await put(credentials("cpe1", CANARY));
    await fleet.store.endDocument(key, by("billing"), null);
    await put(credentials("cpe2", CANARY));
    expect((await fleet.store.device(key)).owedRevocations).toMatchObject([
      { username: "cpe1@isp.example" },
    ]);
  });
});

describe("the engine", () => {
  it("loads what billing put: the password opens, and its digest is the one of the ring", async () => {
    const { db, keyring } = fleet;
    const engine = engineStore({
      db,
      digest: (label, text) => keyring.digest(label, text),
      open: (row) => openSecret(keyring, row),
      resolve: () => new Secret("unused"),
      complain: () => undefined,
      undetected: () => undefined,
    });
    await put({ ...credentials("cpe1", "an older one"), ...firmware("1") });
    await put({ ...credentials("cpe1", CANARY), ...firmware("1") });
    const loaded = await engine.load(key);
    const [document] = loaded?.documents ?? [];
    expect(document?.fields.credentials?.password?.open()).toBe(CANARY);
    expect(document).toMatchObject({
      writer: "billing",
      generation: 2,
      fields: {
        credentials: { username: "cpe1", realm: "isp.example" },
        firmware: { version: "1" },
      },
      secretDigest: keyring.digest("secret", CANARY),
      endedAt: null,
    });
    await fleet.store.endDocument(key, by("billing"), null);
    const ended = await engine.load(key);
    expect(ended?.record.owedRevocations).toMatchObject([
      { username: "cpe1", realm: "isp.example" },
    ]);
    expect(ended?.documents[0]).toMatchObject({
      secretDigest: null,
      endedAt: expect.any(Date) as Date,
    });
  });
});

describe("secrets (I18)", () => {
  it("never stand in any row of any table, nor in what is shown", async () => {
    await put(credentials("cpe1", CANARY));
    await put({ ...credentials("cpe1", `${CANARY}2`), ...firmware("1") });
    const shown = JSON.stringify([
      await fleet.store.device(key),
      await fleet.store.document(key, "billing"),
      await fleet.store.fleet(),
    ]);
    expect(shown).not.toContain("canary");
    await fleet.store.endDocument(key, by("billing"), null);
    await put(credentials("cpe1", CANARY));
    const { rows: tables } = await sql<{ name: string }>`
      select quote_ident(relname) as name from pg_class
      where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`.execute(fleet.db);
    expect(tables.length).toBeGreaterThan(20);
    let read = 0;
    for (const { name } of tables) {
      const { rows } = await sql<{ row: string }>`
        select row_to_json(t)::text || t::text as row from ${sql.raw(name)} t`.execute(fleet.db);
      read += rows.length;
      const hex = Buffer.from("canary").toString("hex");
      for (const { row } of rows) expect(row).not.toMatch(new RegExp(`canary|${hex}`, "i"));
    }
    expect(read).toBeGreaterThan(10);
  });
});
