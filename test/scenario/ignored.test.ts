/**
 * Statement 8 of the better engine: nothing is converged without a read newer than its write, and one write in a hundred
 * that is taken and not done is found, each of them. `IGNORED_WRITES` says how many writes; the long tests take 10,000.
 */
import { sql } from "kysely";
import { afterEach, expect, it } from "vitest";
import { Secret } from "../../src/lib/secret.ts";
import { held, TALK } from "../support/cpe-values.ts";
import { startWorld, type World } from "../support/world.ts";

const WRITES = Number(process.env["IGNORED_WRITES"] ?? 500);
const COUNT = 50;
const HOUR = 3_600_000;
let world: World;

afterEach(async () => {
  await world.close();
});

/** Devices that are said to be converged by a read that is not newer than the last write. */
async function convergedUnread(): Promise<readonly unknown[]> {
  const found = await sql<{ device: number }>`
    select s.device from device_status s left join observations o on o.device = s.device
    where s.state = 'converged' and (o.read_at is null or o.read_at <=
      (select max(intended_at) from intents i where i.device = s.device
       and (outcome is null or outcome in ('done', 'accepted', 'unknown'))))`.execute(
    world.database.db,
  );
  return found.rows;
}

it(
  "each of 1 % ignored writes is found, and nothing is converged unread (I4, statement 8)",
  async () => {
    world = await startWorld({
      acs: { deadlines: { call: "20s", verify: "1m", prove: "1s" } },
      simulator: {
        count: COUNT,
        models: ["talk-frequency-table"],
        latencyMs: 500,
        ignoredWrites: 0.01,
      },
    });
    const { acs, clock, stack } = world;
    let ignored = 0;
    const draw = acs.acs.ignoresNext;
    acs.acs.ignoresNext = () => {
      const drawn = draw();
      if (drawn) ignored += 1;
      return drawn;
    };
    await stack.seed({ frequency: false });
    world.start();
    const unread: unknown[] = [];
    let looks = 0;
    let round = 0;
    for (; acs.stats().writes < WRITES; round += 1) {
      for (const { device } of acs.acs.entries) {
        const username = `r${round}${device.serial.toLowerCase()}`;
        const credentials = {
          username,
          realm: "isp.example",
          password: new Secret(`pw-${username}`),
        };
        await stack.put(device.id, { credentials });
      }
      const allConverged = async (): Promise<boolean> => {
        unread.push(...(await convergedUnread()));
        looks += 1;
        return (await stack.states())["converged"] === COUNT;
      };
      await world.until("all converged", allConverged, 48 * HOUR, 20_000);
      await clock.advance(60_000);
    }
    const verdicts = await world.database.db
      .selectFrom("intents")
      .select(({ fn }) => ["verdict", fn.countAll<string>().as("count")])
      .groupBy("verdict")
      .execute();
    const found = Number(verdicts.find(({ verdict }) => verdict === "ignored")?.count ?? 0);
    process.stdout.write(
      `${acs.stats().writes} writes: ${ignored} ignored by CPEs, ${found} found (target all); converged without a newer ` +
        `read in ${looks} looks at ${COUNT} devices: ${unread.length} (target 0) (simulated)\n`,
    );
    expect(ignored).toBeGreaterThan(0);
    expect(found).toBe(ignored);
    expect(unread).toEqual([]);
    const wrong = acs.acs.entries.filter(
      (entry) =>
        held(entry, TALK.user) !== `r${round - 1}${entry.device.serial.toLowerCase()}@isp.example`,
    );
    expect(wrong).toEqual([]);
  },
  300_000 + WRITES * 1_000,
);
