/** The ladder over the real store: shadow does nothing, caps hold, a protected device is not cut, trouble stays its own. */
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../../../src/lib/secret.ts";
import { openDatabase } from "../../../src/store/database.ts";
import { responseStore } from "../../../src/store/fraud/responses.ts";
import { BILLING } from "../../support/stack.ts";
import { DAY, MINUTE, misuseWorld, OWN, T0, type MisuseWorld } from "../../support/misuse-world.ts";

let world: MisuseWorld;
const DESK = { owner: "desk", tokenId: "t", requestId: "r" };
const MONTH_AGO = T0 - 31 * DAY;
const P01 = ["P01"];

beforeAll(async () => {
  world = await misuseWorld();
});
afterAll(async () => {
  await world.close();
});
beforeEach(() => world.reset());

const asked = async (): Promise<readonly string[]> =>
  (
    await world.database.db
      .selectFrom("aaa_requests")
      .select(["session_id", "state", "purpose"])
      .orderBy("request")
      .execute()
  ).map((row) => `${row.purpose} ${row.session_id} ${row.state}`);
const protect = () =>
  sql`update devices set labels = '{"protected": "true"}'`.execute(world.database.db);

describe("by itself", () => {
  it("nothing is done about a confirmed finding unless a person switched it on", async () => {
    await world.misuse();
    await world.respondAll();
    await world.policy(MONTH_AGO, { disconnect: ["P06"] });
    await world.respondAll();
    expect([await world.made(), await asked()]).toEqual([[], []]);
  });

  it("a step in shadow does nothing, and says in the finding and in an event what it would have done", async () => {
    await world.policy(T0 - 30 * DAY + MINUTE, { rotate: P01, disconnect: P01 });
    const finding = await world.misuse();
    const before = (await world.events("ResponseShadowed")).length;
    await world.respondAll();
    expect(await world.made()).toEqual([
      "rotate shadow act misuse_confirmed noted",
      "disconnect shadow act misuse_confirmed noted",
    ]);
    expect(await asked(), "nothing is asked of anybody").toEqual([]);
    expect(await world.events("ResponseMade", "CredentialRotationAsked", "AaaAsked")).toEqual([]);
    const shown = await world.responses.responsesTo(finding);
    expect(shown.map(({ mode, sessions }) => [mode, sessions])).toEqual([
      ["shadow", 0],
      ["shadow", 1],
    ]);
    const events = (await world.events("ResponseShadowed")).slice(before);
    expect(events.map(({ data }) => [data["step"], data["would"], data["finding"]])).toEqual([
      ["rotate", "act", finding],
      ["disconnect", "act", finding],
    ]);
    // What was only noted is not done later, when the month is over.
    await world.database.setNow(T0 + 2 * MINUTE);
    await world.respondAll();
    expect(await asked()).toEqual([]);
  });

  it("a month later it ends the session of the other box, and that one alone", async () => {
    await world.policy(MONTH_AGO, { disconnect: P01 });
    await world.misuse();
    await world.respondAll();
    await world.respondAll();
    expect(await world.made()).toEqual(["disconnect live act misuse_confirmed open"]);
    expect(await asked()).toEqual(["misuse bng-cpt-1-d4ca6dbb0002 waiting"]);
  });

  it("a pattern that is added, or switched off and on, begins its month anew", async () => {
    await world.policy(MONTH_AGO, { disconnect: P01 });
    await world.policy(T0 - 2 * DAY, { disconnect: [] });
    await world.policy(T0 - DAY, { disconnect: ["P01", "P06"] });
    await world.misuse();
    await world.respondAll();
    expect(await world.made()).toEqual(["disconnect shadow act misuse_confirmed noted"]);
  });

  it("a protected device is never cut, not even by a person here", async () => {
    await world.policy(MONTH_AGO, { rotate: P01, disconnect: P01 });
    await protect();
    const finding = await world.misuse();
    await world.respondAll();
    expect(await world.made()).toEqual([
      "rotate live refuse protected noted",
      "disconnect live refuse protected noted",
    ]);
    for (const step of ["rotate", "disconnect", "suspend"] as const) {
      await expect(world.responses.order(finding, step, "r", DESK)).rejects.toMatchObject({
        code: "response_refused",
        details: { reason: "protected" },
      });
    }
    expect(await asked()).toEqual([]);
  });

  it("a box of which nobody knows whether it is the customer's is not cut", async () => {
    await world.policy(MONTH_AGO, { disconnect: P01 });
    await world.misuse();
    const { db } = world.database;
    await sql`update device_aliases set alias = '000000000001' where kind = 'mac'`.execute(db);
    await world.respondAll();
    await sql`update device_aliases set alias = '000c42aa0001' where kind = 'mac'`.execute(db);
    expect(await world.made()).toEqual(["disconnect live refuse own_side_unknown noted"]);
  });

  it("with rotate on too, the old password goes first: who is cut does not come back with it", async () => {
    await world.policy(MONTH_AGO, { rotate: P01, disconnect: P01 });
    await world.misuse();
    await world.respondAll();
    expect(await world.made(), "billing is asked").toEqual([
      "rotate live act misuse_confirmed open",
    ]);
    const { fleet } = world.stores;
    const { version } = await fleet.generatePassword(world.device, new Secret("p-2"), BILLING);
    await world.respondAll();
    expect(await world.made(), "made, and not yet taken by the AAA").toHaveLength(1);
    await fleet.confirmPassword(world.device, version, BILLING, { kind: "word" });
    await world.respondAll();
    expect(await world.made()).toEqual([
      "rotate live act misuse_confirmed done",
      "disconnect live act misuse_confirmed open",
    ]);
  });
});

describe("the caps of the whole installation", () => {
  it("hold for processes that respond at once: 5 in ten minutes, 10 a day, the rest refused", async () => {
    await world.policy(MONTH_AGO, { disconnect: P01 });
    const finding = await world.misuse();
    await world.copies(finding, 11);
    const { pool } = world.database;
    const connection = (pool as unknown as { options: object }).options;
    const another = await openDatabase({ connection: connection as never });
    const both = [world.responses, responseStore(another.db)];
    const all = async (): Promise<void> => {
      const loops = [...both, ...both].map(async (store) => {
        while (await store.respondDue(fail));
      });
      await Promise.all(loops);
    };
    const count = async (): Promise<Record<string, number>> => {
      const made = await world.made();
      return Object.fromEntries(
        [...new Set(made)].map((one) => [one, made.filter((each) => each === one).length]),
      );
    };
    await all();
    const acted = "disconnect live act misuse_confirmed open";
    const lately = "disconnect live refuse cap_lately noted";
    expect(await count()).toEqual({ [acted]: 5, [lately]: 7 });
    await world.database.setNow(T0 + 11 * MINUTE);
    await world.copies(finding, 7);
    await all();
    expect(await count()).toEqual({ [acted]: 10, [lately]: 9 });
    await world.database.setNow(T0 + 22 * MINUTE);
    await world.copies(finding, 3);
    await all();
    await another.close();
    const today = "disconnect live refuse cap_today noted";
    expect(await count()).toEqual({ [acted]: 10, [lately]: 9, [today]: 3 });
  }, 60_000);

  it("hold in the database, whatever a program believes: of 20 rows at once, 5 are taken", async () => {
    await world.policy(MONTH_AGO, { disconnect: P01 });
    const one = (n: number) =>
      world.database.db
        .insertInto("fraud_responses")
        .values({
          ...{ finding: n, pattern: "P01", step: "disconnect", automatic: true, mode: "live" },
          ...{ verdict: "act", reason: "x", state: "open", actor: "x" },
        } as never)
        .execute();
    const ends = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => one(n)));
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    await world.policy(T0, { disconnect: [] });
    await expect(one(99)).rejects.toThrow("not switched on");
    const { db } = world.database;
    await expect(sql`delete from fraud_responses`.execute(db)).rejects.toThrow("append-only");
    await expect(sql`update fraud_responses set mode = 'shadow'`.execute(db)).rejects.toThrow();
  });
});

describe("a response that fails (I19)", () => {
  const { arm, mend } = {
    arm: async (): Promise<void> => {
      const { db } = world.database;
      await sql`
        create function broken() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$`.execute(
        db,
      );
      await sql`create trigger broken before insert on fraud_responses for each row execute function broken()`.execute(
        db,
      );
    },
    mend: async (): Promise<void> => {
      await sql`drop trigger if exists broken on fraud_responses`.execute(world.database.db);
      await sql`drop function if exists broken`.execute(world.database.db);
    },
  };
  afterEach(mend);

  it("holds up no record, no evaluation and no suspension", async () => {
    await world.policy(MONTH_AGO, { disconnect: P01 });
    await world.misuse();
    await arm();
    const told: unknown[] = [];
    await expect(world.responses.respondDue((error) => told.push(error))).rejects.toThrow("broken");
    expect(told).toHaveLength(1);
    expect(await world.session(OWN, "bng-dbn-1", T0 - 10 * MINUTE, T0)).toBe(3);
    await world.evaluate();
    const done = await world.stores.fleet.suspend(world.device, "nonPayment", BILLING);
    expect(done.changed).toBe(true);
  });

  it("is given up for its finding, reported, and the next one is answered", async () => {
    await world.policy(MONTH_AGO, { disconnect: P01 });
    const finding = await world.misuse();
    await world.copies(finding, 1);
    await sql`update findings set content = content - 'sides' where finding = ${finding}`.execute(
      world.database.db,
    );
    const told: unknown[] = [];
    while (await world.responses.respondDue((error) => told.push(error)));
    expect(told).toHaveLength(1);
    expect(await world.made()).toEqual([
      "disconnect live refuse mistake_of_ours failed",
      "disconnect live act misuse_confirmed open",
    ]);
  });
});

function fail(error: unknown): never {
  throw error;
}
