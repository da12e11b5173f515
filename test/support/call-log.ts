/** Questions to the simulator's own log of calls: what the ACS saw, whatever we believe that we sent. */
import type { CallRecord } from "../../src/acs/simulator/calls.ts";

export const WRITE = "FTSetDeviceParameters";
export const STATUS = "FTCPEStatus";
export const READ = "FTGetDeviceParameters";

type Call = Pick<CallRecord, "operation" | "serial" | "startMs">;

/** By serial number, in the order in which the calls of that device began. */
export function byDevice<C extends Call>(calls: readonly C[]): ReadonlyMap<string, readonly C[]> {
  const found = new Map<string, C[]>();
  for (const call of [...calls].sort((a, b) => a.startMs - b.startMs)) {
    const own = found.get(call.serial) ?? [];
    own.push(call);
    found.set(call.serial, own);
  }
  return found;
}

/** Devices that got two writes without a read between them; empty is what I3 asks for. */
export function blindRepeats(...runs: readonly (readonly Call[])[]): string[] {
  const sequence = new Map<string, string[]>();
  for (const run of runs) {
    for (const [serial, calls] of byDevice(run)) {
      const told = calls.map(({ operation }) => operation);
      sequence.set(serial, [...(sequence.get(serial) ?? []), ...told]);
    }
  }
  return [...sequence].flatMap(([serial, operations]) => {
    const telling = operations.filter((name) => name === WRITE || name === READ);
    return telling.some((name, at) => name === WRITE && telling[at + 1] === WRITE) ? [serial] : [];
  });
}
