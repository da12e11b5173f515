/**
 * The gate: how long the ACS stands idle between two of our calls while work waits, seen from the ACS's own log, beside
 * the floor of this machine (the same questions, one after another, from a loop that does nothing else).
 */
import { httpTransport } from "../../src/acs/http.ts";
import type { CallRecord, CallStats } from "../../src/acs/simulator/calls.ts";
import { systemClock } from "../../src/app/clock.ts";
import { startStackOn } from "../support/stack.ts";
import { benchDatabase, benchSimulator, type BenchSimulator } from "./bench-stack.ts";
import { figure, median, type Figure } from "./figure.ts";

const DEVICES = 200;
const FLOOR_CALLS = 200;

interface Gaps {
  readonly share: number;
  readonly medianGapMs: number;
}

/** Share of the call time that passed between the end of a call and the start of the next. The tail, where work runs out, is left away. */
function gapsOf(calls: readonly CallRecord[]): Gaps {
  const ordered = [...calls]
    .sort((a, b) => a.startMs - b.startMs)
    .slice(20, -Math.ceil(calls.length * 0.1));
  const gaps: number[] = [];
  let callMs = 0;
  ordered.forEach((call, i) => {
    callMs += call.endMs - call.startMs;
    const next = ordered[i + 1];
    if (next !== undefined) gaps.push(next.startMs - call.endMs);
  });
  return { share: gaps.reduce((a, b) => a + b, 0) / callMs, medianGapMs: median(gaps) };
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
  const transport = httpTransport({ deadlineMs: 5_000, now: systemClock.now });
  const context = {
    class: "read" as const,
    changeId: "bench",
    signal: new AbortController().signal,
  };
  for (let i = 0; i < FLOOR_CALLS; i += 1) {
    await transport({
      operation: "FTCPEStatus",
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
  return gapsOf(await callsSince(simulator, 0));
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
    const bare = await floor(simulator);
    const { calls: before } = await simulator.get<CallStats>("/sim/stats");
    const stack = await startStackOn(database.db, simulator, {
      acs: { deadlines: { call: "5s", verify: "10s", prove: "1s" } },
    });
    await stack.seed();
    stack.startEngine();
    await stack.until(
      "all converged",
      async () => (await stack.states())["converged"] === DEVICES,
      180_000,
    );
    const ours = gapsOf(await callsSince(simulator, before));
    const stats = await simulator.get<CallStats>("/sim/stats");
    await stack.close();
    const at = `at ${latencyMs} ms calls`;
    return [
      figure(
        `gate/idle-share-${latencyMs}ms`,
        ours.share * 100,
        "%",
        `of call time, ${at}; floor of a bare loop ${(bare.share * 100).toFixed(2)} %`,
        latencyMs === 50 ? 3 : null,
      ),
      figure(
        `gate/gap-${latencyMs}ms`,
        ours.medianGapMs,
        "ms",
        `median between two calls, ${at}; bare loop ${bare.medianGapMs.toFixed(3)} ms`,
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
