/**
 * A randomised model of the lease and the gate: three replicas over one real store, each with the real gate, whose processes
 * crash, freeze and lose their database between any two of their awaits, while changes come in.
 *
 * Outside of what is shown: a freeze between the last look at the lease and the kernel that sends (that tick is one step
 * here), and an ACS that works on a question for longer than its deadline while the one who asked lives.
 */
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LeaseModel, type ModelOptions, type Support } from "../support/lease-model.ts";
import { testStores, type Stores } from "../support/stack.ts";
import { virtualNowDatabase, type VirtualNowDatabase } from "../support/virtual-now.ts";

/** Over all limits; `npm run test:long:lease` takes a million. */
const STEPS = Number(process.env["MODEL_STEPS"] ?? 8_000);
const STEPS_PER_SEED = 6_000;
const FIRST_SEED = Number(process.env["MODEL_SEED"] ?? 1);
const START_MS = Date.parse("2026-03-01T00:00:00Z");

const SUPPORTS: readonly Support[] = ["lease", "databaseClock", "monotonicClock"];

let database: VirtualNowDatabase;
let stores: Stores & { readonly folder: string };

beforeAll(async () => {
  database = await virtualNowDatabase(START_MS);
  stores = await testStores(database.db);
});
afterAll(async () => {
  rmSync(stores.folder, { recursive: true, force: true });
  await database.close();
});

async function newModel(options: Omit<ModelOptions, "startMs">): Promise<LeaseModel> {
  const model = new LeaseModel(database, stores, { ...options, startMs: START_MS });
  await model.seed();
  return model;
}

describe("three replicas on one ACS", () => {
  it.each([1, 3])(
    "never have more than %d in flight, and lose no change, whatever happens to them (I1, I3)",
    async (concurrency) => {
      const total: Record<string, number> = {};
      const add = (name: string, count: number): void => {
        total[name] = (total[name] ?? 0) + count;
      };
      let most = 0;
      let seeds = 0;
      for (let left = STEPS / 2; left > 0; left -= STEPS_PER_SEED) {
        const seed = (FIRST_SEED + seeds) * 10 + concurrency;
        const model = await newModel({ seed, concurrency });
        seeds += 1;
        const steps = Math.min(left, STEPS_PER_SEED);
        for (let step = 0; step < steps; step += 1) {
          await model.step();
          expect(
            model.acs.inFlight,
            `MODEL_SEED=${FIRST_SEED + seeds - 1} step ${step}`,
          ).toBeLessThanOrEqual(concurrency);
        }
        const lost = await model.heal();
        const { mostInFlight, blindWrites } = model.acs;
        expect(
          { lost, blindWrites, tooMany: mostInFlight > concurrency },
          `MODEL_SEED=${FIRST_SEED + seeds - 1}`,
        ).toEqual({ lost: [], blindWrites: [], tooMany: false });
        model.close();
        for (const [name, count] of Object.entries(model.counts)) add(name, count);
        add("calls", model.acs.calls);
        add("writes", model.acs.writes);
        add("unanswered", model.acs.lost);
        most = Math.max(most, mostInFlight);
      }
      process.stdout.write(
        `lease model, limit ${concurrency}: ${JSON.stringify({ seeds, ...total })}, ` +
          `most in flight ${most}, lost changes 0 (simulated)\n`,
      );
    },
    3_600_000,
  );

  it.each<{ readonly without: Support; readonly name: string }>([
    { without: "lease", name: "the lease is not looked at before a call" },
    { without: "databaseClock", name: "the database's own clock is set forward" },
    { without: "monotonicClock", name: "their monotonic clocks stand still while they are frozen" },
  ])(
    "are found with two in flight when $name",
    async ({ without, name }) => {
      let [seeds, steps, most] = [0, 0, 0];
      // Many short runs: one that has come to rest in an unlucky place would go on there for long.
      while (most < 2 && seeds < 20) {
        const seed = 1_000_000 + SUPPORTS.indexOf(without) * 1_000 + seeds;
        const model = await newModel({ seed, concurrency: 1, without });
        while (model.acs.mostInFlight < 2 && model.counts.steps < STEPS_PER_SEED)
          await model.step();
        model.close();
        seeds += 1;
        steps += model.counts.steps;
        most = model.acs.mostInFlight;
      }
      expect(most).toBe(2);
      process.stdout.write(`lease model: two in flight after ${steps} steps when ${name}\n`);
    },
    300_000,
  );
});
