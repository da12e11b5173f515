/**
 * Thousands of calls, one in ten of them answered wrongly, late, cut off, with nothing, with a web page, or with the answer
 * to another question (statement 4 of the better engine). `WRONG_CALLS` says how many; the long tests take 10,000.
 */
import { afterEach, describe, expect, it } from "vitest";
import type { InjectionInput } from "../../src/acs/simulator/trouble.ts";
import type { Simulator } from "../../src/acs/simulator/server.ts";
import { Secret } from "../../src/lib/secret.ts";
import { blindRepeats, READ, WRITE } from "../support/call-log.ts";
import { storedAgainstShown } from "../support/compare.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { hurry, nothingDue } from "../support/due.ts";
import { startStack, type Stack } from "../support/stack.ts";

const CALLS = Number(process.env["WRONG_CALLS"] ?? 1_000);
const COUNT = 30;
/** One that is late costs its deadline and a pause as long, so there are fewer of these. */
const LATE = { kind: "hang", delayMs: 1_500, probability: 0.004 } as const;
const WRONG: readonly InjectionInput["kind"][] = [
  ...(["html", "empty", "truncated", "wrong-operation", "other-device", "soap-fault"] as const),
];

let database: TestDatabase;
let stack: Stack & { readonly simulator: Simulator };

async function open(kind: "friendly" | "genieacs"): Promise<void> {
  database = await testDatabase();
  stack = await startStack(database.db, {
    kind,
    acs: { deadlines: { call: "1s", verify: "2s", prove: "1ms" } },
    simulator: {
      count: COUNT,
      latencyMs: 1,
      keepCalls: 10 * CALLS + 10_000,
      models: ["talk-frequency-table", "huawei-bm632w"],
    },
  });
  await stack.seed({ frequency: false });
}
afterEach(async () => {
  await stack.close();
  await database.close();
});

const calls = () => stack.simulator.core.calls.after(0, 10 * CALLS + 10_000);
const injected = (): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { outcome } of calls())
    if (outcome === LATE.kind || (WRONG as readonly string[]).includes(outcome))
      counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
};
const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** Something new is wanted of a few CPEs, so that writes are among what goes wrong. */
async function wantMore(round: number): Promise<void> {
  const { entries } = stack.simulator.core.acs;
  for (const { device } of entries.filter((_, index) => (index + round) % 5 === 0)) {
    const username = `round${round}-${device.serial.toLowerCase()}`;
    const credentials = { username, realm: "isp.example", password: new Secret(`pw-${username}`) };
    await stack.put(device.id, { credentials });
  }
}

async function run(): Promise<void> {
  const engine = stack.startEngine();
  for (let round = 0; calls().length < CALLS; round += 1) {
    await wantMore(round);
    await hurry(database.db);
    await stack.until(
      "this round is asked for",
      async () => {
        await hurry(database.db, ["urgent", "returning", "rollout", "drift", "probe"]);
        return calls().length >= CALLS || (await nothingDue(database.db));
      },
      60_000,
    );
  }
  stack.simulator.core.injections.clear();
  await stack.until(
    "all converged",
    async () => {
      await hurry(database.db, ["urgent", "returning", "rollout", "drift", "probe"]);
      return (await stack.states())["converged"] === COUNT;
    },
    90_000,
  );
  await engine.stop();
}

/** Faults of answers, and answers that never came, as they were noticed. */
async function noticed(): Promise<Readonly<Record<string, number>>> {
  const rows = await database.db
    .selectFrom("acs_calls")
    .select(({ fn }) => ["fault", "outcome", fn.countAll<string>().as("count")])
    .groupBy(["fault", "outcome"])
    .execute();
  return Object.fromEntries(
    rows
      .filter(({ fault, outcome }) => fault !== null || outcome !== "answer")
      .map(({ fault, outcome, count }) => [fault ?? outcome, Number(count)]),
  );
}

/** What each kind is called when it is caught. */
const FAULTS: Readonly<Record<string, string>> = {
  html: "garbled",
  truncated: "garbled",
  empty: "empty",
  "wrong-operation": "wrong_type",
  "other-device": "wrong_device",
  "soap-fault": "acs_fault",
  hang: "timeout",
};
function asCaught(given: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [kind, count] of Object.entries(given)) {
    const fault = FAULTS[kind] ?? kind;
    counts[fault] = (counts[fault] ?? 0) + count;
  }
  return counts;
}

const TIMEOUT_MS = 120_000 + CALLS * 60;

describe("one answer in ten is wrong", () => {
  it(
    "at a Friendly: every one is caught, none is stored, and nothing is written again blindly (I2, I3, statement 4)",
    async () => {
      await open("friendly");
      for (const operation of [READ, WRITE]) {
        stack.simulator.inject({ ...LATE, operation, count: 1_000_000 });
        for (const kind of WRONG) {
          // As an answer to a write this one would be a write to that other device.
          if (operation === WRITE && kind === "other-device") continue;
          stack.simulator.inject({ kind, operation, count: 1_000_000, probability: 0.017 });
        }
      }
      await run();
      const given = injected();
      const caught = await noticed();
      expect(calls().length).toBeGreaterThanOrEqual(CALLS);
      expect(sum(given)).toBeGreaterThan(CALLS * 0.07);
      for (const kind of [...WRONG, LATE.kind]) expect(given[kind], kind).toBeGreaterThan(0);
      expect(caught).toEqual(asCaught(given));
      const { compared, differing } = await storedAgainstShown(database.db, stack.simulator.url);
      expect(differing).toEqual([]);
      const repeats = blindRepeats(calls());
      expect(repeats).toEqual([]);
      expect(stack.simulator.stats().maxInFlight).toBe(1);
      process.stdout.write(
        `friendly: ${calls().length} calls, injected ${JSON.stringify(given)}, caught ${JSON.stringify(caught)} (target all of each class), ` +
          `${compared} stored readings compared, 0 differ, 0 blind repeats (simulated)\n`,
      );
    },
    TIMEOUT_MS,
  );

  it(
    "at a GenieACS: none is stored, nothing is left behind in it, and all converges",
    async () => {
      await open("genieacs");
      stack.simulator.inject({ ...LATE, count: 1_000_000 });
      for (const kind of WRONG)
        stack.simulator.inject({ kind, count: 1_000_000, probability: 0.017 });
      await run();
      const given = injected();
      expect(sum(given)).toBeGreaterThan(CALLS * 0.07);
      const { compared, differing } = await storedAgainstShown(database.db, stack.simulator.url);
      expect(differing).toEqual([]);
      expect(stack.simulator.core.nbi.crashes).toBe(0);
      for (const collection of ["tasks", "faults"]) {
        const answer = await fetch(`${stack.simulator.nbiUrl}/${collection}/`);
        expect(await answer.json(), collection).toEqual([]);
      }
      process.stdout.write(
        `genieacs: ${calls().length} calls, injected ${JSON.stringify(given)}, noticed ${JSON.stringify(await noticed())}, ` +
          `${compared} stored readings compared, 0 differ (simulated)\n`,
      );
    },
    TIMEOUT_MS,
  );
});
