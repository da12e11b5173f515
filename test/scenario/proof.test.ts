/** The first device of a kind, whose write proves the map for the others, when that write gets no answer. */
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Simulator } from "../../src/acs/simulator/server.ts";
import { WRITE } from "../support/call-log.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { startStack, type Stack } from "../support/stack.ts";
import { startWorld } from "../support/world.ts";

const COUNT = 4;

let database: TestDatabase;
let stack: Stack & { readonly simulator: Simulator };

beforeEach(async () => {
  database = await testDatabase();
  stack = await startStack(database.db, {
    simulator: { count: COUNT, models: ["talk-frequency-table"] },
    acs: { deadlines: { call: "1s", verify: "1s", prove: "1ms" } },
  });
  await stack.seed({ frequency: false });
});

afterEach(async () => {
  await stack.close();
  await database.close();
});

describe("a device that proves a map, and whose write was done but never answered", () => {
  it("proves it all the same, and does not keep the others of its kind waiting", async () => {
    stack.simulator.inject({ kind: "cut-after", operation: WRITE });
    stack.startEngine();
    await stack.until(
      "all converged",
      async () => (await stack.states())["converged"] === COUNT,
      40_000,
    );
    const proofs = await database.db.selectFrom("map_proofs").select("state").execute();
    expect(proofs).toEqual([{ state: "proven" }]);
  });
});

describe("a device that proves a map for many whose customers wait", () => {
  it("comes to its end before the others are asked one after another (I8)", async () => {
    const world = await startWorld({
      simulator: { count: 40, models: ["talk-frequency-table"], latencyMs: 1_000 },
    });
    try {
      await world.stack.seed();
      world.start();
      const proven = async (): Promise<boolean> =>
        (await sql`select from map_proofs where state = 'proven'`.execute(world.database.db)).rows
          .length > 0;
      await world.until("the map is proven", proven, 3_600_000);
      const { rows } = await sql<{ class: number; fields: string[] }>`
        select i.class, i.fields from intents i join map_proofs p on p.device = i.device order by i.id`.execute(
        world.database.db,
      );
      expect(rows.length).toBeGreaterThan(0);
      // As drift, what is left of it would wait until each of the others was asked, and held for want of the proof.
      expect(rows.filter(({ class: cls }) => cls > 0)).toEqual([]);
    } finally {
      await world.close();
    }
  });
});
