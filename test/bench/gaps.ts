/** The time between two calls, as the ACS's own log shows it, and the same of a loop that does nothing else. */
import { setTimeout as sleep } from "node:timers/promises";
import { httpTransport } from "../../src/acs/http.ts";
import type { CallRecord, CallStats } from "../../src/acs/simulator/calls.ts";
import { systemClock } from "../../src/app/clock.ts";
import type { BenchSimulator } from "./bench-stack.ts";
import { median, percentile } from "./figure.ts";

const FLOOR_CALLS = 80;

export interface Gaps {
  /** The time between the end of a call and the start of the next, as share of the call time. */
  readonly share: number;
  /** Share of all time in which a call was under way. */
  readonly duty: number;
  readonly medianGapMs: number;
  readonly p99GapMs: number;
  readonly callMs: number;
  readonly calls: number;
}

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export const mean = (values: readonly number[]): number => sum(values) / values.length;

export const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

export function gapsOf(calls: readonly CallRecord[]): Gaps {
  const ordered = [...calls].sort((a, b) => a.startMs - b.startMs);
  const gaps = ordered.slice(1).map((call, i) => call.startMs - (ordered[i]?.endMs ?? NaN));
  // Each gap with the call before it: of the last one nobody knows how long the ACS rests after it.
  const callMs = sum(ordered.slice(0, -1).map(({ startMs, endMs }) => endMs - startMs));
  return {
    share: sum(gaps) / callMs,
    duty: callMs / (callMs + sum(gaps)),
    medianGapMs: median(gaps),
    p99GapMs: percentile(gaps, 0.99),
    callMs,
    calls: ordered.length,
  };
}

/** The calls that end while `work` goes on. */
export async function callsDuring(
  simulator: BenchSimulator,
  work: () => Promise<unknown>,
): Promise<CallRecord[]> {
  const { calls: begun, inFlight } = await simulator.get<CallStats>("/sim/stats");
  await work();
  const { calls } = await simulator.get<{ calls: CallRecord[] }>(
    `/sim/calls?after=${begun - inFlight}&limit=100000`,
  );
  return calls;
}

function statusBody(serial: string): string {
  const soap = "http://schemas.xmlsoap.org/soap/envelope/";
  const ns = "http://www.friendly-tech.com";
  return `<?xml version="1.0"?><s:Envelope xmlns:s="${soap}"><s:Body><FTCPEStatus xmlns="${ns}"><devicesn>${serial}</devicesn></FTCPEStatus></s:Body></s:Envelope>`;
}

/** A small question, one after another. @param dutyCycle 1, or less to rest in proportion after each call */
async function bareLoop(simulator: BenchSimulator, dutyCycle: number): Promise<void> {
  const transport = httpTransport({ deadlineMs: 5_000, now: () => systemClock.now() });
  const context = {
    class: "read" as const,
    changeId: "bench",
    signal: new AbortController().signal,
  };
  for (let i = 0; i < FLOOR_CALLS * dutyCycle; i += 1) {
    const begun = performance.now();
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
    if (dutyCycle < 1) await sleep((performance.now() - begun) * (1 / dutyCycle - 1));
  }
}

/** What this machine allows at best: a bare loop for each ACS, all at the same time. */
export async function floors(
  simulators: readonly BenchSimulator[],
  dutyCycle: number,
): Promise<Gaps[]> {
  return await Promise.all(
    simulators.map(async (simulator) =>
      gapsOf(await callsDuring(simulator, () => bareLoop(simulator, dutyCycle))),
    ),
  );
}
