/** What a change of the inventory makes due, what it leaves to the next record, and what it costs where there is none. */
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inventoryOf, momentOf } from "../../../src/store/fraud/inventory.ts";
import { DAY, MINUTE, T0, THIEF } from "../../support/misuse-world.ts";
import {
  DEVICE,
  HOUR,
  inventoryWorld,
  USER,
  type InventoryWorld,
} from "../../support/inventory-world.ts";

let world: InventoryWorld;
beforeAll(async () => {
  world = await inventoryWorld(["P02", "P04"]);
});
afterAll(async () => {
  await world.close();
});
beforeEach(async () => {
  await world.reset();
  // A credential that has no digest yet is evaluated when it gets one.
  await world.evaluate();
});

const at = (ms: number): string => new Date(ms).toISOString();
const due = async (): Promise<readonly string[]> => {
  const rows = await world.database.db.selectFrom("fraud_due").select(["kind", "id"]).execute();
  return rows.map(({ kind, id }) => `${kind} ${id}`).sort();
};
const order = (id: number, service: string): object => ({
  ...{ id: `O${id}`, service, kind: "swap", at: at(T0) },
});
const credential = (): string => `credential ${world.digest("username", USER)}`;

describe("what is told of a service", () => {
  it("asks for its credential, and told again for nothing", async () => {
    expect((await world.tell("orders", [order(1, DEVICE)])).asked).toBe(1);
    expect(await due()).toEqual([credential()]);
    await world.evaluate();
    expect((await world.tell("orders", [order(1, DEVICE)])).asked).toBe(0);
    expect(await due()).toEqual([]);
  });

  it("asks again when it is taken back", async () => {
    await world.tell("orders", [order(1, DEVICE)]);
    await world.evaluate();
    await world.inventory.forget("orders", `O1|${DEVICE}`, {
      ...{ owner: "network", tokenId: "t", requestId: "r" },
    });
    expect(await due()).toEqual([credential()]);
  });

  it("of very many asks only where something is open", async () => {
    const many = (untilAt: number): readonly object[] =>
      [DEVICE, ...Array.from({ length: 1_500 }, (_, n) => `SUB-${n}`)].map((service) => ({
        ...{ id: "T1", service, kind: "burn_in", fromAt: at(T0 - DAY), untilAt: at(untilAt) },
      }));
    expect((await world.tell("tickets", many(T0))).asked).toBe(0);
    await world.misuse();
    expect((await world.tell("tickets", many(T0 + DAY))).asked).toBe(1);
    expect(await due()).toEqual([credential()]);
  });

  it("in a rehearsal asks for nothing", async () => {
    const entries = [{ key: "O1", about: DEVICE, says: {} }];
    const actor = { owner: "network", tokenId: "t", requestId: "r" };
    const dry = { replace: false, dryRun: true, expect: null };
    expect((await world.inventory.tell("orders", entries, actor, dry)).asked).toBe(1);
    expect(await due()).toEqual([]);
  });
});

describe("what is told of the network", () => {
  const lines = Array.from({ length: 2_000 }, (_, n) => ({ nas: "bng-1", line: `p/${n}` }));

  it("asks about what is open, however much is told, and about nothing else", async () => {
    expect((await world.tell("lines", lines)).asked).toBe(0);
    await world.misuse();
    expect((await world.tell("lines", [{ nas: "bng-2", line: "p/1" }])).asked).toBe(1);
    expect(await due()).toEqual([credential()]);
  });
});

describe("a neighbourhood", () => {
  it("asks for nothing of an inventory that nobody told", async () => {
    const { db } = world.database;
    const moment = await db.transaction().execute((trx) => momentOf(trx));
    expect([moment.told, moment.now.getTime()]).toEqual([[], T0]);
    const nobody = new Proxy({}, { get: () => expect.fail("a statement was made") }) as never;
    const none = { radius: [], sightings: [], services: [], disturbances: [] };
    expect((await inventoryOf(nobody, none, moment)).lines).toEqual([]);
  });

  it("holds the newest of what one name has, and no more than a few hundred", async () => {
    const { db } = world.database;
    await sql`
      insert into inventory (kind, key, about, says, told_at, told_by)
      select 'disturbances', n || '|x', 'bng-jhb-1',
        jsonb_build_object('id', n, 'kind', 'nas_outage', 'of', 'bng-jhb-1', 'fromAt', ${at(T0)}::text),
        now() - n * interval '1 minute', 'network'
      from generate_series(1, 1000) n`.execute(db);
    const packet = { nas: { name: "bng-jhb-1", claimedAddress: null, sourceAddress: null } };
    const line = { portId: null, circuitId: null, baseStation: null };
    const fact = { credential: null, event: { ...packet, line } } as never;
    const facts = await db
      .transaction()
      .execute(async (trx) =>
        inventoryOf(
          trx,
          { radius: [fact], sightings: [], services: [], disturbances: [] },
          await momentOf(trx),
        ),
      );
    expect(facts.disturbances).toHaveLength(200);
  });
});

describe("voice", () => {
  it("is forgotten when no rule looks back to it, and nothing else is", async () => {
    const contact = { id: "c", service: DEVICE, network: "n", ofService: true };
    await world.tell("registrations", [{ ...contact, refreshedAt: [at(T0 - MINUTE)] }]);
    await world.tell("orders", [order(1, DEVICE)]);
    await world.database.setNow(T0 + 8 * DAY);
    await world.stores.engine.prepareHistory();
    expect(await world.inventory.counts()).toHaveLength(2);
    await world.database.setNow(T0 + 10 * DAY);
    await world.stores.engine.prepareHistory();
    expect((await world.inventory.counts()).map(({ kind }) => kind)).toEqual(["orders"]);
  });
});

describe("an Interim of a credential that is alone", () => {
  it("is looked at where the inventory knows the line to be another site's", async () => {
    const session = { nas: "bng-cpt-1", line: "p/1", fromMs: T0 - HOUR, untilMs: T0 - HOUR };
    const goesOn = { ...session, untilMs: T0 - 50 * MINUTE };
    await world.run(session);
    await world.evaluate();
    await world.run(goesOn);
    expect(await due(), "nobody told where it is").toEqual([]);
    await world.reset();
    await world.tell("lines", [{ nas: "bng-cpt-1", line: "p/1", site: "cpt" }]);
    await world.tell("lines", [{ nas: "bng-jhb-1", line: "p/1", site: "jhb" }]);
    await world.tell("services", [{ service: DEVICE, site: "jhb" }]);
    await world.run(session);
    await world.evaluate();
    await world.run(goesOn);
    expect(await due()).toEqual([credential()]);
    await world.reset();
    await world.tell("lines", [{ nas: "bng-cpt-1", line: "p/1", site: "cpt" }]);
    await world.tell("lines", [{ nas: "bng-jhb-1", line: "p/1", site: "jhb" }]);
    await world.tell("services", [{ service: DEVICE, site: "jhb", nomadic: true }]);
    await world.run(session);
    await world.evaluate();
    await world.run(goesOn);
    expect(await due(), "it may roam").toEqual([]);
  });

  it("is not, where two boxes of other credentials have nothing to do with it", async () => {
    await world.tell("lines", [{ nas: "bng-cpt-1", line: "p/1", site: "cpt" }]);
    const other = { user: "x@isp.example", mac: THIEF, nas: "bng-cpt-1", line: "p/1" };
    await world.run({ ...other, fromMs: T0 - HOUR, untilMs: T0 - HOUR });
    await world.evaluate();
    await world.run({ ...other, fromMs: T0 - HOUR, untilMs: T0 - 50 * MINUTE });
    expect(await due()).toEqual([]);
  });
});
