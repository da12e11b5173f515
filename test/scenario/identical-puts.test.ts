/**
 * A billing system that retries everything at once: the same desired state 1,000 times, on 1,000 connections to two servers.
 * It is one generation, one event, one operation, and one write at the most on the ACS.
 */
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PlumbClient } from "../../src/client/http.ts";
import { Caller, type SocketAnswer } from "../support/caller.ts";
import { READ, WRITE } from "../support/call-log.ts";
import { dataFolder, removeDataFolders } from "../support/data-folder.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { databaseUrl } from "../support/database-url.ts";
import { killPlumbs, startPlumb } from "../support/plumb-process.ts";
import { startStack, type Stack } from "../support/stack.ts";
import type { Simulator } from "../../src/acs/simulator/server.ts";

const PUTS = 1_000;
const SERVERS = 2;

let database: TestDatabase;
let stack: Stack & { readonly simulator: Simulator };

beforeEach(async () => {
  database = await testDatabase();
  stack = await startStack(database.db, {
    simulator: { count: 3, models: ["huawei-bm632w"], offlineShare: 0 },
  });
  await stack.seed({ credentials: false, frequency: false });
});

afterEach(async () => {
  await killPlumbs();
  await stack.close();
  await database.close();
  await removeDataFolders();
});

/** In the ACS's own log. */
function callsOf(serial: string, operation: string): number {
  const calls = stack.simulator.core.calls.after(0, 100_000);
  return calls.filter((call) => call.serial === serial && call.operation === operation).length;
}

/** Callers with a token of billing, one for each server; and an admin. */
async function servers(): Promise<{ billing: readonly Caller[]; admin: PlumbClient }> {
  const urls: string[] = [];
  let first = "";
  for (let server = 0; server < SERVERS; server += 1) {
    const plumb = startPlumb(["serve"], {
      PLUMB_DATA_DIR: (await dataFolder()).dataDir,
      PLUMB_KEYRING_FILE: join(stack.folder, "keyring.json"),
      DATABASE_URL: databaseUrl(database),
    });
    urls.push(await plumb.url());
    if (server === 0) first = (await plumb.says(/shown once: (plumb_\S+)/))[1] ?? "";
  }
  const admin = new PlumbClient({ url: urls[0] ?? "", token: first });
  const scopes = ["devices:read", "desired:write:credentials"];
  const { token } = await admin.ask<{ token: string }>("POST", "/v1/tokens", {
    json: { owner: "billing", scopes, ratePerSecond: 10_000 },
  });
  return { billing: urls.map((url) => new Caller(url, token, PUTS)), admin };
}

/** The same state: a PUT is compared by what it says, and not by how. */
function spelling(number: number): object {
  const username = "sub-same";
  const password = "the-same-for-all";
  return number % 2 === 0
    ? { credentials: { username, realm: "isp.example", password } }
    : { credentials: { password, username: `${username}@isp.example` } };
}

it("1,000 identical PUTs at once make one generation and at most one write on the ACS", async () => {
  const { billing, admin } = await servers();
  const device = stack.simulator.core.acs.entries[1]?.device;
  const id = device?.id ?? "";
  const begun = performance.now();
  const answers = await Promise.all(
    Array.from({ length: PUTS }, (_, number): Promise<SocketAnswer> => {
      const caller = billing[number % SERVERS];
      if (caller === undefined) throw new Error("no server");
      return caller.call("PUT", `/v1/devices/${encodeURIComponent(id)}/desired`, spelling(number));
    }),
  );
  const tookMs = performance.now() - begun;
  const made = answers.filter(({ status }) => status === 201);
  const same = answers.filter(({ status }) => status === 200);
  expect([made.length, same.length], answers.find(({ status }) => status > 201)?.body).toEqual([
    1,
    PUTS - 1,
  ]);
  const generations = new Set(
    answers.map(
      ({ body }) => (JSON.parse(body) as { document: { generation: number } }).document.generation,
    ),
  );
  expect([...generations]).toEqual([1]);

  await stack.until("it is on the CPE", async () => (await stack.states())["converged"] === 1);
  // A second look would find something to write if there were anything.
  const reads = (): number => callsOf(device?.serial ?? "", READ);
  const before = reads();
  await admin.act(id, "reconcile");
  await stack.until("it was read again", async () => {
    return reads() > before && (await stack.states())["converged"] === 1;
  });
  for (const caller of billing) caller.close();
  const writes = callsOf(device?.serial ?? "", WRITE);
  const key = await stack.keyOf(id);
  const { rows } = await sql<{
    revisions: number;
    operations: number;
    events: number;
    intents: number;
  }>`
    select (select count(*)::int from desired_revisions where device = ${key}) as revisions,
      (select count(*)::int from operations where device = ${key}) as operations,
      (select count(*)::int from events where device = ${key} and type = 'DesiredChanged') as events,
      (select count(*)::int from intents where device = ${key}) as intents`.execute(database.db);
  process.stdout.write(
    `${PUTS} identical PUTs at once to ${SERVERS} servers in ${Math.round(tookMs)} ms: ${made.length} x 201, ` +
      `${same.length} x 200; ${JSON.stringify(rows[0])}; ${writes} writes of it on the ACS (target at most 1) (simulated)\n`,
  );
  expect(rows[0]).toEqual({ revisions: 1, operations: 1, events: 1, intents: 1 });
  expect(writes).toBe(1);
}, 120_000);
