/** A fleet behind NAT: it informs, and no connection request ever reaches it. It converges through its Informs. */
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Simulator } from "../../src/acs/simulator/server.ts";
import { CALL_CLASSES } from "../../src/model/call-class.ts";
import { Secret } from "../../src/lib/secret.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { hurry, nothingDue } from "../support/due.ts";
import { startStack, type Stack } from "../support/stack.ts";

const COUNT = 10;
const USER = "Device.PPP.Interface.1.Username";
let database: TestDatabase;
let stack: Stack & { readonly simulator: Simulator };
/** Values of the user name that the first CPE was seen with, in their order. */
const seen: string[] = [];
let most = 0;

async function open(count: number, informIntervalMs: number): Promise<void> {
  database = await testDatabase();
  stack = await startStack(database.db, {
    kind: "genieacs",
    acs: { concurrency: 4, deadlines: { call: "5s", verify: "2s", prove: "1ms" } },
    simulator: {
      count,
      informIntervalMs,
      latencyMs: 2,
      models: ["talk-frequency-table"],
      connectionRequests: "refused",
    },
  });
  await stack.seed({ frequency: false });
}

async function listed(collection: string): Promise<readonly Record<string, unknown>[]> {
  const answer = await fetch(`${stack.simulator.nbiUrl}/${collection}/`);
  return (await answer.json()) as Record<string, unknown>[];
}

/** All but the reads of those that have converged. */
const WANTED = CALL_CLASSES.filter((cls) => cls !== "read");

async function look(): Promise<void> {
  const tasks = await listed("tasks");
  for (const { device } of tasks)
    most = Math.max(most, tasks.filter((task) => task["device"] === device).length);
  const cpe = stack.simulator.core.acs.find("SIM000001")?.state.cpe;
  const user = cpe?.overlay.get(USER)?.value;
  if (typeof user === "string" && seen.at(-1) !== user) seen.push(user);
}

async function untilThroughInforms(what: string, holds: () => Promise<boolean>): Promise<void> {
  const step = async (): Promise<boolean> => {
    await look();
    if (await holds()) return true;
    await hurry(database.db, WANTED);
    return false;
  };
  await stack.until(what, step, 90_000);
}

const count = async (state: string): Promise<number> => (await stack.states())[state] ?? 0;
const intents = () =>
  database.db.selectFrom("intents").select(["outcome", "verdict"]).orderBy("id").execute();
const reaches = async (): Promise<unknown[]> => {
  const rows = await database.db.selectFrom("device_status").select("reach").execute();
  return rows.map(({ reach }) => (reach as Record<string, unknown>)["kind"]);
};

beforeEach(() => {
  seen.length = 0;
  most = 0;
});
afterEach(async () => {
  await stack.close();
  await database.close();
});

describe("a fleet that no connection request reaches", () => {
  it("converges through informs, each CPE with at most one task that waits", async () => {
    await open(COUNT, 500);
    const engine = stack.startEngine();
    await untilThroughInforms("all converged", async () => (await count("converged")) === COUNT);
    await engine.stop();
    expect(await reaches()).toEqual(Array<string>(COUNT).fill("pull"));
    const rows = await intents();
    expect(rows.length).toBeGreaterThan(COUNT / 2);
    // Before it was learnt that nothing gets through, a write came back; none is without an answer, and none is lost.
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(["accepted"]));
    expect(new Set(rows.map(({ verdict }) => verdict))).toEqual(new Set(["verified"]));
    expect(most).toBe(1);
    expect(await listed("tasks")).toEqual([]);
    expect(await listed("faults")).toEqual([]);
    expect(stack.telemetry.captures).toEqual([]);

    // A day later it is tried whether connection requests get through by now. They do not, and nobody is called offline.
    const offline = () =>
      database.db
        .selectFrom("events")
        .select("id")
        .where(sql<boolean>`data ->> 'to' = 'offline'`)
        .execute();
    const before = (await offline()).length;
    await sql`update device_status set contact_at = now() - interval '1 day',
      reach = jsonb_set(reach, '{since}', '"2026-01-01T00:00:00Z"')`.execute(database.db);
    await hurry(database.db);
    const again = stack.startEngine();
    await untilThroughInforms("all read again", async () => {
      const due = await database.db
        .selectFrom("work")
        .select("device")
        .where("class", "!=", CALL_CLASSES.indexOf("read"))
        .execute();
      return due.length === 0 && (await nothingDue(database.db));
    });
    await again.stop();
    expect(await count("converged")).toBe(COUNT);
    expect(await offline()).toHaveLength(before);
    process.stdout.write(
      `behind NAT: ${COUNT} CPEs converged, ${rows.length} writes, at most ${most} task a CPE, ` +
        `${stack.simulator.core.calls.after(0, 100_000).length} calls (simulated)\n`,
    );
  }, 120_000);

  it("gets what is wanted last, and never what was wanted before", async () => {
    await open(1, 2_000);
    const engine = stack.startEngine();
    await untilThroughInforms("converged", async () => (await count("converged")) === 1);
    const { device_id: id } = await database.db
      .selectFrom("devices")
      .select("device_id")
      .executeTakeFirstOrThrow();
    const put = async (username: string): Promise<void> => {
      const credentials = { username, realm: "isp.example", password: new Secret(username) };
      await stack.put(id, { credentials });
    };
    const written = (await intents()).length;
    await put("typo");
    await untilThroughInforms("the first waits", async () => (await intents()).length > written);
    await put("meant");
    await untilThroughInforms("converged again", async () => {
      const [last] = (await intents()).slice(-1);
      return last?.verdict === "verified" && (await count("converged")) === 1;
    });
    await engine.stop();
    expect((await intents()).slice(written).map(({ verdict }) => verdict)).toEqual([
      "superseded",
      "verified",
    ]);
    expect(seen.at(-1)).toBe("meant@isp.example");
    expect(seen).not.toContain("typo@isp.example");
    // The read that proves its map may wait by now; a change does not.
    expect(JSON.stringify(await listed("tasks"))).not.toContain('"value"');
  }, 120_000);

  it("loses nothing when we die while something waits, and know no more of it", async () => {
    await open(3, 1_000);
    const first = stack.startEngine();
    await untilThroughInforms("something is written", async () => (await intents()).length > 0);
    await first.stop();
    // The ticket and the outcome, as if we had died before they were stored.
    await database.db
      .updateTable("intents")
      .set({ outcome: null })
      .where("verdict", "is", null)
      .execute();
    const second = stack.startEngine();
    await untilThroughInforms("all converged", async () => (await count("converged")) === 3);
    await second.stop();
    // Of four calls at once one may have stood before the gate when the first engine was stopped: it was never sent.
    for (const { outcome, verdict } of await intents()) {
      if (outcome === "not_sent") expect(verdict).toBe("not_sent");
      else expect(["verified", "lost"]).toContain(verdict);
    }
    expect(most).toBe(1);
    expect(await listed("tasks")).toEqual([]);
  }, 120_000);
});
