/** An ACS that lists its devices says who has come back: they are served at once, and no probe is needed to find them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Simulator } from "../../src/acs/simulator/server.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { startStack, type Stack } from "../support/stack.ts";

const COUNT = 12;
let database: TestDatabase;
let stack: Stack & { readonly simulator: Simulator };

beforeAll(async () => {
  database = await testDatabase();
  stack = await startStack(database.db, {
    kind: "genieacs",
    acs: { concurrency: 4, deadlines: { call: "5s", verify: "2s", prove: "1ms" } },
    simulator: { count: COUNT, offlineShare: 0.5, latencyMs: 2, models: ["talk-frequency-table"] },
  });
  await stack.seed({ frequency: false });
});
afterAll(async () => {
  await stack.close();
  await database.close();
});

const inState = async (state: string): Promise<number> => (await stack.states())[state] ?? 0;
const calls = () => stack.simulator.core.calls.after(0, 100_000);
const listedTo = async (): Promise<string | null> =>
  (await database.db.selectFrom("acs_slots").select("listed_to").executeTakeFirst())?.listed_to ??
  null;

describe("devices that an ACS lists", () => {
  it("are served when they come back, though nobody was going to look for them today", async () => {
    const engine = stack.startEngine();
    const off = stack.simulator.stats().offline;
    await stack.until(
      "the others converged, and those offline",
      async () => {
        return (await inState("converged")) === COUNT - off && (await inState("offline")) === off;
      },
      60_000,
    );
    await stack.until("the list was read", async () => (await listedTo()) !== null, 30_000);
    await database.db
      .updateTable("work")
      .set({ due_at: new Date(Date.now() + 86_400_000) })
      .where("holder", "is", null)
      .execute();
    stack.simulator.setPower(true, { share: 1 });
    await stack.until("all converged", async () => (await inState("converged")) === COUNT, 60_000);
    await engine.stop();
  }, 150_000);

  it("are not due because somebody else goes on with the list (I10)", async () => {
    const before = calls().length;
    const place = await listedTo();
    const engine = stack.startEngine();
    await stack.until("it was asked for the list", () => calls().length > before, 30_000);
    await engine.stop();
    expect(
      calls()
        .slice(before)
        .map(({ serial }) => serial),
    ).toEqual([""]);
    expect(Date.parse((await listedTo()) ?? "")).toBeGreaterThanOrEqual(Date.parse(place ?? ""));
  });

  it("are read when they were reset, though nobody was going to read them today", async () => {
    const { acs } = stack.simulator.core;
    const entry = acs.entries[0];
    if (entry === undefined) throw new Error("no CPE");
    const holds = (): string => JSON.stringify([...acs.look(entry).cpe.overlay.values()]);
    const own = `sub${entry.device.serial.toLowerCase()}`;
    expect(holds()).toContain(own);
    const engine = stack.startEngine();
    acs.perform(entry, { kind: "factoryReset" });
    expect(holds()).not.toContain(own);
    await stack.until("it holds again what its record says", () => holds().includes(own), 60_000);
    await engine.stop();
  }, 90_000);
});
