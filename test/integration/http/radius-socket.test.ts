/**
 * A RADIUS server whose bodies are wrong in every way, against `plumb serve` in a process of its own: each is answered with
 * 204 on the socket, and the server is there afterwards. `npm run test:long:radius` sends 100,000; a seed that is printed
 * and given back as `RADIUS_SEED` sends the same ones again.
 */
import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, afterEach, expect, it } from "vitest";
import { makeKeyring } from "../../../src/store/keyring.ts";
import { Caller, type SocketAnswer } from "../../support/caller.ts";
import { testDatabase, type TestDatabase } from "../../support/database.ts";
import { databaseUrl } from "../../support/database-url.ts";
import { killPlumbs, startPlumb } from "../../support/plumb-process.ts";
import { CANARY, mutated } from "../../support/radius-mutations.ts";
import { LAB_PASSWORDS, SAMPLES, type Sample } from "../../support/radius-samples.ts";

const RUNS = Number(process.env["RADIUS_RUNS"] ?? 500);
const SEED = Number(process.env["RADIUS_SEED"] ?? randomInt(2 ** 31));
/** So many are made from one seed, so that a failure is repeated without those before it. */
const GROUP = 1_000;
const AT_ONCE = 64;

let database: TestDatabase;
let folder: string;

afterEach(async () => {
  await killPlumbs();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await database.close();
});

function post(caller: Caller, { endpoint, bytes }: Sample): Promise<SocketAnswer> {
  return caller.call("POST", `/v1/radius/${endpoint}`, bytes);
}

/** All of them, `AT_ONCE` under way; what was not answered as it must be, ready to be sent again by hand. */
async function sendAll(caller: Caller, bodies: readonly Sample[]) {
  const wrong: string[] = [];
  const tookMs: number[] = [];
  let next = 0;
  const lanes = Array.from({ length: AT_ONCE }, async () => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const begun = performance.now();
      const answer = await post(caller, body).catch((error: unknown) => ({
        status: 0,
        body: String(error),
      }));
      tookMs.push(performance.now() - begun);
      if (answer.status === 204 && answer.body === "") continue;
      const sent = Buffer.from(body.bytes).toString("base64");
      wrong.push(`${answer.status} ${answer.body.slice(0, 200)} to ${body.endpoint} ${sent}`);
    }
  });
  await Promise.all(lanes);
  return { wrong, tookMs };
}

async function stored(): Promise<{ records: number; poison: number; reasons: number }> {
  const { rows } = await sql<{ records: number; poison: number; reasons: number }>`
    select (select count(*)::int from radius_events) as records,
      (select coalesce(sum(count), 0)::int from radius_quarantine) as poison,
      (select count(distinct reason)::int from radius_quarantine) as reasons`.execute(database.db);
  return rows[0] ?? { records: 0, poison: 0, reasons: 0 };
}

it("every body is answered with 204 on the socket, and the server outlives them (I20)", async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), "plumb-radius-"));
  const keyring = join(folder, "keyring.json");
  await makeKeyring(keyring);
  const plumb = startPlumb(["serve"], {
    PLUMB_DATA_DIR: join(folder, "data"),
    PLUMB_KEYRING_FILE: keyring,
    DATABASE_URL: databaseUrl(database),
  });
  const token = (await plumb.says(/shown once: (plumb_\S+)/))[1] ?? "";
  const url = await plumb.url();
  process.stdout.write(`${RUNS} mutated RADIUS bodies: RADIUS_SEED=${SEED}\n`);

  const tookMs: number[] = [];
  let answered = 0;
  const begun = performance.now();
  for (let sent = 0; sent < RUNS; sent += GROUP) {
    const seed = (SEED + sent / GROUP) % 2 ** 31;
    const numRuns = Math.min(GROUP, RUNS - sent);
    const bodies = fc.sample(mutated, { seed, numRuns });
    // Making bodies takes a while, and a connection without a request is ended after five seconds: each group has new ones.
    const sender = new Caller(url, token, AT_ONCE);
    const group = await sendAll(sender, bodies);
    sender.close();
    expect(group.wrong, `RADIUS_SEED=${seed} RADIUS_RUNS=${numRuns} makes them again`).toEqual([]);
    answered += group.tookMs.length;
    tookMs.push(...group.tookMs);
  }
  const allMs = performance.now() - begun;
  expect(answered).toBe(RUNS);

  const { records, poison, reasons } = await stored();
  expect(records, "some are still records").toBeGreaterThan(Math.min(RUNS / 20, 500));
  expect(poison, "and some are poison").toBeGreaterThan(RUNS / 20);
  const caller = new Caller(url, token, AT_ONCE);
  const whole = await sendAll(caller, SAMPLES);
  expect([whole.wrong, whole.tookMs.length]).toEqual([[], 20]);
  for (const path of ["/livez", "/readyz"])
    expect((await caller.call("GET", path)).status).toBe(200);
  caller.close();
  for (const secret of [CANARY, ...LAB_PASSWORDS]) {
    expect(plumb.out() + plumb.err(), "in what it wrote (I18)").not.toContain(secret);
  }
  expect((await plumb.stop()).code, "it ends when it is told to, and has not before").toBe(0);
  tookMs.sort((a, b) => a - b);
  const at = (share: number): string => (tookMs[Math.floor(tookMs.length * share)] ?? 0).toFixed(1);
  process.stdout.write(
    `${answered} mutated RADIUS bodies on a socket, ${AT_ONCE} at once: ${answered} x 204, 0 others (target 0), ` +
      `${records} new records, ${poison} put aside for ${reasons} reasons, the rest repeats; ` +
      `${Math.round((answered * 1_000) / allMs)}/s with making them, answer p50 ${at(0.5)} p99 ${at(0.99)} ms\n`,
  );
}, 3_600_000);
