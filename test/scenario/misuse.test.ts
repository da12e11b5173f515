/**
 * A credential copied by hand from one CPE to another: the finding stands in the transaction that stored what was read, or
 * neither does; a swap that billing booked makes none. In the world's time, in simulated CPEs.
 */
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, expect, it } from "vitest";
import { nodesBelow, shownValue } from "../../src/acs/simulator/cpe-state.ts";
import type { Entry } from "../../src/acs/simulator/sim-acs.ts";
import { Secret } from "../../src/lib/secret.ts";
import { evaluateDue } from "../../src/store/fraud/queue.ts";
import { loadKeyring } from "../../src/store/keyring.ts";
import { BILLING } from "../support/stack.ts";
import { startWorld, type World } from "../support/world.ts";

/** Long enough for each CPE to be read several times. */
const SWAP_HOURS = Number(process.env["SWAP_HOURS"] ?? 6);
const HOUR = 3_600_000;
const COUNT = Number(process.env["FLEET"] ?? 4);
let world: World;

afterEach(async () => {
  await world.close();
});

function entryOf(n: number): Entry {
  const entry = world.acs.acs.entries[n];
  if (entry === undefined) throw new Error(`no CPE ${n}`);
  return entry;
}

/** Where it shows its user name. */
function nodeOf({ device, state }: Entry) {
  const nowMs = world.clock.now().getTime();
  const user = `sub${device.serial.toLowerCase()}`;
  const node = nodesBelow(state.cpe, "").find((each) =>
    (shownValue(state.cpe, each, nowMs) ?? "").startsWith(user),
  );
  if (node === undefined) throw new Error("the CPE does not show its user name");
  return { path: node.path, value: shownValue(state.cpe, node, nowMs) ?? "" };
}

async function findings(): Promise<readonly string[]> {
  const rows = await world.database.db
    .selectFrom("findings")
    .select(["pattern", "state", "devices"])
    .orderBy("pattern")
    .execute();
  return rows.map(({ pattern, state, devices }) => `${pattern} ${state} ${devices.length}`);
}

/** From now on, until `disarm`, a transaction that stores a finding fails at its very end. */
async function armed(): Promise<{
  readonly failures: () => Promise<number>;
  disarm(): Promise<void>;
}> {
  const { db } = world.database;
  await sql`create sequence sim.failed`.execute(db);
  await sql`
    create function fail_at_commit() returns trigger language plpgsql as $$
    begin perform nextval('sim.failed'); raise exception 'power cut'; end $$`.execute(db);
  await sql`
    create constraint trigger power_cut after insert on findings deferrable initially deferred
    for each row execute function fail_at_commit()`.execute(db);
  return {
    failures: async () => {
      const { rows } = await sql<{ count: number }>`
        select case when is_called then last_value else 0 end as count from sim.failed`.execute(db);
      return rows[0]?.count ?? 0;
    },
    disarm: async () => {
      await sql`drop trigger power_cut on findings`.execute(db);
    },
  };
}

it("a copied credential is found with the read that shows it, or not at all; a booked swap is none", async () => {
  world = await startWorld({
    acs: { evidenceBudget: "1h" },
    pollMs: 10 * 60_000,
    simulator: { count: COUNT, models: ["talk-frequency-table"], offlineShare: 0 },
  });
  const { acs, clock, stack, database } = world;
  const { db } = database;
  const keyring = await loadKeyring(join(stack.folder, "keyring.json"));
  const digest = (label: string, text: string): string => keyring.digest(label, text);
  const worked = async (): Promise<void> => {
    const fail = (error: unknown): never => {
      throw error;
    };
    while ((await evaluateDue(db, digest, fail)) > 0);
  };
  await stack.seed();
  world.start();
  const converged = async () => (await stack.states())["converged"] === COUNT;
  await world.until("it is converged", converged, 24 * HOUR, 60_000);
  await clock.advance(HOUR);
  await worked();
  expect(await findings(), "an honest fleet").toEqual([]);

  const [owner, thief, old, fresh] = [entryOf(0), entryOf(1), entryOf(2), entryOf(3)];
  const copied = nodeOf(owner);
  const holders = async (): Promise<number> => {
    const credential = digest("username", copied.value.toLowerCase());
    const { rows } = await sql<{ count: number }>`
      select count(distinct device)::int as count from device_sightings where credential = ${credential}`.execute(
      db,
    );
    return rows[0]?.count ?? 0;
  };
  const { path } = nodeOf(thief);
  const copy = (): void => {
    acs.acs.tamper(thief, [{ path, value: copied.value }]);
  };
  const cut = await armed();
  copy();
  await world.until("it was read", async () => (await cut.failures()) > 0, 6 * HOUR, 300_000);
  const failures = await cut.failures();
  expect([await findings(), await holders()], "neither stands").toEqual([[], 1]);
  await cut.disarm();
  // A pass that was cut may have corrected it.
  copy();
  const copiedMs = clock.monotonicMs();
  await world.until("it was found", async () => (await findings()).length > 0, 24 * HOUR, 300_000);
  expect(await holders(), "both stand").toBe(2);
  const tookMs = clock.monotonicMs() - copiedMs;
  const found = await findings();
  expect(found.map((text) => text.split(" ")[0])).toEqual(["P08", "P11"]);

  // A planned swap: the service ends on one CPE, which goes into a box, and begins on another, with its credential.
  acs.setPower(false, { ids: [old.device.id] });
  const moved = { username: `sub${old.device.serial.toLowerCase()}`, realm: "isp.example" };
  const none = { ifMatch: null, ifNoneMatch: false };
  await stack.fleet.endDocument(await stack.keyOf(old.device.id), BILLING, null);
  await stack.fleet.putDocument(
    await stack.keyOf(fresh.device.id),
    { credentials: { ...moved, password: new Secret("swapped-password") } },
    BILLING,
    none,
    { dryRun: false },
  );
  for (let hour = 0; hour < SWAP_HOURS; hour += 1) {
    await clock.advance(HOUR);
    await worked();
  }
  expect(nodeOf(entryOf(0)).value).toBe(copied.value);
  const after = await findings();
  process.stdout.write(
    `copied credential: found ${Math.round(tookMs / 60_000)} min after the copy, at the first read whose transaction ` +
      `stood (${failures} cut at commit left neither the read nor the finding); ${found.join(", ")} devices; ` +
      `${COUNT} CPEs and a planned swap over ${SWAP_HOURS} h: ${after.length - found.length} false findings (target 0) (simulated)\n`,
  );
  expect(after.length).toBe(found.length);
}, 300_000);
