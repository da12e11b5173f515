/**
 * CPE clocks at 1970, an ACS whose clock is a year off, and ours that is stepped by an hour to and fro: the same calls at the
 * same moments, the same of each CPE, and the same verdicts, as where all of them are right.
 */
import { afterEach, expect, it } from "vitest";
import { Secret } from "../../src/lib/secret.ts";
import { startWorld, type World } from "../support/world.ts";

/** One of each model, so that chance does not choose who proves a map. */
const COUNT = 3;
const HOUR = 3_600_000;
const MINUTE = 60_000;
const YEAR = 365 * 24 * HOUR;
const CLOCK = "InternetGatewayDevice.Time.CurrentLocalTime";
let world: World | undefined;

afterEach(async () => {
  await world?.close();
  world = undefined;
});

interface Clocks {
  readonly acsOffMs: number;
  readonly stepped: boolean;
  readonly cpe: string | null;
}

async function run(kind: "friendly" | "genieacs", clocks: Clocks) {
  const own = await startWorld({
    kind,
    acsClockOffMs: clocks.acsOffMs,
    acs: { evidenceBudget: "1h" },
    simulator: {
      count: COUNT,
      models: ["huawei-bm632w", "talk-frequency-table", "talk-channel-rules"],
      latencyMs: 700,
      latencySigma: 0,
    },
  });
  world = own;
  const { acs, clock, stack } = own;
  const { entries } = acs.acs;
  await stack.seed();
  for (const entry of entries) {
    if (clocks.cpe !== null) acs.acs.tamper(entry, [{ path: CLOCK, value: clocks.cpe }]);
  }
  // An hour to and fro, every seven minutes.
  const clockOffMs = (): number =>
    clocks.stepped ? (Math.floor(clock.monotonicMs() / 420_000) % 2 === 0 ? HOUR : -HOUR) : 0;
  let controller = own.start({ clockOffMs });
  await clock.advance(10 * MINUTE);
  const [first, second, third] = entries;
  if (first === undefined || second === undefined || third === undefined)
    throw new Error("no CPEs");
  acs.acs.setPower(first, false);
  acs.acs.queue(second, { kind: "factoryReset" }, true);
  acs.acs.look(second);
  await clock.advance(10 * MINUTE);
  acs.acs.setPower(first, true);
  const credentials = {
    username: "newcomer",
    realm: "isp.example",
    password: new Secret("pw-new"),
  };
  await stack.put(third.device.id, { credentials });
  // Longer than a poll: on a busy machine the news of it may come after what passes in no time here.
  await clock.advance(2 * MINUTE);
  controller.kill();
  controller = own.start({ clockOffMs });
  await clock.advance(45 * MINUTE);
  const calls = acs.calls.after(0, 1_000_000);
  // Which of two that fall due at one moment goes first is nobody's promise.
  const moments = calls.map(({ startMs }) => startMs);
  const asked = entries.map(({ device: { serial } }) =>
    calls.filter((call) => call.serial === serial).map(({ operation }) => operation),
  );
  const verdicts = await own.database.db
    .selectFrom("intents")
    .innerJoin("devices", "devices.device", "intents.device")
    .select(["device_id", "fields", "outcome", "verdict"])
    .orderBy("device_id")
    .orderBy("id")
    .execute();
  const states = await stack.states();
  await own.close();
  world = undefined;
  return { moments, asked, verdicts, states };
}

it.each(["friendly", "genieacs"] as const)(
  "at a %s nobody's clock changes a call or a verdict",
  async (kind) => {
    const right = await run(kind, { acsOffMs: 0, stepped: false, cpe: null });
    const wrong = await run(kind, { acsOffMs: -YEAR, stepped: true, cpe: "1970-01-01T00:00:07" });
    process.stdout.write(
      `${kind}: ${wrong.moments.length} calls and ${wrong.verdicts.length} verdicts with every clock wrong, ` +
        `${right.moments.length} and ${right.verdicts.length} with every clock right (target the same)\n`,
    );
    expect(right.states["converged"]).toBe(COUNT);
    const { moments, ...others } = wrong;
    const { moments: expected, ...same } = right;
    expect(others).toEqual(same);
    const apartMs = Math.max(...moments.map((ms, at) => Math.abs(ms - (expected[at] ?? 0))));
    expect(apartMs, "a controller finds its first work within a poll").toBeLessThanOrEqual(MINUTE);
  },
  120_000,
);
