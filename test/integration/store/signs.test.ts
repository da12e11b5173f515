/** RADIUS says who has power and a line: which device that is, and what becomes of it. */
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Simulator } from "../../../src/acs/simulator/server.ts";
import { CALL_CLASSES } from "../../../src/model/call-class.ts";
import { loadKeyring } from "../../../src/store/keyring.ts";
import type { SignOfLife } from "../../../src/ports/signs.ts";

import { testDatabase, type TestDatabase } from "../../support/database.ts";
import { startStack, type Stack } from "../../support/stack.ts";

const MINUTE = 60_000;
const LATER = new Date("2100-01-01T00:00:00Z");
let database: TestDatabase;
let stack: Stack & { readonly simulator: Simulator };
let ids: string[];
let digest: (user: string) => string;

beforeAll(async () => {
  database = await testDatabase();
  stack = await startStack(database.db, { simulator: { count: 3 } });
  await stack.seed({ frequency: false });
  ids = stack.simulator.core.acs.entries.map(({ device }) => device.id);
  const keyring = await loadKeyring(join(stack.folder, "keyring.json"));
  digest = (user) => keyring.digest("username", user);
});
afterAll(async () => {
  await stack.close();
  await database.close();
});

const ago = (ms: number): Date => new Date(Date.now() - ms);
const reachable = (turnedAt: Date, status: "true" | "false") =>
  JSON.stringify([{ type: "Reachable", status, since: turnedAt.toISOString() }]);
const userOf = (n: number): string =>
  `sub${stack.simulator.core.acs.entries[n]?.device.serial.toLowerCase() ?? ""}@isp.example`;

/** All of them away since an hour ago, looked for as probes, each bound to its own user by its document. */
beforeEach(async () => {
  const { db } = database;
  await db.deleteFrom("sightings").execute();
  await db.deleteFrom("observations").execute();
  await db.deleteFrom("device_aliases").where("kind", "=", "mac").execute();
  await db
    .updateTable("work")
    .set({ due_at: LATER, holder: null, class: CALL_CLASSES.indexOf("probe"), reason: "probes" })
    .execute();
  await db
    .updateTable("device_status")
    .set({
      state: "offline",
      reachable: false,
      contact_at: ago(90 * MINUTE),
      conditions: reachable(ago(60 * MINUTE), "false"),
    })
    .execute();
});

async function statusOf(n: number) {
  return await database.db
    .selectFrom("devices")
    .innerJoin("work", "work.device", "devices.device")
    .innerJoin("device_status", "device_status.device", "devices.device")
    .select(["work.class", "due_at", "gen", "work.reason", "contact_at", "work.device"])
    .where("device_id", "=", ids[n] ?? "")
    .executeTakeFirstOrThrow();
}

/** Which of the three are due, in which class. */
async function due(): Promise<(string | null)[]> {
  const rows = await Promise.all([0, 1, 2].map(statusOf));
  return rows.map((row) => (row.due_at < LATER ? (CALL_CLASSES[row.class] ?? "?") : null));
}

async function seen(n: number, user: string, lastSeen: Date, readAt = lastSeen): Promise<void> {
  const { device } = await statusOf(n);
  const { db } = database;
  const rest = { logical: "wan.ppp.credential", first_seen: lastSeen, last_seen: lastSeen };
  await db
    .insertInto("sightings")
    .values({ credential: digest(user), device, ...rest })
    .execute();
  await db
    .insertInto("observations")
    .values({
      ...{ device, read_at: readAt, map_name: "m", map_hash: "h", change_id: "c" },
      ...{ readings: "{}", covered: [], decoded: "{}" },
    })
    .onConflict((same) => same.column("device").doNothing())
    .execute();
}

const take = async (...signs: SignOfLife[]) => await stack.fleet.signsOfLife(signs);

describe("a RADIUS record leads to the device", () => {
  it.each<[string, () => Promise<Partial<SignOfLife>> | Partial<SignOfLife>]>([
    ["by its id", () => ({ device: ids[1] ?? "" })],
    ["by the user name in its document", () => ({ user: userOf(1) })],
    [
      "by a user name that a read has seen on it",
      async () => {
        await seen(1, "other@isp.example", ago(MINUTE));
        return { user: "other@isp.example" };
      },
    ],
    [
      "by its MAC",
      async () => {
        const { device } = await statusOf(1);
        await database.db
          .insertInto("device_aliases")
          .values({ alias: "001122334455", device, kind: "mac" })
          .execute();
        return { mac: "001122334455" };
      },
    ],
    ["by several that agree", () => ({ device: ids[1] ?? "", user: userOf(1) })],
    [
      "by its user name, though another one has shown it before",
      async () => {
        await seen(2, userOf(1), ago(60 * MINUTE), ago(MINUTE));
        return { user: userOf(1) };
      },
    ],
  ])("%s", async (_how, named) => {
    expect(await take({ kind: "start", agoMs: 0, ...(await named()) })).toEqual({
      due: 1,
      ambiguous: 0,
      unknown: 0,
    });
    expect(await due()).toEqual([null, "returning", null]);
  });

  it("and to none where a copy of the credential is seen on another one", async () => {
    await seen(2, userOf(1), ago(MINUTE));
    const taken = await take({ kind: "start", agoMs: 0, user: userOf(1) });
    expect(taken).toEqual({ due: 0, ambiguous: 1, unknown: 0 });
    expect(await due()).toEqual([null, null, null]);
    expect((await statusOf(1)).contact_at?.getTime()).toBeLessThan(ago(80 * MINUTE).getTime());
  });

  it("and to none where its names lead to different ones, or to nobody", async () => {
    const taken = await take(
      { kind: "start", agoMs: 0, device: ids[0] ?? "", user: userOf(1) },
      { kind: "start", agoMs: 0, user: "nobody@isp.example" },
      { kind: "start", agoMs: 0 },
    );
    expect(taken).toEqual({ due: 0, ambiguous: 1, unknown: 2 });
    expect(await due()).toEqual([null, null, null]);
  });
});

describe("a device that is away", () => {
  const sign = (kind: SignOfLife["kind"], agoMs = 0): SignOfLife => ({
    ...{ kind, agoMs, device: ids[0] ?? "" },
  });

  it("is due and was there when its session goes on", async () => {
    expect(await take(sign("interim"))).toMatchObject({ due: 1 });
    const status = await statusOf(0);
    expect(status.reason).toBe("its RADIUS session goes on");
    expect(status.contact_at?.getTime()).toBeGreaterThan(ago(MINUTE).getTime());
  });

  it("is neither when its session ends", async () => {
    const before = await statusOf(0);
    expect(await take(sign("stop"))).toMatchObject({ due: 0 });
    expect(await statusOf(0)).toEqual(before);
  });

  it("is not due by what happened before it went away, as a spool replays it", async () => {
    expect(await take(sign("start", 70 * MINUTE))).toMatchObject({ due: 0 });
    const { contact_at } = await statusOf(0);
    expect(contact_at?.getTime()).toBeLessThan(ago(69 * MINUTE).getTime());
  });

  it("is asked for once in an absence while its sessions go on, and at a new one ten minutes later", async () => {
    const again = async (lastSignMs: number, next: SignOfLife): Promise<number> => {
      await database.db
        .updateTable("device_status")
        .set({ contact_at: ago(lastSignMs) })
        .execute();
      await database.db.updateTable("work").set({ due_at: LATER }).execute();
      return (await take(next)).due;
    };
    expect(await again(30 * MINUTE, sign("interim"))).toBe(0);
    expect(await again(5 * MINUTE, sign("start"))).toBe(0);
    expect(await again(11 * MINUTE, sign("start"))).toBe(1);
  });

  it("is looked at once more when a pass has it in hand", async () => {
    await database.db.updateTable("work").set({ holder: "p" }).execute();
    const before = await statusOf(0);
    await take(sign("start"));
    const after = await statusOf(0);
    expect(after.gen - before.gen).toBe(1);
    expect(CALL_CLASSES[after.class]).toBe("returning");
  });

  it.each(["held", "quarantined", "unmanaged"] as const)(
    "stays %s, and is noted",
    async (state) => {
      await database.db.updateTable("device_status").set({ state }).execute();
      expect(await take(sign("start"))).toMatchObject({ due: 0 });
      expect((await statusOf(0)).contact_at?.getTime()).toBeGreaterThan(ago(MINUTE).getTime());
    },
  );
});

describe("a device that is there", () => {
  beforeEach(async () => {
    await database.db
      .updateTable("device_status")
      .set({ state: "converged", reachable: true, contact_at: ago(20 * MINUTE) })
      .execute();
  });

  it("is noted and waits for its time", async () => {
    const taken = await take({ kind: "interim", agoMs: 0, device: ids[0] ?? "" });
    expect(taken).toMatchObject({ due: 0 });
    expect((await statusOf(0)).contact_at?.getTime()).toBeGreaterThan(ago(MINUTE).getTime());
  });

  it("does not go back in time by a record that comes late", async () => {
    const before = (await statusOf(0)).contact_at;
    await take({ kind: "start", agoMs: 30 * MINUTE, device: ids[0] ?? "" });
    expect((await statusOf(0)).contact_at).toEqual(before);
  });

  it("is due when a new session tells of a boot, and something of ours waits to be read", async () => {
    await database.db
      .updateTable("device_status")
      .set({ reach: JSON.stringify({ kind: "pull", asked: { ticket: "t", at: ago(0) } }) })
      .execute();
    const of = (kind: "start" | "interim"): SignOfLife => ({
      ...{ kind, agoMs: 0, device: ids[0] ?? "" },
    });
    expect(await take(of("interim"))).toMatchObject({ due: 0 });
    await database.db
      .updateTable("device_status")
      .set({ contact_at: ago(MINUTE) })
      .execute();
    expect(await take(of("start"))).toMatchObject({ due: 1 });
    await database.db.updateTable("device_status").set({ reach: "{}" }).execute();
  });
});

describe("several that are back together", () => {
  it("are served in the order of what waits for them, then of how old their evidence is", async () => {
    const { db } = database;
    await seen(0, "a", ago(100 * MINUTE));
    await seen(1, "b", ago(300 * MINUTE));
    await seen(2, "c", ago(200 * MINUTE));
    // Nothing waits for the first two; a new credential for the third.
    await db.updateTable("device_status").set({ converged_at: new Date() }).execute();
    const third = await statusOf(2);
    await db
      .updateTable("device_status")
      .set({ converged_at: ago(10_000 * MINUTE) })
      .where("device", "=", third.device)
      .execute();
    await take(...ids.map((device): SignOfLife => ({ kind: "start", agoMs: 0, device })));
    const lease = await stack.engine.acquireLease("sim", 0, "test", 60_000, 1);
    if (lease === null) throw new Error("no lease");
    const order: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const [item] = await stack.engine.claim(lease, "returning", 1, 60_000);
      order.push(item?.id ?? "");
    }
    await stack.engine.releaseLease(lease);
    expect(order).toEqual([ids[2], ids[1], ids[0]]);
  });
});
