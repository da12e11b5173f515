/**
 * The gate: how long the ACS stands idle between two of our calls while work waits, seen from the ACS's own log, beside
 * the floor of this machine (a small question, one after another, from a loop that does nothing else, before and after).
 *
 * The idle time has two parts. Ours is the time from the first byte of an answer in this process to the moment at which
 * the next question is written: reading the rest of the answer, the gate, and a question that is not ready. The other part
 * is two ways through the kernel, the wake-up of two processes, the simulator's reading of the question, and our event
 * loop where it was busy when the answer came.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { setTimeout as sleep } from "node:timers/promises";
import { httpTransport } from "../../src/acs/http.ts";
import type { CallRecord, CallStats } from "../../src/acs/simulator/calls.ts";
import { systemClock } from "../../src/app/clock.ts";
import { startStackOn } from "../support/stack.ts";
import { benchDatabase, benchSimulator, type BenchSimulator } from "./bench-stack.ts";
import { figure, median, percentile, type Figure } from "./figure.ts";

const DEVICES = 80;
const FLOOR_CALLS = 80;
/** Counting the fleet costs processor time that is then missing between the calls. */
const LOOK_EVERY_MS = 500;
const WITHIN_MS = 55_000;

interface Gaps {
  readonly share: number;
  readonly medianGapMs: number;
  readonly p99GapMs: number;
  readonly callMs: number;
  readonly calls: number;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Without the first calls, where code is compiled, and without the tail, where work runs out. */
function middle<T>(all: readonly T[]): T[] {
  return all.slice(Math.min(20, all.length / 10), -Math.ceil(all.length * 0.1));
}

/** The time between the end of a call and the start of the next, as share of the call time. */
function gapsOf(calls: readonly CallRecord[]): Gaps {
  const ordered = middle([...calls].sort((a, b) => a.startMs - b.startMs));
  const gaps = ordered.slice(1).map((call, i) => call.startMs - (ordered[i]?.endMs ?? NaN));
  const callMs = sum(ordered.map(({ startMs, endMs }) => endMs - startMs));
  return {
    share: sum(gaps) / callMs,
    medianGapMs: median(gaps),
    p99GapMs: percentile(gaps, 0.99),
    callMs,
    calls: ordered.length,
  };
}

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
  subscribe("http.client.request.start", asked);
  subscribe("http.client.response.finish", answered);
  return () => {
    unsubscribe("http.client.request.start", asked);
    unsubscribe("http.client.response.finish", answered);
    return middle(turns);
  };
}

async function callsSince(simulator: BenchSimulator, after: number): Promise<CallRecord[]> {
  const { calls } = await simulator.get<{ calls: CallRecord[] }>(
    `/sim/calls?after=${after}&limit=100000`,
  );
  return calls;
}

function statusBody(serial: string): string {
  const soap = "http://schemas.xmlsoap.org/soap/envelope/";
  const ns = "http://www.friendly-tech.com";
  return `<?xml version="1.0"?><s:Envelope xmlns:s="${soap}"><s:Body><FTCPEStatus xmlns="${ns}"><devicesn>${serial}</devicesn></FTCPEStatus></s:Body></s:Envelope>`;
}

async function floor(simulator: BenchSimulator): Promise<Gaps> {
  const transport = httpTransport({ deadlineMs: 5_000, now: () => systemClock.now() });
  const context = {
    class: "read" as const,
    changeId: "bench",
    signal: new AbortController().signal,
  };
  const { calls: before } = await simulator.get<CallStats>("/sim/stats");
  for (let i = 0; i < FLOOR_CALLS; i += 1) {
    await transport({
      operation: "FTCPEStatus",
      method: "POST",
      url: simulator.acsUrl,
      headers: {
        "content-type": "text/xml; charset=utf-8",
        SOAPAction: '"http://www.friendly-tech.com/FTCPEStatus"',
      },
      body: statusBody("SIM000001"),
      context,
      deviceId: "bench",
      alone: false,
    });
  }
  return gapsOf(await callsSince(simulator, before));
}

/** Of two runs, one before and one after: the machine is not the same all the time. */
function meanOf(a: Gaps, b: Gaps): Pick<Gaps, "share" | "medianGapMs"> {
  return {
    share: (a.share + b.share) / 2,
    medianGapMs: (a.medianGapMs + b.medianGapMs) / 2,
  };
}

async function measure(latencyMs: number): Promise<Figure[]> {
  const database = await benchDatabase();
  const simulator = await benchSimulator([
    "--count",
    String(DEVICES),
    "--latency",
    String(latencyMs),
    "--offline",
    "0",
  ]);
  try {
    const floorBefore = await floor(simulator);
    const { calls: before } = await simulator.get<CallStats>("/sim/stats");
    const stack = await startStackOn(database.db, simulator, {
      acs: { deadlines: { call: "5s", verify: "10s", prove: "1s" } },
    });
    await stack.seed();
    const ownTurns = watchSockets();
    stack.startEngine();
    const end = performance.now() + WITHIN_MS;
    let converged = 0;
    while (converged < DEVICES) {
      if (performance.now() > end) {
        throw new Error(`${converged} of ${DEVICES}: ${JSON.stringify(await stack.states())}`);
      }
      await sleep(LOOK_EVERY_MS);
      converged = (await stack.states())["converged"] ?? 0;
    }
    const own = ownTurns();
    const ours = gapsOf(await callsSince(simulator, before));
    const stats = await simulator.get<CallStats>("/sim/stats");
    await stack.close();
    const bare = meanOf(floorBefore, await floor(simulator));
    const at = `at ${latencyMs} ms calls`;
    const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
    return [
      figure(
        `gate/idle-share-${latencyMs}ms`,
        ours.share * 100,
        "%",
        `of call time, ${ours.calls} calls ${at}; floor of a bare loop ${percent(bare.share)}`,
        latencyMs === 50 ? 3 : null,
      ),
      figure(
        `gate/own-share-${latencyMs}ms`,
        (sum(own) / ours.callMs) * 100,
        "%",
        `of call time, from an answer in our process to the next question on the socket; median ${median(own).toFixed(3)} ms`,
      ),
      figure(
        `gate/gap-${latencyMs}ms`,
        ours.medianGapMs,
        "ms",
        `median between two calls, p99 ${ours.p99GapMs.toFixed(1)} ms, ${at}; bare loop ${bare.medianGapMs.toFixed(3)} ms`,
      ),
      figure(
        `gate/longest-overlap-${latencyMs}ms`,
        stats.maxInFlight,
        "calls",
        "in flight at once, by the ACS's own log",
        1,
      ),
    ];
  } finally {
    await simulator.stop();
    await database.close();
  }
}

export async function run(): Promise<readonly Figure[]> {
  return [...(await measure(50)), ...(await measure(20))];
}
