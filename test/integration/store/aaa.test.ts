/** Suspend, resume and disconnect at the AAA: over UDP where a record answers for the NAS, by an event where none does. */
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/app/clock.ts";
import { udpDynamicAuthorization } from "../../../src/app/dynamic-authorization.ts";
import { AppError } from "../../../src/lib/errors.ts";
import { Secret } from "../../../src/lib/secret.ts";
import type { AaaRequestView, AaaStore } from "../../../src/ports/aaa-store.ts";
import { sendDue, sendToAaa } from "../../../src/service/aaa-sender.ts";
import { aaaStore } from "../../../src/store/aaa.ts";
import { startNas, type FakeNas } from "../../support/fake-nas.ts";
import {
  DAY,
  MINUTE,
  misuseWorld,
  OWN,
  T0,
  THIEF,
  type MisuseWorld,
} from "../../support/misuse-world.ts";
import { BILLING, recorder } from "../../support/stack.ts";

const SECRET = "C4n4ry7f3a-coa";
const NEVER = new AbortController().signal;
const outbound = udpDynamicAuthorization({ now: () => new Date(T0), randomByte: () => 9 });
let world: MisuseWorld;
let store: AaaStore;
let nas: FakeNas;

beforeAll(async () => {
  world = await misuseWorld();
  store = aaaStore(world.database.db, (reference) => {
    if (JSON.stringify(reference) === '{"env":"PLUMB_SECRET_COA"}') return new Secret(SECRET);
    throw new AppError("secret_unavailable", "The secret env PLUMB_SECRET_LATER is not set");
  });
});
afterAll(async () => {
  await world.close();
});
beforeEach(async () => {
  await world.reset();
  nas = await startNas(SECRET);
});
afterEach(async () => {
  await nas.close();
});

async function record(more: object = {}): Promise<void> {
  const spec = {
    ...{ address: "127.0.0.1", port: nas.port, secret: { env: "PLUMB_SECRET_COA" } },
    ...{ attempts: 2, timeout: "50ms", settle: "5s", requireMessageAuthenticator: true },
    ...more,
  };
  await sql`delete from records where kind = 'Aaa'`.execute(world.database.db);
  await sql`
    insert into records (kind, name, revision, spec, spec_hash, owner)
    values ('Aaa', 'bng', 1, ${JSON.stringify(spec)}::jsonb, '', 'o')`.execute(world.database.db);
}
const send = () => sendDue({ store, outbound }, NEVER);
const suspend = () => world.stores.fleet.suspend(world.device, "nonPayment", BILLING);
const resume = () =>
  world.stores.fleet.liftSuspension(world.device, { owner: "billing", reason: null }, BILLING);
const newest = async (): Promise<AaaRequestView | undefined> =>
  (await store.aaaOf(world.device))[0];
const codes = (): number[] => nas.requests.map(({ code }) => code);
const eventsSince = async (from: number): Promise<string[]> => {
  const { rows } = await sql<{ type: string }>`
    select type from events where id > ${from} and type !~ '^Record' order by id`.execute(
    world.database.db,
  );
  return rows.map(({ type }) => type);
};
const lastEvent = async (): Promise<number> => {
  const { rows } = await sql<{ id: number }>`select coalesce(max(id), 0) as id from events`.execute(
    world.database.db,
  );
  return rows[0]?.id ?? 0;
};

describe("a suspension", () => {
  beforeEach(async () => {
    await world.session(OWN, "bng-jhb-1", T0 - 30 * MINUTE, T0);
    await world.evaluate();
  });

  it("tells the AAA by its event first, and ends the session when that had its time; the CPE is not written", async () => {
    await record();
    const from = await lastEvent();
    await suspend();
    await send();
    expect(codes(), "not before the AAA was told").toEqual([]);
    expect(await newest()).toMatchObject({ state: "waiting", detail: "the AAA is told first" });
    await world.database.setNow(T0 + 6_000);
    await send();
    expect(codes()).toEqual([40]);
    expect(nas.requests[0]?.attributes.get(1)?.toString()).toBe("cpe-1001@isp.example");
    expect(await newest()).toMatchObject({
      ...{ state: "acked", target: "bng", packet: "disconnect", sent: 1 },
      ...{ ended: "acked", stoppedAt: null },
    });
    expect(await eventsSince(from)).toEqual(["ServiceSuspended", "AaaAsked", "AaaAnswered"]);
    const intents = await world.database.db.selectFrom("intents").select("id").execute();
    expect(intents).toEqual([]);
  });

  it("shows the Stop of accounting beside the word of the NAS, each for itself", async () => {
    await record({ settle: "0s" });
    nas.behave = () => "silence";
    await suspend();
    for (const minute of [0, 2, 4]) {
      await world.database.setNow(T0 + minute * MINUTE);
      await send();
    }
    expect(await newest()).toMatchObject({ state: "unknown", sent: 6, ended: null });
    await world.session(OWN, "bng-jhb-1", T0 - 30 * MINUTE, T0, true);
    expect(await newest()).toMatchObject({
      state: "unknown",
      ended: "stopped",
      stoppedAt: new Date(T0),
    });
  });

  it.for([
    [503, "gone"],
    [406, "refused"],
    [null, "refused"],
  ] as const)(
    "that the NAS answers with NAK %s is %s, and the session is not called ended",
    async ([cause, state]) => {
      await record({ settle: "0s" });
      nas.behave = () => ({ nak: cause });
      await suspend();
      await send();
      expect(await newest()).toMatchObject({ state, errorCause: cause, ended: null });
    },
  );

  it("is moved to the walled garden by CoA where the record has Filter-Ids, and back by a resume, in that order", async () => {
    await record({ settle: "0s", filterIds: { suspended: "walled", active: "full" } });
    await suspend();
    await send();
    await resume();
    await send();
    expect(codes()).toEqual([43, 43]);
    expect(nas.requests.map(({ attributes }) => attributes.get(11)?.toString())).toEqual([
      "walled",
      "full",
    ]);
    expect(await newest()).toMatchObject({ purpose: "resume", state: "acked", ended: null });
  });

  it("that is lifted before anything was sent is called off, and a resume ends no session", async () => {
    await record();
    await suspend();
    await resume();
    while ((await send()) > 0);
    await world.database.setNow(T0 + MINUTE);
    await send();
    expect(codes()).toEqual([]);
    const all = await store.aaaOf(world.device);
    expect(all.map(({ purpose, state }) => `${purpose} ${state}`)).toEqual([
      "resume moot",
      "suspend moot",
    ]);
  });

  it.for([
    ["another NAS", { nas: ["bng-other"] }],
    ["logins alone", { address: undefined, secret: undefined, login: { address: "radius-1" } }],
  ] as const)("asks by an event where the record is for %s", async ([, more]) => {
    await record(more);
    await suspend();
    await send();
    expect(codes()).toEqual([]);
    expect(await newest()).toMatchObject({ state: "told", target: null, ended: null });
    expect((await world.events("SessionChangeAsked")).at(-1)?.data).toMatchObject({
      ...{ purpose: "suspend", nas: "bng-jhb-1", nasAddress: "192.0.2.11" },
      session: "bng-jhb-1-000c42aa0001",
    });
  });

  it("waits for a secret that is not there yet, and says which", async () => {
    await record({ secret: { env: "PLUMB_SECRET_LATER" }, settle: "0s" });
    await suspend();
    await send();
    expect(await newest()).toMatchObject({
      state: "waiting",
      detail: expect.stringContaining("PLUMB_SECRET_LATER") as string,
    });
  });

  it("is sent again by the next process when the one that took it died", async () => {
    await record({ settle: "0s" });
    await suspend();
    expect(await store.takeAaa(8, 60_000)).toHaveLength(1);
    expect(await send(), "while the lease runs").toBe(0);
    await world.database.setNow(T0 + 2 * MINUTE);
    expect(await send()).toBe(1);
    expect(await newest()).toMatchObject({ state: "acked" });
  });
});

describe("a response to misuse", () => {
  it("ends the thief's session at its NAS and no other, and is done when the NAS has said so", async () => {
    await record();
    await world.policy(T0 - 31 * DAY, { disconnect: ["P01"] });
    const finding = await world.misuse();
    await world.respondAll();
    while ((await send()) > 0);
    expect(nas.requests.map(({ attributes }) => attributes.get(44)?.toString())).toEqual([
      "bng-cpt-1-d4ca6dbb0002",
    ]);
    expect(await world.made()).toEqual(["disconnect live act misuse_confirmed done"]);
    const [response] = await world.responses.responsesTo(finding);
    expect(response?.aaa).toMatchObject([{ state: "acked", ended: "acked", nas: "bng-cpt-1" }]);
  });

  it("stays open, for a person, where the NAS does not answer; a session that had its Stop is left alone", async () => {
    await record();
    nas.behave = () => "silence";
    await world.policy(T0 - 31 * DAY, { disconnect: ["P01"] });
    await world.misuse();
    await world.respondAll();
    await send();
    await world.session(THIEF, "bng-cpt-1", T0 - 90 * MINUTE, T0, true);
    await world.database.setNow(T0 + 2 * MINUTE);
    const before = nas.requests.length;
    await send();
    expect(nas.requests.length).toBe(before);
    expect(await newest()).toMatchObject({ state: "moot", ended: "stopped" });
  });
});

describe("an AAA that is away (I19)", () => {
  it("holds up no suspension, and the loop goes on", async () => {
    await world.session(OWN, "bng-jhb-1", T0 - 30 * MINUTE, T0);
    await world.evaluate();
    await nas.close();
    await record({ settle: "0s" });
    const telemetry = recorder();
    const ending = new AbortController();
    let taken = 0;
    const failing: AaaStore = {
      ...store,
      takeAaa: async (limit, leaseMs) => {
        taken += 1;
        if (taken === 1) throw new Error("database away");
        if (taken > 3) ending.abort();
        return await store.takeAaa(limit, leaseMs);
      },
    };
    expect((await suspend()).changed).toBe(true);
    const clock = { ...systemClock, sleep: () => Promise.resolve() };
    await sendToAaa({ store: failing, outbound, telemetry, clock }, ending.signal);
    expect(telemetry.lines.join()).toContain("nothing is asked of the AAA now: database away");
    expect((await resume()).changed).toBe(true);
    nas = await startNas(SECRET);
  });
});

it("no shared secret stands in a row or an event (I18)", async () => {
  await record({ settle: "0s" });
  await world.policy(T0 - 31 * DAY, { disconnect: ["P01"] });
  await world.misuse();
  await world.respondAll();
  await suspend();
  while ((await send()) > 0);
  expect(nas.requests.length).toBeGreaterThan(0);
  const { db } = world.database;
  const tables = await sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = 'public'`.execute(db);
  for (const { name } of tables.rows) {
    const found = await sql<{ row: string }>`
      select t::text as row from ${sql.table(name)} t where t::text like ${"%C4n4ry7f3a%"}`.execute(
      db,
    );
    expect(found.rows, name).toEqual([]);
  }
  expect(JSON.stringify(await store.aaaOf(world.device))).not.toContain("C4n4ry");
});
