import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addEvents } from "../../../src/store/fleet/events.ts";
import { feedStore } from "../../../src/store/feed.ts";
import type { Trx } from "../../../src/store/transaction.ts";
import {
  acs,
  apply,
  by,
  codeOf,
  device,
  emptyFleet,
  keyOf,
  openFleet,
  type Fleet,
} from "./fleet-fixture.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await openFleet();
});
afterAll(async () => {
  await fleet.close();
});
beforeEach(async () => {
  await emptyFleet(fleet.db);
  await sql`update event_head set seq = 0`.execute(fleet.db);
});

const ALL = { limit: 500, selector: null, access: true, findings: true } as const;
const feed = () => feedStore(fleet.db);
const says = async (trx: Trx, n: number | string) => {
  await addEvents(trx, by("desk"), [{ device: null, type: "StopBegan", data: { n } }]);
};
const namesAfter = async (after: number | null): Promise<readonly unknown[]> =>
  (await feed().events({ ...ALL, after })).items.map(({ data }) => data["n"]);

describe("the feed of events", () => {
  it("does not pass over what is committed late: it comes after what was seen before it", async () => {
    let goOn: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let written: () => void = () => undefined;
    const isWritten = new Promise<void>((resolve) => {
      written = resolve;
    });
    const slow = fleet.db.transaction().execute(async (trx) => {
      await says(trx, "late");
      written();
      await gate;
    });
    await isWritten;
    await fleet.db.transaction().execute((trx) => says(trx, "early"));
    const ids = await sql<{ id: number; n: string }>`
      select id, data ->> 'n' as n from events`.execute(fleet.db);
    expect(ids.rows.map(({ n }) => n)).toEqual(["early"]);
    const first = await feed().events({ ...ALL, after: 0 });
    expect(first.items.map(({ data }) => data["n"])).toEqual(["early"]);
    goOn();
    await slow;
    const second = await feed().events({ ...ALL, after: first.next });
    expect(second.items.map(({ data }) => data["n"])).toEqual(["late"]);
    expect(await namesAfter(0)).toEqual(["early", "late"]);
  });

  it("shows each event once to readers that follow many writers, in one order for all of them", async () => {
    const WRITERS = 6;
    const EACH = 25;
    let left = WRITERS;
    const writer = async (w: number): Promise<void> => {
      for (let n = 0; n < EACH; n += 1) {
        await fleet.db.transaction().execute(async (trx) => {
          await says(trx, `${w}-${n}`);
          await sleep((w * 7 + n * 3) % 11);
          if (n % 10 === 9) await sql`select pg_sleep(0.03)`.execute(trx);
        });
      }
      left -= 1;
    };
    const reader = async (): Promise<string[]> => {
      const seen: string[] = [];
      let after = 0;
      for (let last = false; ;) {
        const page = await feed().events({ ...ALL, limit: 7, after });
        seen.push(...page.items.map(({ seq, data }) => `${seq} ${String(data["n"])}`));
        after = page.next;
        if (last && !page.more) return seen;
        last = left === 0;
      }
    };
    const writers = Array.from({ length: WRITERS }, (_, w) => writer(w));
    const [one, two] = await Promise.all([reader(), reader(), ...writers]);
    expect(one).toHaveLength(WRITERS * EACH);
    expect(new Set(one).size).toBe(WRITERS * EACH);
    expect(two).toEqual(one);
    // What one writer committed after another stands after it.
    for (let w = 0; w < WRITERS; w += 1) {
      const own = one.map((text) => text.split(" ")[1]).filter((n) => n?.startsWith(`${w}-`));
      expect(own).toEqual(Array.from({ length: EACH }, (_, n) => `${w}-${n}`));
    }
  });

  it("gives nothing for what was rolled back", async () => {
    await fleet.db
      .transaction()
      .execute(async (trx) => {
        await says(trx, "never");
        throw new Error("rolled back");
      })
      .catch(() => undefined);
    expect(await namesAfter(null)).toEqual([]);
  });

  it("chooses by labels and identity, and goes on where nothing was chosen", async () => {
    await apply(fleet.store, [acs(), device("F1", { site: "cpt" }), device("F2", { site: "jhb" })]);
    await fleet.store.wake(await keyOf(fleet.store, "F2"), by("desk"));
    const page = await feed().events({ ...ALL, after: 0, selector: "site=jhb" });
    expect(page.items.map(({ type }) => type)).toEqual(["DeviceRegistered", "ReconcileAsked"]);
    const none = await feed().events({ ...ALL, after: 0, selector: "site=nowhere" });
    expect(none).toEqual({ items: [], next: page.next, more: false });
  });

  it("keeps what is of access from those who may not read the history", async () => {
    await fleet.db.transaction().execute(async (trx) => {
      await says(trx, 1);
      await addEvents(trx, by("desk"), [{ device: null, type: "TokenRevoked", data: { n: 2 } }]);
    });
    const plain = await feed().events({ ...ALL, after: 0, access: false });
    expect(plain.items.map(({ type }) => type)).toEqual(["StopBegan"]);
    expect(plain.next).toBe(2);
    expect(await namesAfter(0)).toEqual([1, 2]);
  });

  it("keeps what is of misuse from those who may not read findings", async () => {
    await fleet.db.transaction().execute(async (trx) => {
      await says(trx, 1);
      for (const type of ["FindingRead", "FindingDecided"] as const)
        await addEvents(trx, by("desk"), [{ device: null, type, data: { n: 2 } }]);
    });
    const plain = await feed().events({ ...ALL, after: 0, findings: false });
    expect(plain.items.map(({ type }) => type)).toEqual(["StopBegan"]);
    expect(plain.next).toBe(3);
    expect(await namesAfter(0)).toEqual([1, 2, 2]);
  });

  it("says so where events are not kept any more, or were never given", async () => {
    for (const n of [1, 2, 3]) await fleet.db.transaction().execute((trx) => says(trx, n));
    expect(await namesAfter(0)).toEqual([1, 2, 3]);
    await sql`delete from event_feed where seq <= 2`.execute(fleet.db);
    expect(await codeOf(feed().events({ ...ALL, after: 1 }))).toBe("before_history");
    expect(await namesAfter(2)).toEqual([3]);
    expect(await namesAfter(null)).toEqual([3]);
    expect(await codeOf(feed().events({ ...ALL, after: 4 }))).toBe("before_history");
    // Numbers do not come again, even when everything is forgotten.
    await sql`delete from event_feed`.execute(fleet.db);
    expect(await namesAfter(3)).toEqual([]);
    await fleet.db.transaction().execute((trx) => says(trx, 4));
    expect((await feed().events({ ...ALL, after: 3 })).items.map(({ seq }) => seq)).toEqual([4]);
  });
});
