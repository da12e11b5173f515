import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Gate } from "../../../src/controller/gate.ts";
import { CallStats } from "../../../src/controller/call-stats.ts";
import type { AcsSettings } from "../../../src/model/acs-settings.ts";
import { CALL_CLASSES, type CallClass } from "../../../src/model/call-class.ts";
import type { Exchange, ExchangeResult, Transport } from "../../../src/ports/acs.ts";
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
const CUT: ExchangeResult = { kind: "no_answer", fault: "connection", sent: true, detail: "" };

const DEVICE = "001122-X-1";

/** What the ACS does with the n-th call: how long it takes, and how it ends. */
type Behaviour = (call: number) => {
  readonly ms: number;
  readonly result?: ExchangeResult | Error;
};

interface Sent {
  readonly name: string;
  readonly class: CallClass;
  readonly startMs: number;
  endMs: number;
}

interface Asked {
  readonly deviceId?: string;
  readonly signal?: AbortSignal;
  readonly alone?: boolean;
}

/** A gate before an ACS that is a function, on a clock that stands still. */
function bench(
  behaviour: Behaviour = () => ({ ms: 100 }),
  given: Partial<AcsSettings> = {},
  clock = new VirtualClock(),
) {
  const sent: Sent[] = [];
  const state = { leaseLeftMs: Infinity, halted: null as string | null, longest: 0, inFlight: 0 };
  const inner: Transport = async (exchange) => {
    const { ms, result = ANSWER } = behaviour(sent.length);
    const startMs = clock.monotonicMs();
    const call: Sent = {
      name: exchange.operation,
      class: exchange.context.class,
      startMs,
      endMs: Infinity,
    };
    sent.push(call);
    state.inFlight += 1;
    state.longest = Math.max(state.longest, state.inFlight);
    await clock.sleep(ms, exchange.context.signal);
    state.inFlight -= 1;
    call.endMs = clock.monotonicMs();
    if (result instanceof Error) throw result;
    return result;
  };
  const gate = new Gate({
    settings: () => ({ ...ACS_SETTINGS, ...given }),
    inner,
    clock,
    leaseLeftMs: () => state.leaseLeftMs,
    halted: () => state.halted,
  });
  const ask = (
    name: string,
    cls: CallClass = "drift",
    { signal = new AbortController().signal, alone = false, deviceId = DEVICE }: Asked = {},
  ) => {
    const exchange: Exchange = {
      operation: name,
      method: "POST",
      url: "",
      headers: {},
      body: "",
      context: { class: cls, changeId: "c", signal },
      deviceId,
      alone,
    };
    return gate.transport(exchange);
  };
  return { gate, ask, clock, sent, state };
}

describe("at most `concurrency` calls are in flight (I1)", () => {
  const arrival = fc.record({
    atMs: fc.nat({ max: 2_000 }),
    cls: fc.constantFrom(...CALL_CLASSES),
    ms: fc.nat({ max: 400 }),
    result: fc.constantFrom<ExchangeResult | Error>(
      ANSWER,
      ANSWER,
      ANSWER,
      CUT,
      TIMEOUT,
      new Error("x"),
    ),
  });

  it("whatever arrives when, however long it takes and however it ends; each question gets one end", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrival, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(0.25, 0.5, 1),
        async (arrivals, concurrency, dutyCycle) => {
          const { ask, clock, sent, state, gate } = bench(
            (call) => arrivals[call % arrivals.length] ?? { ms: 0 },
            { concurrency, dutyCycle },
          );
          const ends = arrivals.map(async ({ atMs, cls }) => {
            await clock.sleep(atMs);
            return await ask("x", cls);
          });
          await clock.runOut();
          const results = await Promise.all(ends);
          await gate.idle();
          expect(state.longest).toBeLessThanOrEqual(concurrency);
          expect(results.filter(({ kind }) => kind !== "not_sent")).toHaveLength(sent.length);
          expect(gate.stats.read(false).calls).toBe(sent.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("whose answer cannot say whose it is has the ACS for itself, whatever the concurrency (I2)", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(arrival, fc.boolean()), { minLength: 1, maxLength: 20 }),
        async (arrivals) => {
          const { ask, clock, sent } = bench((call) => ({ ms: 50 + call }), { concurrency: 3 });
          const ends = arrivals.map(async ([{ atMs, cls }, alone]) => {
            await clock.sleep(atMs);
            return await ask(alone ? "alone" : "beside", cls, { alone });
          });
          await clock.runOut();
          await Promise.all(ends);
          expect(sent).toHaveLength(arrivals.length);
          for (const one of sent.filter(({ name }) => name === "alone")) {
            const beside = sent.filter(
              (other) => other !== one && other.startMs < one.endMs && one.startMs < other.endMs,
            );
            expect(beside).toEqual([]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("a changed setting holds from the next call on", async () => {
    const given: { concurrency: number } = { concurrency: 2 };
    const { ask, clock, sent, state } = bench(undefined, given);
    const ends = ["a", "b", "c", "d"].map((name) => ask(name));
    await clock.advance(0);
    expect(sent).toHaveLength(2);
    given.concurrency = 1;
    await clock.runOut();
    await Promise.all(ends);
    expect(state.longest).toBe(2);
    expect(sent.map(({ startMs }) => startMs)).toEqual([0, 0, 100, 200]);
  });
});

describe("calls go out", () => {
  it("by class, and in one class in the order in which they came (I8)", async () => {
    const { ask, clock, sent } = bench();
    const ends = [
      ask("first", "probe"),
      ask("read 1", "read"),
      ask("drift 1", "drift"),
      ask("read 2", "read"),
      ask("urgent", "urgent"),
      ask("probe", "probe"),
      ask("drift 2", "drift"),
      ask("returning", "returning"),
      ask("rollout", "rollout"),
    ];
    await clock.runOut();
    await Promise.all(ends);
    expect(sent.map(({ name }) => name)).toEqual([
      "first",
      "urgent",
      "returning",
      "rollout",
      "drift 1",
      "drift 2",
      "read 1",
      "read 2",
      "probe",
    ]);
  });

  it("an urgent one as soon as the call in flight has ended, however much waits (I8)", async () => {
    const { ask, clock, sent } = bench(() => ({ ms: 3_000 }));
    const ends = Array.from({ length: 100 }, (_, i) => ask(`read ${i}`, "read"));
    await clock.advance(10_000);
    ends.push(ask("urgent", "urgent"));
    await clock.advance(3_000);
    expect(sent.find(({ name }) => name === "urgent")?.startMs).toBe(12_000);
    await clock.runOut();
    await Promise.all(ends);
  });

  it("the next one before anybody looks at the last answer", async () => {
    const { ask, clock, sent } = bench();
    let sentWhenAnswered = 0;
    const first = ask("a").then(() => (sentWhenAnswered = sent.length));
    const second = ask("b");
    await clock.runOut();
    await Promise.all([first, second]);
    expect(sentWhenAnswered).toBe(2);
  });
});

/** An answer that says how long the ACS had the question. */
const took = (tookMs: number): ExchangeResult => ({ ...ANSWER, tookMs });

/** Share of the time from the first call to the end of the rest after the last. */
function busyShare(sent: readonly Sent[]): number {
  const last = sent.at(-1);
  const busyMs = sent.slice(0, -1).reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  return busyMs / ((last?.startMs ?? 0) - (sent[0]?.startMs ?? 0));
}

describe("the duty cycle", () => {
  it("counts what we need to write a question as rest, and not as the ACS's time", async () => {
    const clock = new VirtualClock();
    const { ask, sent } = bench(() => ({ ms: 60, result: took(50) }), { dutyCycle: 0.5 }, clock);
    const all = Promise.all(Array.from({ length: 40 }, (_, i) => ask(`q${i}`)));
    await clock.runOut();
    await all;
    const [first, last] = [sent[0]?.startMs ?? 0, sent.at(-1)?.startMs ?? 0];
    expect((39 * 50) / (last - first)).toBeCloseTo(0.5, 2);
  });

  it.for<{ name: string; dutyCycle: number; lateMs: number; ms: Behaviour }>([
    { name: "half, even calls", dutyCycle: 0.5, lateMs: 0, ms: () => ({ ms: 50 }) },
    {
      name: "half, uneven calls",
      dutyCycle: 0.5,
      lateMs: 0,
      ms: (call) => ({ ms: 5 + ((call * 37) % 300) }),
    },
    {
      name: "half, with timers that fire late",
      dutyCycle: 0.5,
      lateMs: 12,
      ms: () => ({ ms: 50 }),
    },
    {
      name: "half, with calls shorter than the timers are late",
      dutyCycle: 0.5,
      lateMs: 3,
      ms: () => ({ ms: 4 }),
    },
    { name: "a quarter", dutyCycle: 0.25, lateMs: 0, ms: (call) => ({ ms: 10 + (call % 90) }) },
    { name: "nine tenths", dutyCycle: 0.9, lateMs: 2, ms: () => ({ ms: 50 }) },
  ])("is kept within 2 points: $name", async ({ dutyCycle, lateMs, ms }) => {
    // A late timer of the ACS makes the call longer, which is the ACS's matter: only every second sleep is ours.
    const clock = new VirtualClock((sleep) => (sleep % 2 === 1 ? lateMs : 0));
    const { ask, sent } = bench(ms, { dutyCycle }, clock);
    const ends = Array.from({ length: 300 }, (_, i) => ask(`call ${i}`));
    await clock.runOut();
    await Promise.all(ends);
    expect(Math.abs(busyShare(sent) - dutyCycle)).toBeLessThanOrEqual(0.02);
  });

  it("of 100 % means no rest at all", async () => {
    const { ask, clock, sent } = bench((call) => ({ ms: 10 + (call % 7) }));
    const ends = Array.from({ length: 50 }, (_, i) => ask(`call ${i}`));
    await clock.runOut();
    await Promise.all(ends);
    for (const [i, call] of sent.entries()) expect(call.startMs).toBe(sent[i - 1]?.endMs ?? 0);
  });

  it("holds for what was idle too: time in which nobody asked is no credit for a burst", async () => {
    const { ask, clock, sent } = bench(undefined, { dutyCycle: 0.5 });
    const before = ask("before");
    await clock.advance(60_000);
    const ends = Array.from({ length: 20 }, (_, i) => ask(`call ${i}`));
    await clock.runOut();
    await Promise.all([before, ...ends]);
    const [first, last] = [sent[1], sent.at(-1)];
    // One rest may have been given already, no more.
    expect((last?.endMs ?? 0) - (first?.startMs ?? 0)).toBeGreaterThanOrEqual(20 * 100 + 18 * 100);
  });
});

describe("what holds a call back is an answer of its own, and nothing was sent", () => {
  it("a lease that would not outlive the call (I1)", async () => {
    const { ask, clock, sent, state } = bench();
    state.leaseLeftMs = ACS_SETTINGS.callDeadlineMs + 100;
    expect(await ask("a")).toMatchObject({ kind: "not_sent", reason: "lease_lost" });
    state.leaseLeftMs = ACS_SETTINGS.callDeadlineMs + 1_000;
    const second = ask("b");
    await clock.runOut();
    expect(await second).toMatchObject({ kind: "answer" });
    expect(sent.map(({ name }) => name)).toEqual(["b"]);
  });

  it("a lease that was lost while the call waited for its turn (I1)", async () => {
    const { ask, clock, sent, state } = bench();
    const ends = [ask("a"), ask("b"), ask("c")];
    await clock.advance(50);
    state.leaseLeftMs = 0;
    await clock.runOut();
    expect((await Promise.all(ends)).map(({ kind }) => kind)).toEqual([
      "answer",
      "not_sent",
      "not_sent",
    ]);
    expect(sent).toHaveLength(1);
  });

  it("a stop, looked up in the tick of each send", async () => {
    const { ask, clock, sent, state } = bench(undefined, { dutyCycle: 0.5 });
    const ends = [ask("a"), ask("b", "urgent")];
    await clock.advance(150);
    state.halted = "the file STOP is there";
    await clock.runOut();
    const [first, second] = await Promise.all(ends);
    expect(first).toMatchObject({ kind: "answer" });
    expect(second).toMatchObject({
      kind: "not_sent",
      reason: "stopped",
      detail: "the file STOP is there",
    });
    expect(sent).toHaveLength(1);
  });

  it("a pass that was stopped before its call went out", async () => {
    const { ask, clock, sent } = bench();
    const stop = new AbortController();
    const ends = [ask("a"), ask("b", "drift", { signal: stop.signal }), ask("c")];
    await clock.advance(50);
    stop.abort();
    await clock.runOut();
    expect((await Promise.all(ends)).map(({ kind }) => kind)).toEqual([
      "answer",
      "not_sent",
      "answer",
    ]);
    expect(sent.map(({ name }) => name)).toEqual(["a", "c"]);
  });

  it("a call under way is not cut by its signal: its outcome would be unknown for nothing (I3)", async () => {
    const { ask, clock, sent } = bench();
    const stop = new AbortController();
    const end = ask("a", "drift", { signal: stop.signal });
    await clock.advance(50);
    stop.abort();
    await clock.runOut();
    expect(await end).toMatchObject({ kind: "answer" });
    expect(sent[0]?.endMs).toBe(100);
  });
});

describe("an ACS in trouble", () => {
  it("is left alone after 5 calls without an answer; one call every 30 s finds out whether it is back", async () => {
    const { gate, ask, clock, sent } = bench((call) => ({
      ms: 10,
      result: call < 7 ? CUT : ANSWER,
    }));
    const first = Array.from({ length: 8 }, (_, i) => ask(`call ${i}`));
    await clock.advance(50);
    expect((await Promise.all(first)).map(({ kind }) => kind)).toEqual([
      ...Array<string>(5).fill("no_answer"),
      ...Array<string>(3).fill("not_sent"),
    ]);
    expect([gate.breakerOpen, gate.mayTry()]).toEqual([true, false]);
    expect(await ask("at once", "urgent")).toMatchObject({
      kind: "not_sent",
      reason: "breaker_open",
    });

    await clock.advance(30_000);
    expect(gate.mayTry()).toBe(true);
    const tries = [ask("try"), ask("beside it")];
    expect(gate.mayTry()).toBe(false);
    await clock.advance(10);
    expect(await tries[0]).toMatchObject({ kind: "no_answer" });
    expect(await tries[1]).toMatchObject({ kind: "not_sent", reason: "breaker_open" });
    expect(gate.mayTry()).toBe(false);

    await clock.advance(30_000);
    const again = ask("sixth");
    await clock.advance(30_010);
    await again;
    const back = ask("back");
    await clock.advance(10);
    expect(await back).toMatchObject({ kind: "answer" });
    expect([gate.breakerOpen, gate.mayTry()]).toEqual([false, true]);
    expect(sent).toHaveLength(8);
  });

  it("any answer counts as life, even a fault", async () => {
    const fault: ExchangeResult = { ...ANSWER, status: 500 };
    const { gate, ask, clock } = bench((call) => ({ ms: 1, result: call % 5 === 4 ? fault : CUT }));
    const ends = Array.from({ length: 20 }, (_, i) => ask(`call ${i}`));
    await clock.runOut();
    await Promise.all(ends);
    expect(gate.breakerOpen).toBe(false);
  });

  it("with several calls in flight: an answer closes the breaker at once", async () => {
    const { gate, ask, clock } = bench(
      (call) => (call === 0 ? { ms: 50 } : { ms: 1, result: CUT }),
      { concurrency: 2 },
    );
    const ends = Array.from({ length: 6 }, (_, i) => ask(`call ${i}`));
    await clock.advance(60);
    await Promise.all(ends);
    expect(gate.breakerOpen).toBe(false);
    const next = ask("next");
    await clock.advance(60);
    expect(await next, "who sees it closed must be able to call").toMatchObject({
      kind: "no_answer",
    });
  });

  it.for<{ name: string; given: Partial<AcsSettings>; pauseMs: number }>([
    { name: "10 s at most", given: { dutyCycle: 1, callDeadlineMs: 30_000 }, pauseMs: 10_000 },
    {
      name: "a deadline where that is shorter",
      given: { dutyCycle: 1, callDeadlineMs: 4_000 },
      pauseMs: 4_000,
    },
    {
      name: "never shorter than the duty cycle has it anyway",
      given: { dutyCycle: 0.5, callDeadlineMs: 30_000 },
      pauseMs: 30_000,
    },
  ])("has a pause after a time-out: $name", async ({ given, pauseMs }) => {
    const deadline = given.callDeadlineMs ?? 0;
    const { ask, clock, sent } = bench(
      (call) => (call === 0 ? { ms: deadline, result: TIMEOUT } : { ms: 1 }),
      given,
    );
    const ends = [ask("a"), ask("b")];
    await clock.runOut();
    await Promise.all(ends);
    expect((sent[1]?.startMs ?? 0) - (sent[0]?.endMs ?? 0)).toBe(pauseMs);
  });

  it("keeps that pause when another call ends meanwhile", async () => {
    const { ask, clock, sent } = bench(
      (call) => (call === 0 ? { ms: 100, result: TIMEOUT } : { ms: 150 }),
      { concurrency: 2, callDeadlineMs: 5_000 },
    );
    const ends = [ask("a"), ask("b"), ask("c")];
    await clock.runOut();
    await Promise.all(ends);
    expect(sent[2]?.startMs).toBe(5_100);
  });
});

describe("a transport that breaks its promise", () => {
  it("by rejecting: the call is unknown, not a crash", async () => {
    const { ask, clock } = bench(() => ({ ms: 10, result: new Error("socket hang up") }));
    const ends = [ask("a"), ask("b")];
    await clock.runOut();
    for (const end of await Promise.all(ends)) {
      expect(end).toMatchObject({ kind: "no_answer", fault: "connection", sent: true });
    }
  });

  it("by throwing before there is a promise: the same, and the slot is free again", async () => {
    const clock = new VirtualClock();
    const gate = new Gate({
      settings: () => ACS_SETTINGS,
      inner: () => {
        throw new Error("bad header");
      },
      clock,
      leaseLeftMs: () => Infinity,
      halted: () => null,
    });
    const context = { class: "drift" as const, changeId: "", signal: new AbortController().signal };
    const exchange: Exchange = {
      operation: "x",
      method: "POST",
      url: "",
      headers: {},
      body: "",
      context,
      deviceId: "",
      alone: false,
    };
    expect(await gate.transport(exchange)).toMatchObject({ kind: "no_answer", sent: true });
    expect(await gate.transport(exchange)).toMatchObject({ kind: "no_answer", sent: true });
    await gate.idle();
  });
});

describe("a gate that is to be handed over", () => {
  it("is idle when the call in flight has ended", async () => {
    const { gate, ask, clock } = bench();
    await gate.idle();
    const end = ask("a");
    let idle = false;
    void gate.idle().then(() => (idle = true));
    await clock.advance(99);
    expect(idle).toBe(false);
    await clock.advance(1);
    expect(idle).toBe(true);
    await end;
  });
});

describe("the statistics of calls", () => {
  it("count and time what was sent, by class and by fault, and nothing else", async () => {
    const { gate, ask, clock, state } = bench((call) =>
      call === 2 ? { ms: 1_000, result: TIMEOUT } : { ms: 100 },
    );
    const ends = [ask("a", "urgent"), ask("b", "probe"), ask("c", "probe")];
    await clock.runOut();
    state.halted = "stop";
    await Promise.all([...ends, ask("d")]);
    expect(gate.stats.read(true)).toMatchObject({
      calls: 3,
      busyMs: 1_200,
      probeMs: 1_100,
      byClass: { urgent: 1, probe: 2 },
      byFault: { timeout: 1 },
      breakerOpen: true,
    });
  });

  it("give percentiles of the last calls", () => {
    const stats = new CallStats(new VirtualClock());
    expect(stats.read(false)).toMatchObject({ callP50Ms: null, callP90Ms: null });
    for (let ms = 100; ms >= 1; ms -= 1) stats.add("read", ms, ANSWER);
    const { callP50Ms, callP90Ms } = stats.read(false);
    expect(Math.abs((callP50Ms ?? 0) - 50)).toBeLessThanOrEqual(1);
    expect(Math.abs((callP90Ms ?? 0) - 90)).toBeLessThanOrEqual(1);
    for (let i = 0; i < 500; i += 1) stats.add("read", 7, ANSWER);
    expect(stats.read(false), "old calls are forgotten").toMatchObject({
      callP50Ms: 7,
      callP90Ms: 7,
    });
  });

  it("give the rate of the last 15 minutes, or since the start, or none from too few", async () => {
    const clock = new VirtualClock();
    const { stats } = bench(undefined, {}, clock).gate;
    for (let i = 0; i < 4; i += 1) stats.deviceDone();
    expect(stats.read(false).perMinute).toBeNull();
    stats.deviceDone();
    expect(Number.isFinite(stats.read(false).perMinute), "no time has passed").toBe(true);
    await clock.advance(60_000);
    expect(stats.read(false).perMinute).toBe(5);
    for (let i = 0; i < 60; i += 1) {
      await clock.advance(60_000);
      for (let j = 0; j < 10; j += 1) stats.deviceDone();
    }
    expect(stats.read(false).perMinute).toBeGreaterThanOrEqual(9.9);
    expect(stats.read(false).perMinute).toBeLessThanOrEqual(11);
  });

  it("forget the rate when nothing has come to its end for 15 minutes", async () => {
    const clock = new VirtualClock();
    const { stats } = bench(undefined, {}, clock).gate;
    for (let i = 0; i < 1_000; i += 1) stats.deviceDone();
    await clock.advance(3_600_000);
    expect(stats.read(false).perMinute).toBeNull();
  });
});

describe("the gate and an urgent pass", () => {
  const order = (sent: readonly { readonly name: string }[]): string[] =>
    sent.map(({ name }) => name);

  it("keeps its place for a moment: the next urgent question goes before others that have waited", async () => {
    const { ask, clock, sent } = bench();
    const waiting = [ask("urgent 1", "urgent"), ask("drift 1"), ask("drift 2")];
    await clock.advance(105);
    waiting.push(ask("urgent 2", "urgent"));
    await clock.runOut();
    await Promise.all(waiting);
    expect(order(sent)).toEqual(["urgent 1", "urgent 2", "drift 1", "drift 2"]);
  });

  it("lets others go on when it asks nothing within a tenth of its last call", async () => {
    const { ask, clock, sent } = bench();
    const waiting = [ask("urgent", "urgent"), ask("drift")];
    await clock.runOut();
    await Promise.all(waiting);
    expect(sent.map(({ startMs }) => startMs)).toEqual([0, 110]);
  });

  it.each(["an urgent call", "a call that is hurried"])(
    "%s waits for what the duty cycle asks, not for the rest of what is slowed after an outage",
    async (what) => {
      // Five without an answer, then one that ends the outage: what is not urgent gets a tenth of its share from there on.
      const { gate, ask, clock, sent } = bench(
        (call) => ({ ms: 100, result: call < 5 ? CUT : ANSWER }),
        { dutyCycle: 0.5 },
      );
      for (let call = 0; call < 6; call += 1) {
        await Promise.all([ask("drift"), clock.advance(31_000)]);
      }
      // Answers after it: each is followed by its rest of 1,900 ms.
      const waiting = [ask("first"), ask("second", "drift", { deviceId: "second" })];
      await clock.advance(110);
      const endedMs = sent.at(-1)?.endMs ?? 0;
      if (what === "an urgent call") waiting.push(ask("urgent", "urgent"));
      else gate.hurry(["second"]);
      await clock.advance(200);
      expect((sent.at(-1)?.startMs ?? 0) - endedMs).toBe(100);
      await clock.runOut();
      await Promise.all(waiting);
    },
  );

  it("takes what a hurried device has asked, and asks from then on, for urgent", async () => {
    const { gate, ask, clock, sent } = bench();
    const waiting = [ask("first"), ask("second"), ask("late 1", "read", { deviceId: "late" })];
    gate.hurry(["late"]);
    await clock.advance(150);
    waiting.push(ask("late 2", "read", { deviceId: "late" }));
    await clock.advance(60);
    gate.hurry([]);
    waiting.push(ask("late 3", "read", { deviceId: "late" }));
    await clock.runOut();
    await Promise.all(waiting);
    expect(order(sent)).toEqual(["first", "late 1", "late 2", "second", "late 3"]);
  });
});
