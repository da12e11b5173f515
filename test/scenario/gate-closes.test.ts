/** An ACS that mixes up what is asked at once: its gate closes at the first wrong answer, and a probe finds out why. */
import { afterEach, describe, expect, it } from "vitest";
import type { Simulator } from "../../src/acs/simulator/server.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { hurry, nothingDue } from "../support/due.ts";
import { OPERATOR, startStack, type Stack } from "../support/stack.ts";

let database: TestDatabase;
let stack: Stack & { readonly simulator: Simulator };

async function open(concurrency: number, mixUps: number): Promise<void> {
  database = await testDatabase();
  stack = await startStack(database.db, {
    acs: { concurrency },
    simulator: { count: 24, latencyMs: 15, mixUps },
  });
  await stack.seed();
}
afterEach(async () => {
  await stack.close();
  await database.close();
});

/** Undefined until an engine has asked for it. */
const slot = () => database.db.selectFrom("acs_slots").selectAll().executeTakeFirst();
const calls = () => stack.simulator.core.calls.after(0, 100_000);

async function probed(spec: { upTo: number; sample: number; devices?: readonly string[] }) {
  const id = await stack.fleet.askProbe("sim", { devices: [], ...spec }, OPERATOR);
  await stack.until(
    "the probe is done",
    async () => {
      return (await stack.fleet.request("sim", id))?.state === "done";
    },
    60_000,
  );
  const { result } = (await stack.fleet.request("sim", id)) ?? {};
  if (result == null) throw new Error("no result");
  return result;
}

/** The most calls that the ACS itself saw at once, among these. */
function overlap(among: ReturnType<typeof calls>): number {
  const edges = among.flatMap(({ startMs, endMs }) => [
    { at: startMs, by: 1 },
    { at: endMs, by: -1 },
  ]);
  edges.sort((a, b) => a.at - b.at || a.by - b.by);
  let [now, most] = [0, 0];
  for (const { by } of edges) most = Math.max(most, (now += by));
  return most;
}

describe("a gate at 4", () => {
  it("is 1 from the first wrong answer on, also for the next process, until the record is applied anew", async () => {
    await open(4, 0.3);
    const first = stack.startEngine();
    await stack.until("it closed", async () => (await slot())?.closed_revision != null, 60_000);
    // What was in flight at that moment ends first.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const from = calls().length;
    await hurry(database.db);
    await stack.until("more was asked", () => calls().length > from + 30, 60_000);
    await first.stop();
    expect(overlap(calls().slice(from))).toBe(1);
    expect((await slot())?.closed_why).toMatch(/wrong_|incomplete/);

    const second = stack.startEngine();
    const handed = calls().length;
    await hurry(database.db);
    await stack.until("the next one asked", () => calls().length > handed + 10, 60_000);
    expect(overlap(calls().slice(handed))).toBe(1);
    const view = await stack.fleet.acsView("sim");
    expect(view?.closed?.why).toBe((await slot())?.closed_why);

    stack.simulator.setTrouble({ mixUps: 0 });
    const spec = { ...view?.spec, dutyCycle: 99 };
    await stack.fleet.apply(
      { records: [{ kind: "Acs", name: "sim", labels: {}, spec }], devices: [] },
      OPERATOR,
      { dryRun: false, expect: null },
    );
    expect((await stack.fleet.acsView("sim"))?.closed).toBeNull();
    const reopened = calls().length;
    await stack.until(
      "it works at 4 again",
      async () => {
        await hurry(database.db);
        return overlap(calls().slice(reopened)) > 1;
      },
      60_000,
    );
    await second.stop();
  }, 200_000);
});

describe("a probe", () => {
  it("stops at the first wrong answer, recommends what went well, and changes nothing", async () => {
    await open(1, 0.6);
    const engine = stack.startEngine();
    await stack.until("all read once", () => nothingDue(database.db), 60_000);
    const { writes } = stack.simulator.stats();
    const result = await probed({ upTo: 4, sample: 30 });
    expect(result.recommended).toBe(1);
    expect(result.levels.map(({ atOnce }) => atOnce)).toEqual([1, 2]);
    expect(result.levels[0]?.wrong).toEqual({});
    expect(Object.keys(result.levels[1]?.wrong ?? {})).not.toEqual([]);
    expect(result.why).toMatch(/wrong answers at 2 at once/);
    expect(stack.simulator.stats().writes).toBe(writes);
    expect((await stack.fleet.acsView("sim"))?.lastProbe?.result.recommended).toBe(1);
    // The evidence of the wrong answer stands beside its call.
    await stack.until(
      "its calls are stored",
      async () => {
        const wrong = await stack.fleet.calls({
          acs: "sim",
          device: null,
          faultsOnly: true,
          limit: 10,
        });
        return wrong.some(({ evidence, changeId }) => evidence !== null && changeId === "probe-2");
      },
      30_000,
    );
    await engine.stop();
  }, 150_000);

  it("goes as far as it was asked to where nothing is mixed up, and other work never runs beside it", async () => {
    await open(1, 0);
    const engine = stack.startEngine();
    await stack.until("all read once", () => nothingDue(database.db), 60_000);
    const from = calls().length;
    const asked = probed({ upTo: 3, sample: 12 });
    await hurry(database.db, ["read"]);
    const result = await asked;
    await stack.until("the reads are done", () => nothingDue(database.db), 60_000);
    await engine.stop();
    expect(result).toMatchObject({ recommended: 3 });
    expect(result.levels.map(({ calls: made }) => made)).toEqual([12, 12, 12]);
    const since = calls().slice(from);
    expect(overlap(since)).toBe(3);
    const isProbe = ({ creator }: { creator: string }): boolean => creator.includes("probe-");
    expect(overlap(since.filter((call) => !isProbe(call)))).toBe(1);
    for (const probe of since.filter(isProbe)) {
      const beside = since.filter(
        (other) => !isProbe(other) && other.startMs < probe.endMs && probe.startMs < other.endMs,
      );
      expect(beside).toEqual([]);
    }
  }, 150_000);

  it("says so when there is nothing to measure with", async () => {
    await open(1, 0);
    stack.simulator.setPower(false, { share: 1 });
    const engine = stack.startEngine();
    const result = await probed({ upTo: 2, sample: 5 });
    await engine.stop();
    expect(result).toMatchObject({ recommended: 0, levels: [] });
    expect(result.why).toMatch(/fewer than two devices/);
  }, 60_000);
});
