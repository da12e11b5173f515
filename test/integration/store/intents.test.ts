/** What can hold an intent back in the very moment in which it is written, and that no row stands where something does (I1). */
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Lease, NewIntent } from "../../../src/ports/engine-store.ts";
import { testDatabase, type TestDatabase } from "../../support/database.ts";
import { OPERATOR, startStack, type Stack } from "../../support/stack.ts";

let database: TestDatabase;
let stack: Stack;
let lease: Lease;
let intent: NewIntent;

beforeAll(async () => {
  database = await testDatabase();
  stack = await startStack(database.db, {
    simulator: { count: 1, models: ["talk-frequency-table"] },
  });
  await stack.seed({ frequency: false });
  const { device: key } = await database.db
    .selectFrom("devices")
    .select("device")
    .executeTakeFirstOrThrow();
  intent = {
    ...{ key, changeId: "c", class: "urgent", generation: "g", mapHash: "", planHash: "" },
    ...{ step: 0, steps: 1, fields: ["credentials"], edits: [], reason: "it differs" },
    ...{ settleMs: 0, cause: null },
  };
});
beforeEach(async () => {
  await sql`truncate stops, intents, acs_slots`.execute(database.db);
  const taken = await stack.engine.acquireLease("sim", 0, "test", 600_000, 1);
  if (taken === null) throw new Error("no lease");
  lease = taken;
});
afterAll(async () => {
  await stack.close();
  await database.close();
});

const written = async (): Promise<number> =>
  (await database.db.selectFrom("intents").select("id").execute()).length;

describe("an intent", () => {
  it.each([
    ["nothing stands against it", null, {}, "recorded"],
    ["another selector is stopped", { acs: null, selector: "site=elsewhere" }, {}, "recorded"],
    ["everything is stopped", { acs: null, selector: null }, {}, "stopped"],
    ["its ACS is stopped", { acs: "sim", selector: null }, {}, "stopped"],
    ["somebody else has the slot", null, { holder: "other" }, "fenced"],
    ["it was taken over since", null, { fence: -1 }, "fenced"],
  ] as const)("where %s", async (_where, stop, other, want) => {
    if (stop !== null) await stack.fleet.stop({ ...stop, reason: "a strange smell" }, OPERATOR);
    for (const cause of [null, "a new map"]) {
      const before = await written();
      const told = await stack.engine.intend({ ...lease, ...other }, { ...intent, cause });
      expect(told, String(cause)).toMatchObject(
        want === "stopped" ? { kind: want, reason: "a strange smell" } : { kind: want },
      );
      expect(await written()).toBe(before + (want === "recorded" ? 1 : 0));
    }
  });
});

describe("the outcome of a call", () => {
  it("is told once: what a frozen holder says after the next one has settled it changes nothing (I3)", async () => {
    const told = await stack.engine.intend(lease, intent);
    if (told.kind !== "recorded") throw new Error(told.kind);
    await sql`update intents set verdict = 'verified', verdict_at = now()`.execute(database.db);
    const epoch = { bootstrapped: null, hardware: null, software: null };
    const secret = { logical: "wan.ppp.password", digest: "d", epoch };
    await stack.engine.recordOutcome(told.id, "not_sent", "", []);
    await stack.engine.recordOutcome(told.id, "accepted", "", [secret]);
    const rows = await database.db.selectFrom("intents").select(["outcome", "verdict"]).execute();
    expect(rows).toEqual([{ outcome: "not_sent", verdict: "verified" }]);
    expect(await database.db.selectFrom("secret_states").select("logical").execute()).toEqual([]);
  });
});
