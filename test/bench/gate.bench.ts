/**
 * The gate: how long the ACS stands idle between two of our calls while 1,000 devices wait, seen from the ACS's own log,
 * beside the floor of this machine (a small question, one after another, from a loop that does nothing else, before and
 * after); and whether the ACS rests as much as its duty cycle says. With one ACS, and with four that one process serves.
 *
 * The idle time has two parts. Ours is the time from the first byte of an answer in this process to the moment at which
 * the next question is written: reading the rest of the answer, the gate, and a question that is not ready. The other part
 * is two ways through the kernel, the wake-up of two processes, the simulator's reading of the question, and our event
 * loop where it was busy when the answer came.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { setTimeout as sleep } from "node:timers/promises";
import type { CallStats } from "../../src/acs/simulator/calls.ts";
import { figure, median, type Figure } from "./figure.ts";
import { callsDuring, floors, gapsOf, mean, percent, sum, type Gaps } from "./gaps.ts";
import { gateStack, type GateStack } from "./gate-stack.ts";

/** So many that 1,000 still wait when the last look is over. */
const DEVICES = 1_200;
const WINDOW_MS = 15_000;
const IDLE_PERCENT = 3;
/** Of all time, above or below what the record of the ACS says. */
const DUTY_POINTS = 2;

/** Milliseconds from an answer's first byte to the next question, for all HTTP that this process does meanwhile. */
function watchSockets(): () => number[] {
  const turns: number[] = [];
  let answeredMs: number | null = null;
  const asked = (): void => {
    if (answeredMs !== null) turns.push(performance.now() - answeredMs);
    answeredMs = null;
  };
  const answered = (): void => {
    answeredMs = performance.now();
  };
  subscribe("undici:client:sendHeaders", asked);
  subscribe("undici:request:headers", answered);
  return () => {
    unsubscribe("undici:client:sendHeaders", asked);
    unsubscribe("undici:request:headers", answered);
    return turns;
  };
}

interface Window {
  readonly perAcs: readonly Gaps[];
  readonly ownMs: readonly number[];
  /** Of this process: engine, its side of the database, and this benchmark. */
  readonly cpuMsPerCall: number;
  readonly beside: string;
}

async function look(stack: GateStack): Promise<Window> {
  const before = await stack.standing();
  const window = sleep(WINDOW_MS);
  const own = watchSockets();
  const cpu = process.cpuUsage();
  const calls = await Promise.all(stack.simulators.map((one) => callsDuring(one, () => window)));
  const ownMs = own();
  const { user, system } = process.cpuUsage(cpu);
  const after = await stack.standing();
  const moved = after.converged - before.converged;
  const ended = sum(calls.map(({ length }) => length));
  const beside = `${ended} calls, ${moved} devices came home, ${after.waiting} still waited`;
  return {
    ...{ perAcs: calls.map(gapsOf), ownMs, beside },
    cpuMsPerCall: (user + system) / 1_000 / ended,
  };
}

const worstOf = (all: readonly Gaps[], of: (gaps: Gaps) => number): number =>
  Math.max(...all.map(of));

const count = (all: readonly Gaps[]): number => sum(all.map(({ calls }) => calls));

const listed = (all: readonly Gaps[], of: (gaps: Gaps) => number): string =>
  all.map((gaps) => percent(of(gaps))).join(", ");

/** With several ACSes the worst of them is held against the promise. */
function idleFigures(
  what: string,
  window: Window,
  bare: readonly Gaps[],
  promised: boolean,
): Figure[] {
  const { perAcs, ownMs, cpuMsPerCall, beside } = window;
  const each = perAcs.length > 1 ? `worst of ${listed(perAcs, ({ share }) => share)}; ` : "";
  const floor = `floor of a bare loop ${percent(mean(bare.map(({ share }) => share)))}`;
  const idle = figure(
    `gate/idle-share-${what}`,
    worstOf(perAcs, ({ share }) => share) * 100,
    "%",
    `of call time, ${each}${floor}; ${beside}`,
    promised ? IDLE_PERCENT : null,
  );
  const gap = figure(
    `gate/gap-${what}`,
    mean(perAcs.map(({ medianGapMs }) => medianGapMs)),
    "ms",
    `median between two calls, p99 ${worstOf(perAcs, ({ p99GapMs }) => p99GapMs).toFixed(1)} ms; ` +
      `bare loop ${mean(bare.map(({ medianGapMs }) => medianGapMs)).toFixed(3)} ms`,
  );
  const cpu = figure(
    `gate/cpu-${what}`,
    cpuMsPerCall,
    "ms CPU a call",
    `engine and benchmark, whole passes; more than one core is not to be had, so ${perAcs.length} x ${(
      (cpuMsPerCall / (sum(perAcs.map(({ callMs }) => callMs)) / count(perAcs))) *
      100
    ).toFixed(1)} % of it at this call time`,
  );
  if (perAcs.length > 1) return [idle, gap, cpu];
  const own = figure(
    `gate/own-share-${what}`,
    (sum(ownMs) / sum(perAcs.map(({ callMs }) => callMs))) * 100,
    "%",
    `of call time, from an answer in our process to the next question on the socket; median ${median(ownMs).toFixed(3)} ms`,
  );
  return [idle, own, gap, cpu];
}

function dutyFigure(what: string, { perAcs, beside }: Window, bare: readonly Gaps[]): Figure {
  const off = ({ duty }: Gaps): number => Math.abs(duty - 0.5) * 100;
  return figure(
    `gate/duty-cycle-50-${what}`,
    worstOf(perAcs, off),
    "points off 50 %",
    `kept at ${listed(perAcs, ({ duty }) => duty)}; ` +
      `a bare loop that rests as long as each call took ${percent(mean(bare.map(({ duty }) => duty)))}; ${beside}`,
    DUTY_POINTS,
  );
}

interface Case {
  readonly acses: number;
  readonly latencyMs: number;
  /** The promise is for this case. */
  readonly promised: boolean;
}

async function measure({ acses, latencyMs, promised }: Case): Promise<Figure[]> {
  const stack = await gateStack(acses, DEVICES, latencyMs);
  try {
    const { simulators } = stack;
    const what = `${latencyMs}ms${acses === 1 ? "" : `-${acses}-acs`}`;
    const floorBefore = await floors(simulators, 1);
    await stack.warm();
    const whole = await look(stack);
    if (promised) await stack.setDutyCycle(50);
    const half = promised ? await look(stack) : null;
    const stats = await Promise.all(simulators.map((one) => one.get<CallStats>("/sim/stats")));
    await stack.stopEngine();
    const bare = [...floorBefore, ...(await floors(simulators, 1))];
    return [
      ...idleFigures(what, whole, bare, promised),
      ...(half === null ? [] : [dutyFigure(what, half, await floors(simulators, 0.5))]),
      figure(
        `gate/longest-overlap-${what}`,
        Math.max(...stats.map(({ maxInFlight }) => maxInFlight)),
        "calls",
        "in flight at once at one ACS, by its own log",
        1,
      ),
    ];
  } finally {
    await stack.stop();
  }
}

export async function run(): Promise<readonly Figure[]> {
  return [
    ...(await measure({ acses: 1, latencyMs: 50, promised: true })),
    ...(await measure({ acses: 4, latencyMs: 50, promised: true })),
    ...(await measure({ acses: 1, latencyMs: 20, promised: false })),
  ];
}
