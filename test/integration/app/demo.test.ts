/** `plumb demo` as a newcomer starts it, killed at bad moments: one data folder through five starts. */
import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CallRecord } from "../../../src/acs/simulator/calls.ts";
import type { SimulatorStats } from "../../../src/acs/simulator/simulator.ts";
import { PlumbClient } from "../../../src/client/http.ts";
import { blindRepeats, WRITE } from "../../support/call-log.ts";
import { dataFolder, removeDataFolders, type DataFolder } from "../../support/data-folder.ts";
import { testDatabase } from "../../support/database.ts";
import { databaseUrl } from "../../support/database-url.ts";
import {
  bench,
  eventually,
  killPlumbs,
  processesWith,
  startPlumb,
  type Plumb,
} from "../../support/plumb-process.ts";
import { OPERATOR, testStores } from "../../support/stack.ts";

const COUNT = 40;
const TOKEN = /Admin token, shown once: (plumb_\S+)/;
const SIMULATOR = /Simulated ACS on (\S+) \(its bench is at (\S+)\/sim\/stats\)/;

let folder: DataFolder;
let plumb: Plumb;
/** Where the simulated ACS listened at the first start. */
let address = "";
let token = "";
let before: readonly CallRecord[] = [];

const start = (): Plumb =>
  startPlumb(["demo", "--count", String(COUNT), "--latency", "5"], {
    PLUMB_DATA_DIR: folder.dataDir,
  });

async function fleet() {
  const client = new PlumbClient({ url: await plumb.url(), token });
  const counts = await client.fleet();
  expect(Object.values(counts.states).reduce((sum, n) => sum + n, 0)).toBe(counts.total);
  return counts;
}

const benchUrl = async (): Promise<string> => (await plumb.says(SIMULATOR))[2] ?? "";
const stats = async (): Promise<SimulatorStats> => await bench(await benchUrl(), "stats");

async function calls(): Promise<readonly CallRecord[]> {
  const url = await benchUrl();
  return (await bench<{ calls: CallRecord[] }>(url, "calls?limit=10000")).calls;
}

async function converged(): Promise<boolean> {
  const { total, states } = await fleet();
  expect(total).toBe(COUNT);
  const { offline } = await stats();
  return states["converged"] === COUNT - offline && states["offline"] === offline;
}

beforeAll(async () => {
  folder = await dataFolder();
});

afterAll(async () => {
  await killPlumbs();
  // A simulator ends with its parent and a database server does not: that one is for the next start, or for us.
  await folder.killServer();
  await eventually("nothing runs", async () => (await processesWith(folder.base)).size === 0);
  await removeDataFolders();
});

describe("plumb demo on an empty data folder", () => {
  it("shows an admin token and leaves it in a file that only its owner may read", async () => {
    plumb = start();
    token = (await plumb.says(TOKEN))[1] ?? "";
    const file = join(folder.dataDir, "admin-token");
    expect(plumb.err()).toContain(file);
    expect((await readFile(file, "utf8")).trim()).toBe(token);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder.dataDir, "keyring.json"))).mode & 0o777).toBe(0o600);
    address = (await plumb.says(SIMULATOR))[1] ?? "";
  });

  it("finishes at the next start a seeding that was killed half-way, and shows no second token", async () => {
    await plumb.says(/40 devices registered by manifest/);
    await plumb.killGroup();
    expect(plumb.err()).not.toContain("put by billing");

    plumb = start();
    await plumb.says(/credentials of 40 subscribers put by billing/);
    expect((await plumb.says(SIMULATOR))[1], "the same address as before").toBe(address);
    expect(plumb.err()).toContain("outlived its process");
    expect(plumb.err()).not.toMatch(TOKEN);
    expect((await fleet()).total).toBe(COUNT);
  });

  it("goes on after kill -9 in the middle of converging, over the orphan of its database, at the same address", async () => {
    await eventually("some writes", async () => (await stats()).writes >= 4);
    const slow = { kind: "slow", operation: WRITE, delayMs: 400 };
    await bench(await benchUrl(), "inject", slow);
    const { writes } = await stats();
    await eventually("a write is taken and not answered", async () => {
      const now = await stats();
      return now.writes > writes && now.inFlight === 1 && now.injectionsWaiting === 0;
    });
    // Frozen first, so that the log holds every call that it made: for the database this is the same death.
    plumb.signal("SIGSTOP");
    await eventually("nothing in flight", async () => (await stats()).inFlight === 0);
    before = await calls();
    await plumb.killGroup();
    expect(before.at(-1)).toMatchObject({ operation: WRITE, outcome: "slow" });

    plumb = start();
    expect((await plumb.says(SIMULATOR))[1]).toBe(address);
    expect((await fleet()).states["converged"], "killed before the end").toBeLessThan(24);
    await eventually("all reachable converged", converged, 60_000, async () => {
      const client = new PlumbClient({ url: await plumb.url(), token });
      const { items } = await client.devices({ selector: "state!=converged,state!=offline" });
      return (
        JSON.stringify(
          items.map(({ name, status }) => [name, status]),
          null,
          1,
        ) + plumb.err()
      );
    });
    expect(plumb.err()).toContain("outlived its process");
    expect(plumb.err()).not.toMatch(TOKEN);
    expect(plumb.err()).not.toContain("put by billing");
  }, 90_000);

  it("wrote nothing twice without a read between, one call at a time, and left nothing unsettled (I1, I3)", async () => {
    const after = await calls();
    expect(blindRepeats(before, after)).toEqual([]);
    expect((await stats()).maxInFlight).toBe(1);
    const client = new PlumbClient({ url: await plumb.url(), token });
    const { items } = await client.devices({ limit: 500 });
    for (const { id } of items) {
      const { openIntents } = await client.device(id);
      expect(
        openIntents.filter(({ verdict }) => verdict === null),
        id,
      ).toEqual([]);
    }
  });

  it("ends within seconds of SIGTERM with 0, and leaves no process", async () => {
    const { code, ms } = await plumb.stop(10_000);
    expect(code, plumb.err()).toBe(0);
    expect(ms).toBeLessThan(10_000);
    expect([...(await processesWith(folder.base)).values()]).toEqual([]);
  });

  it("asks at the next start for nothing that was not due (I10)", async () => {
    plumb = start();
    const { states } = await fleet();
    expect(states["converged"]).toBeGreaterThan(0);
    await sleep(2_000);
    // Looks for signs of life come due by themselves.
    const asked = (await calls()).filter(({ operation }) => operation !== "FTCPEStatus");
    expect(asked).toEqual([]);
    expect((await fleet()).states["converged"]).toBe(states["converged"]);
    expect((await plumb.stop()).code).toBe(0);
  });
});

describe("plumb demo on a database that has an Acs record of its own", () => {
  it("says so, seeds nothing, starts no simulator, and serves", async () => {
    const database = await testDatabase();
    const { fleet: store, folder: keys } = await testStores(database.db);
    const spec = { kind: "friendly", address: "http://127.0.0.1:1/" };
    await store.apply(
      { records: [{ kind: "Acs", name: "theirs", labels: {}, spec }], devices: [] },
      OPERATOR,
      { dryRun: false, expect: null },
    );
    plumb = startPlumb(["demo", "--count", "40"], {
      PLUMB_DATA_DIR: join(folder.base, "own"),
      PLUMB_KEYRING_FILE: join(keys, "keyring.json"),
      DATABASE_URL: databaseUrl(database),
    });
    await plumb.says(/ACS records of its own: nothing is seeded/);
    expect((await fetch(`${await plumb.url()}/readyz`)).status).toBe(200);
    expect((await plumb.stop()).code).toBe(0);
    expect(plumb.err()).not.toContain("Simulated ACS");
    const names = (await store.records("Acs")).map(({ name }) => name);
    expect(names).toEqual(["theirs"]);
    expect((await store.fleet()).total).toBe(0);
    await database.close();
    await rm(keys, { recursive: true });
  });
});
