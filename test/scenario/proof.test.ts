/** The first device of a kind, whose write proves the map for the others, when that write gets no answer. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Simulator } from "../../src/acs/simulator/server.ts";
import { WRITE } from "../support/call-log.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { startStack, type Stack } from "../support/stack.ts";

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
