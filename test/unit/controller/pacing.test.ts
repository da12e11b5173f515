/**
 * What work that is not urgent gets of the ACS's time after an outage, and while the ACS is slower than it is in the long
 * run. At the gate, against an ACS that is a function, on a clock that stands still.
 */
import { describe, expect, it } from "vitest";
import { logNormal, randomFrom } from "../../../src/acs/simulator/random.ts";
import { Gate } from "../../../src/controller/gate.ts";
import type { AcsSettings } from "../../../src/model/acs-settings.ts";
import type { CallClass } from "../../../src/model/call-class.ts";
import type { ExchangeResult } from "../../../src/ports/acs.ts";
import { ACS_SETTINGS } from "../../support/acs-settings.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const ANSWER: ExchangeResult = {
  kind: "answer",
  status: 200,
  phrase: "OK",
  contentType: "text/xml",
  body: "",
  sentAt: new Date(0),
};
const TIMEOUT: ExchangeResult = { kind: "no_answer", fault: "timeout", sent: true, detail: "" };
const MINUTE = 60_000;
const NEVER = new AbortController().signal;

interface Call {
  readonly class: CallClass;
  readonly startMs: number;
  readonly endMs: number;
}

/** `down`: no answer within the deadline; else each call takes what `takesMs` says. */
function bench(given: Partial<AcsSettings> = {}, takesMs: () => number = () => 1_000) {
  const clock = new VirtualClock();
  const acs = { down: false, takesMs, inFlight: 0, most: 0 };
  const calls: Call[] = [];
  const gate = new Gate({
    settings: () => ({ ...ACS_SETTINGS, ...given }),
    clock,
    leaseLeftMs: () => Infinity,
    halted: () => null,
    inner: async ({ context }) => {
      const startMs = clock.monotonicMs();
      acs.inFlight += 1;
      acs.most = Math.max(acs.most, acs.inFlight);
      const { down } = acs;
      await clock.sleep(down ? ACS_SETTINGS.callDeadlineMs : acs.takesMs());
      acs.inFlight -= 1;
      if (!down) calls.push({ class: context.class, startMs, endMs: clock.monotonicMs() });
      return down ? TIMEOUT : ANSWER;
    },
  });
  const ask = async (cls: CallClass, operation = "read", changeId = "c", away = false) => {
    const context = { class: cls, changeId, signal: NEVER };
    const rest = { method: "POST", url: "", headers: {}, body: "", alone: false } as const;
    const result = await gate.transport({ operation, deviceId: "d", context, ...rest });
    if (away) gate.pacing.away(changeId);
    return result;
  };
  /** Somebody who always has the next question ready. */
  const keepAsking = (cls: CallClass, ...how: [string?, string?, boolean?]): void => {
    void (async () => {
      for (;;) {
        const { kind } = await ask(cls, ...how);
        if (kind === "not_sent") await clock.sleep(1_000);
      }
    })();
  };
  /** Of the time between two moments, the share in which a call of the class was in flight. */
  const share = (cls: CallClass, fromMs: number, toMs: number): number => {
    const within = calls.filter(({ class: own }) => own === cls);
    const busy = within.map((call) => Math.min(call.endMs, toMs) - Math.max(call.startMs, fromMs));
    return busy.reduce((sum, ms) => sum + Math.max(0, ms), 0) / (toMs - fromMs);
  };
  return { clock, gate, acs, calls, ask, keepAsking, share };
}

/** Down until the breaker is open, and back with the one call that tries. @returns when it came back, ms */
async function outage({ clock, gate, acs }: ReturnType<typeof bench>): Promise<number> {
  acs.down = true;
  await clock.advance(5 * MINUTE);
  expect(gate.breakerOpen).toBe(true);
  acs.down = false;
  while (gate.breakerOpen) await clock.advance(1_000);
  return clock.monotonicMs();
}

describe("after an outage of the ACS", () => {
  it("what is not urgent begins with a tenth of its share, and has all of it after ten minutes", async () => {
    const world = bench({ dutyCycle: 0.5 });
    world.keepAsking("drift");
    const backMs = await outage(world);
    expect(world.gate.pacing.why(world.clock.monotonicMs())).toMatch(
      /^1[01] % of its share .* it came back \d s ago/,
    );
    await world.clock.advance(20 * MINUTE);
    const at = (minute: number): number =>
      world.share("drift", backMs + minute * MINUTE, backMs + (minute + 1) * MINUTE);
    const minutes = [0, 2, 4, 6, 8, 10, 12].map((minute) => Math.round(at(minute) * 100));
    process.stdout.write(
      `slow start, duty cycle 50 %: ${minutes.join(", ")} % of the time in minutes 1, 3, 5, 7, 9, 11, 13 after it was back\n`,
    );
    expect(minutes[0]).toBeGreaterThanOrEqual(4);
    expect(minutes[0]).toBeLessThanOrEqual(9);
    expect(minutes.slice(0, 6)).toEqual([...minutes.slice(0, 6)].sort((a, b) => a - b));
    expect(minutes.slice(5)).toEqual([50, 50]);
    expect(world.gate.pacing.why(world.clock.monotonicMs())).toBeNull();
  });

  it("what is urgent goes as fast as ever", async () => {
    const world = bench({ dutyCycle: 0.5 });
    world.keepAsking("urgent");
    const backMs = await outage(world);
    await world.clock.advance(2 * MINUTE);
    expect(world.share("urgent", backMs + 10_000, backMs + 2 * MINUTE)).toBeCloseTo(0.5, 1);
  });

  it("calls go one at a time until ten of them were answered", async () => {
    const world = bench({ concurrency: 3 });
    for (let n = 0; n < 3; n += 1) world.keepAsking("urgent");
    await outage(world);
    const before = world.calls.length;
    const [first] = world.calls.slice(before - 1);
    await world.clock.advance(MINUTE);
    const after = world.calls.slice(before - 1);
    const overlaps = (n: number): boolean => (after[n]?.endMs ?? 0) > (after[n + 1]?.startMs ?? 0);
    expect(first?.class).toBe("urgent");
    expect([...Array(9).keys()].filter(overlaps)).toEqual([]);
    expect([...Array(10).keys()].map((n) => overlaps(n + 12))).toContain(true);
  });

  it("nothing is slowed by time-outs that did not open the breaker", async () => {
    const world = bench();
    world.acs.down = true;
    for (let n = 0; n < 4; n += 1)
      await Promise.all([world.ask("drift"), world.clock.advance(45_000)]);
    world.acs.down = false;
    await Promise.all([world.ask("drift"), world.clock.advance(MINUTE)]);
    expect(world.gate.pacing.share(world.clock.monotonicMs())).toBe(1);
  });
});

describe("while the ACS answers more slowly than it does in the long run", () => {
  /** Log-normal, as calls of a real one are: its median can be moved. */
  function varying() {
    const random = randomFrom("pacing");
    const latency = { medianMs: 1_000 };
    const world = bench({ dutyCycle: 1 }, () => logNormal(latency.medianMs, 0.5, random));
    world.keepAsking("drift");
    const share = (): number => world.gate.pacing.share(world.clock.monotonicMs());
    return { ...world, latency, share };
  }

  it("work that is not urgent backs off to a tenth within a few calls, and comes back when it is over", async () => {
    const { clock, latency, calls, share, gate } = varying();
    await clock.advance(10 * MINUTE);
    expect(share()).toBe(1);
    latency.medianMs = 6_000;
    const before = calls.length;
    while (share() > 0.11) await clock.advance(1_000);
    const toBackOff = calls.length - before;
    expect(gate.pacing.why(clock.monotonicMs())).toMatch(/answers take more than 3 times as long/);
    latency.medianMs = 1_000;
    const slowed = calls.length;
    const endedMs = clock.monotonicMs();
    while (share() < 1) await clock.advance(1_000);
    const seconds = Math.round((clock.monotonicMs() - endedMs) / 1_000);
    process.stdout.write(
      `latency times six: a tenth of the share after ${toBackOff} calls; all of it again ${calls.length - slowed} calls and ` +
        `${seconds} s after it was over\n`,
    );
    expect(toBackOff).toBeLessThanOrEqual(25);
    expect(calls.length - slowed).toBeLessThanOrEqual(80);
  });

  it("does not back off from what varies as it always does", async () => {
    const { clock, share } = varying();
    let least = 1;
    for (let minute = 0; minute < 240; minute += 1) {
      await clock.advance(MINUTE);
      least = Math.min(least, share());
    }
    expect(least).toBe(1);
  });

  it("takes a latency that lasts for the new normal, and is not slowed for ever", async () => {
    const { clock, latency, share } = varying();
    await clock.advance(10 * MINUTE);
    latency.medianMs = 6_000;
    let ms = 0;
    for (; share() < 1 || ms < 10 * MINUTE; ms += MINUTE) await clock.advance(MINUTE);
    process.stdout.write(`latency times six for good: slowed for ${ms / MINUTE} min\n`);
    expect(ms).toBeLessThan(6 * 60 * MINUTE);
  });

  it("urgent work is not slowed by it", async () => {
    const world = bench({ dutyCycle: 1 });
    world.keepAsking("drift");
    await world.clock.advance(5 * MINUTE);
    world.acs.takesMs = () => 10_000;
    await world.clock.advance(20 * MINUTE);
    const askedMs = world.clock.monotonicMs();
    await Promise.all([world.ask("urgent"), world.clock.advance(25_000)]);
    const own = world.calls.findLast(({ class: cls }) => cls === "urgent");
    expect((own?.startMs ?? Infinity) - askedMs).toBeLessThanOrEqual(10_000);
  });

  it("is not told by CPEs that are away, for which the ACS waits 20 s each", async () => {
    const world = bench();
    const ask = async (times: number, away: boolean): Promise<void> => {
      for (let n = 0; n < times; n += 1) {
        await Promise.all([
          world.ask("read", "read", `pass ${n}`, away),
          world.clock.advance(MINUTE),
        ]);
      }
    };
    await ask(40, false);
    world.acs.takesMs = () => 20_000;
    await ask(400, true);
    expect(world.gate.pacing.share(world.clock.monotonicMs())).toBe(1);
    world.acs.takesMs = () => 5_000;
    await ask(20, false);
    expect(world.gate.pacing.share(world.clock.monotonicMs()), "5 s is slow").toBeLessThan(1);
  });
});
