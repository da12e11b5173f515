/**
 * Billing has crossed two serials: each CPE shows the credential that is wanted of the other one. Neither is overwritten
 * before a person has looked; a swap that billing knows of, and a CPE that has its own former credential, are corrected.
 */
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Entry } from "../../src/acs/simulator/sim-acs.ts";
import { Secret } from "../../src/lib/secret.ts";
import { held, TALK } from "../support/cpe-values.ts";
import { BILLING, OPERATOR } from "../support/stack.ts";
import { startWorld, type World } from "../support/world.ts";

const HOUR = 3_600_000;
let world: World;
let a: Entry;
let b: Entry;

beforeEach(async () => {
  world = await startWorld({
    simulator: { count: 2, models: ["talk-frequency-table"], latencyMs: 100 },
  });
  await world.stack.seed({ credentials: false, frequency: false });
  const [first, second] = world.acs.acs.entries;
  if (first === undefined || second === undefined) throw new Error("no CPEs");
  [a, b] = [first, second];
});
afterEach(async () => {
  await world.close();
});

function show(entry: Entry, user: string): void {
  world.acs.acs.tamper(entry, [
    { path: TALK.user, value: `${user}@isp.example` },
    { path: TALK.password, value: `pw-${user}` },
  ]);
}
const want = (entry: Entry, username: string) =>
  world.stack.put(entry.device.id, {
    credentials: { username, realm: "isp.example", password: new Secret(`pw-${username}`) },
  });
const shows = (entry: Entry): string | null => held(entry, TALK.user);
const device = async (entry: Entry) =>
  await world.stack.fleet.device(await world.stack.keyOf(entry.device.id));
const allConverged = async (): Promise<boolean> => (await world.stack.states())["converged"] === 2;

it("holds both, each with the id of the other one, and writes neither", async () => {
  show(a, "anna");
  show(b, "ben");
  await want(a, "ben");
  await want(b, "anna");
  world.start();
  await world.clock.advance(HOUR / 4);
  const [one, other] = [await device(a), await device(b)];
  expect(one).toMatchObject({ state: "held", reason: "CredentialOfAnother" });
  expect(other).toMatchObject({ state: "held", reason: "CredentialOfAnother" });
  const messages = [one, other].map((each) => each.message);
  for (const message of messages) {
    expect(message).toContain(a.device.id);
    expect(message).toContain(b.device.id);
  }
  process.stdout.write(
    `two crossed serials: ${a.writes + b.writes} writes (target 0); "${messages[0] ?? ""}"\n`,
  );
  expect([a.writes, b.writes]).toEqual([0, 0]);

  // A person says that billing is right after all.
  const { model, serial } = a.device;
  const identity = { oui: model.oui, productClass: model.productClass, serial };
  const labels = { "credential-of-another": "overwrite" };
  const spec = { acs: "sim", ...identity };
  await world.stack.fleet.apply(
    {
      records: [],
      devices: [{ name: a.device.id, labels, identity, acs: "sim", hold: null, spec }],
    },
    OPERATOR,
    { dryRun: false, expect: null },
  );
  await world.stack.fleet.wake(await world.stack.keyOf(a.device.id), OPERATOR);
  await world.until("it is overwritten", () => shows(a) === "ben@isp.example", 24 * HOUR, 10_000);
  expect(shows(b)).toBe("ben@isp.example");
}, 300_000);

it("mends them once billing has put it right, without any write", async () => {
  show(a, "anna");
  show(b, "ben");
  await want(a, "ben");
  await want(b, "anna");
  world.start();
  await world.clock.advance(HOUR / 4);
  await want(a, "anna");
  await want(b, "ben");
  await world.until("both converged", allConverged, 24 * HOUR, 10_000);
  expect([a.writes, b.writes]).toEqual([0, 0]);
}, 300_000);

it("corrects a CPE that has its own former credential, though another one has that by now", async () => {
  show(a, "anna");
  await want(a, "anna");
  world.start();
  await world.until("as it is wanted", async () => (await device(a)).state === "converged", HOUR);
  await want(a, "new");
  await want(b, "anna");
  await world.until("both converged", allConverged, 24 * HOUR, 10_000);
  expect([shows(a), shows(b)]).toEqual(["new@isp.example", "anna@isp.example"]);
}, 300_000);

it("corrects the new box of a swap of which billing knows, and leaves the old one alone", async () => {
  show(a, "anna");
  show(b, "formerly");
  await want(a, "anna");
  world.start();
  await world.until("as it is wanted", async () => (await device(a)).state === "converged", HOUR);
  await world.stack.fleet.endDocument(await world.stack.keyOf(a.device.id), BILLING, null);
  await want(b, "anna");
  await world.until(
    "the new box",
    async () => (await device(b)).state === "converged",
    24 * HOUR,
    10_000,
  );
  expect([shows(a), shows(b)]).toEqual(["anna@isp.example", "anna@isp.example"]);
  expect(a.writes).toBe(0);
}, 300_000);
