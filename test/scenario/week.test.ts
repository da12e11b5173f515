/**
 * A fleet for days: each day a third of it is without power for four hours, one write in a hundred is taken and not done,
 * one answer in two hundred is wrong, billing changes credentials, and the controller dies twice. `WEEK_FLEET` and
 * `WEEK_DAYS` say how much of it; the long tests take 2,000 CPEs and seven days.
 */
import { afterEach, expect, it } from "vitest";
import type { InjectionInput } from "../../src/acs/simulator/trouble.ts";
import type { Entry } from "../../src/acs/simulator/sim-acs.ts";
import { nodesBelow, shownValue } from "../../src/acs/simulator/cpe-state.ts";
import { randomFrom } from "../../src/acs/simulator/random.ts";
import { messageOf } from "../../src/lib/errors.ts";
import { Secret } from "../../src/lib/secret.ts";
import { blindRepeats } from "../support/call-log.ts";
import { startWorld, type Process, type World } from "../support/world.ts";

const COUNT = Number(process.env["WEEK_FLEET"] ?? 40);
const DAYS = Number(process.env["WEEK_DAYS"] ?? 1);
const SEED = process.env["WEEK_SEED"] ?? "week";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CUT_MS = 4 * HOUR;
const CHANGED_A_DAY = 0.05;
const WRONG_ANSWERS = Number(process.env["WEEK_WRONG"] ?? 0.005);
const WRONG: readonly InjectionInput["kind"][] = [
  ...(["html", "empty", "truncated", "wrong-operation", "other-device", "hang"] as const),
];
/** Until everything reachable has to be converged after the last of it. */
const SETTLED_WITHIN_MS = 12 * HOUR;

let world: World;

afterEach(async () => {
  await world.close();
});

/** What happens in a day, by the moment at which it does. */
type Happening = readonly [atMs: number, happen: () => Promise<void> | void];

async function put(entry: Entry, username: string): Promise<void> {
  const credentials = { username, realm: "isp.example", password: new Secret(`pw-${username}`) };
  await world.stack.put(entry.device.id, { credentials });
}

function usesName(entry: Entry, username: string): boolean {
  const { cpe } = entry.state;
  const now = world.clock.now().getTime();
  const values = nodesBelow(cpe, "").map((node) => shownValue(cpe, node, now));
  return values.includes(username) || values.includes(`${username}@isp.example`);
}

/** Who is not as wanted, and what is said of it. */
async function notConverged(): Promise<string> {
  const rows = await world.database.db
    .selectFrom("device_status")
    .innerJoin("devices", "devices.device", "device_status.device")
    .select(["device_id", "state", "reason", "message"])
    .where("state", "<>", "converged")
    .limit(5)
    .execute();
  return rows.map((row) => Object.values(row).join(" ")).join("\n");
}

async function eventCounts(): Promise<Readonly<Record<string, number>>> {
  const rows = await world.database.db
    .selectFrom("events")
    .select(({ fn }) => ["type", fn.countAll<string>().as("count")])
    .where("device", "is not", null)
    .groupBy("type")
    .orderBy("type")
    .execute();
  return Object.fromEntries(rows.map(({ type, count }) => [type, Number(count)]));
}

it(
  `${DAYS} days of ${COUNT} CPEs with power cuts, ignored writes, wrong answers and crashes need no person`,
  async () => {
    const began = performance.now();
    world = await startWorld({ simulator: { count: COUNT, seed: SEED, ignoredWrites: 0.01 } });
    const { acs, clock, stack } = world;
    const random = randomFrom(`${SEED}/days`);
    const { entries } = acs.acs;
    const wanted = new Map<Entry, string>();
    await stack.seed();
    for (const entry of entries) wanted.set(entry, `sub${entry.device.serial.toLowerCase()}`);
    for (const kind of WRONG)
      acs.inject({ kind, probability: WRONG_ANSWERS / WRONG.length, count: 1_000_000 });

    let controller: Process = world.start();
    const day = (number: number): Happening[] => {
      const share = { share: 1 / 3, salt: `day ${number}` };
      const cutAt = Math.floor(random() * (24 * HOUR - CUT_MS));
      const changes = Array.from({ length: Math.ceil(COUNT * CHANGED_A_DAY) }, (): Happening => {
        const entry = entries[Math.floor(random() * COUNT)];
        if (entry === undefined) throw new Error("no CPE");
        const username = `day${number}${entry.device.serial.toLowerCase()}`;
        const change = async (): Promise<void> => {
          await put(entry, username);
          wanted.set(entry, username);
        };
        return [random() * 24 * HOUR, change];
      });
      const crashes = [0, 1].map((): Happening => {
        const crash = (): void => {
          controller.kill();
          controller = world.start();
        };
        return [random() * 24 * HOUR, crash];
      });
      const cuts: Happening[] = [
        [cutAt, () => void acs.setPower(false, share)],
        [cutAt + CUT_MS, () => void acs.setPower(true, share)],
      ];
      return [...cuts, ...changes, ...crashes].sort(([a], [b]) => a - b);
    };
    for (let number = 0; number < DAYS; number += 1) {
      const startMs = clock.monotonicMs();
      for (const [atMs, happen] of day(number)) {
        await clock.advance(Math.max(0, startMs + atMs - clock.monotonicMs()));
        await happen();
      }
      await clock.advance(Math.max(0, startMs + 24 * HOUR - clock.monotonicMs()));
    }

    const settledMs = await world
      .until(
        "everything reachable is converged",
        async () => (await stack.states())["converged"] === COUNT,
        SETTLED_WITHIN_MS,
        MINUTE,
      )
      .catch(async (error: unknown) => {
        throw new Error(`${messageOf(error)}\n${await notConverged()}`);
      });
    const lost = [...wanted].filter(([entry, username]) => !usesName(entry, username));
    const stats = acs.stats();
    const wrong = acs.calls
      .after(0, 1_000_000)
      .filter(({ outcome }) => (WRONG as readonly string[]).includes(outcome)).length;
    const busy = (stats.busyMs / clock.monotonicMs()) * 100;
    process.stdout.write(
      `${DAYS} days of ${COUNT} CPEs in ${Math.round((performance.now() - began) / 1_000)} s (simulated): ` +
        `${stats.calls} calls, the ACS busy ${busy.toFixed(0)} %, ${wrong} wrong answers, ${2 * DAYS} crashes; ` +
        `all converged ${Math.round(settledMs / MINUTE)} min after the last day; ${lost.length} changes lost, at most ` +
        `${stats.maxInFlight} call in flight; events ${JSON.stringify(await eventCounts())}\n`,
    );
    expect(
      lost.map(([entry]) => entry.device.id),
      "changes lost",
    ).toEqual([]);
    expect(stats.maxInFlight).toBe(1);
    expect(blindRepeats(acs.calls.after(0, 1_000_000)), "written twice without a read").toEqual([]);
  },
  60 * MINUTE,
);
