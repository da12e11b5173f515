/** A list of last contacts against devices that nobody, or a pass, has in hand. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Simulator } from "../../../src/acs/simulator/server.ts";
import { testDatabase, type TestDatabase } from "../../support/database.ts";
import { startStack, type Stack } from "../../support/stack.ts";

let database: TestDatabase;
let stack: Stack & { readonly simulator: Simulator };
beforeAll(async () => {
  database = await testDatabase();
  stack = await startStack(database.db, { simulator: { count: 1 } });
  await stack.seed({ frequency: false });
});
afterAll(async () => {
  await stack.close();
  await database.close();
});

const LATER = new Date("2100-01-01T00:00:00Z");
const minute = (n: number): Date => new Date(Date.UTC(2026, 0, 1, 0, n));
const work = () =>
  database.db.selectFrom("work").select(["gen", "due_at", "class"]).executeTakeFirstOrThrow();

describe("a device whose ACS says that it made contact", () => {
  it.each([
    ["offline, in nobody's hands: is due now", { reachable: false, holder: null }, "due"],
    [
      "offline, in hand: is looked at once more behind that pass",
      { reachable: false, holder: "p" },
      "again",
    ],
    ["there, and not waited for: waits for its time", { reachable: true, holder: null }, "waits"],
    ["there, in hand: is left to that pass", { reachable: true, holder: "p" }, "waits"],
  ] as const)("%s", async (_what, { reachable, holder }, becomes) => {
    const { id } = stack.simulator.core.acs.entries[0]?.device ?? { id: "" };
    const lease = await stack.engine.acquireLease("sim", 0, "test", 60_000, 1);
    if (lease === null) throw new Error("no lease");
    await database.db.updateTable("work").set({ due_at: LATER, holder, class: 5 }).execute();
    await database.db
      .updateTable("device_status")
      .set({ reachable, acs_contact_at: minute(0), state: reachable ? "converged" : "offline" })
      .execute();
    const before = await work();
    const listed = { id, identity: null, lastContactAt: minute(1), bootstrappedAt: null };
    const due = await stack.engine.contacted(lease, [listed], "next");
    const after = await work();
    await stack.engine.releaseLease(lease);
    expect(due).toBe(becomes === "waits" ? 0 : 1);
    expect(after.due_at < LATER).toBe(becomes !== "waits");
    expect(after.gen - before.gen).toBe(becomes === "again" ? 1 : 0);
    expect(await stack.engine.listedTo("sim")).toBe("next");
  });
});
