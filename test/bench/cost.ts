/** What a call costs in CPU, ours and a yardstick in turns, and whether many of them leave something behind. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { AcsDevice, CallContext } from "../../src/ports/acs.ts";
import { figure, median, type Figure } from "./figure.ts";

export const DEVICE: AcsDevice = {
  id: "7CB21B-CPE1000-7CB21B0A42",
  acs: "main",
  labels: {},
  identity: { oui: "7CB21B", productClass: "CPE1000", serial: "7CB21B0A42" },
  modelName: "CPE1000",
};
export const CONTEXT: CallContext = {
  class: "read",
  changeId: "bench",
  signal: new AbortController().signal,
};
/** CPU ms of each of `count` calls, one after another. */
async function cpuMs(count: number, call: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < count; i += 1) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / count;
}

export async function compare(
  ours: () => Promise<unknown>,
  raw: () => Promise<unknown>,
  count: number,
): Promise<readonly [number, number]> {
  const [a, b]: [number[], number[]] = [[], []];
  for (let batch = 0; batch < 9; batch += 1) {
    const one = await cpuMs(count, ours);
    const other = await cpuMs(count, raw);
    if (batch >= 2) {
      a.push(one);
      b.push(other);
    }
  }
  return [median(a), median(b)];
}

/** Megabytes of live heap. */
function heapMb(): number {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  gc();
  gc();
  return process.memoryUsage().heapUsed / 1_048_576;
}

const [SETTLED, CALLS] = [20_000, 100_000];
/** What caches and compiled code may still grow by; a leak of 40 bytes a call is more. */
const MOST_MB = 3;

/** 100,000 calls: how much more is alive after the last 80,000 of them. */
export async function leakOf(name: string, call: () => Promise<unknown>): Promise<Figure> {
  for (let i = 0; i < SETTLED; i += 1) await call();
  const before = heapMb();
  for (let i = SETTLED; i < CALLS; i += 1) await call();
  const after = heapMb();
  const beside = `live heap ${before.toFixed(1)} MB after ${SETTLED} calls, ${after.toFixed(1)} MB after ${CALLS}`;
  return figure(name, after - before, "MB", beside, MOST_MB);
}
