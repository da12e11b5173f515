/**
 * A CPE as its ACS has it: the box itself, its power, what the ACS last saw of it, and what waits to be done. Pure and
 * driven by events with a time, so a log of events rebuilds it.
 *
 * Nothing here has a timer: work that fell due is done when somebody looks next (`settle`), as of the moment at which
 * it fell due. Nobody can tell the difference, and 100,000 CPEs cost nothing while nobody looks.
 */
import { step, type CpeOp, type CpeReply, type NameValue } from "./cpe.ts";
import type { CpeState } from "./cpe-state.ts";

/** Work that the ACS took and answered with an id. */
export interface Transaction {
  readonly id: number;
  readonly op: CpeOp;
  /** Not before this: the ACS itself needs time. */
  readonly readyAtMs: number;
  /** The ACS opens a session for it then: at once for push, at the next Inform otherwise. */
  readonly dueAtMs: number;
}

export interface DeviceTiming {
  /** Between its yes to a Download and the boot into what it fetched. */
  readonly downloadMs: number;
  /** After a reboot or a factory reset the CPE is away for so long. */
  readonly rebootMs: number;
}

interface Transfer {
  /** Of the firmware in it; null keeps what runs. */
  readonly version: string | null;
  readonly endsAtMs: number;
}

export interface DeviceState {
  readonly cpe: CpeState;
  /** As of the last live read; what the ACS answers from its database. Stale after a write, as on the real ones. */
  readonly known: CpeState;
  readonly knownAtMs: number;
  readonly powered: boolean;
  readonly awayUntilMs: number;
  /** A file that it is fetching; without power it is lost. */
  readonly transfer: Transfer | null;
  /** In order of their ids. */
  readonly pending: readonly Transaction[];
}

export type DeviceEvent =
  | { readonly kind: "queue"; readonly transaction: Transaction }
  | { readonly kind: "power"; readonly on: boolean }
  /** The ACS talks to the CPE for another reason (a live read): what waits is done in that session. */
  | { readonly kind: "session" }
  | { readonly kind: "tamper"; readonly values: readonly NameValue[] };

export interface Settled {
  readonly id: number;
  readonly reply: CpeReply;
}

export interface Applied {
  readonly device: DeviceState;
  /** Transactions that ended, with the CPE's own word; a fault here was never told to the caller. */
  readonly settled: readonly Settled[];
}

export function reachable(device: DeviceState, atMs: number): boolean {
  return device.powered && !device.cpe.dead && atMs >= device.awayUntilMs;
}

/** The file is there: it is written, and the CPE boots. */
function flashed(device: DeviceState, timing: DeviceTiming): DeviceState {
  const { transfer } = device;
  if (transfer === null) return device;
  const { endsAtMs, version } = transfer;
  const { state } = step(device.cpe, { kind: "flash", version }, endsAtMs);
  return { ...device, cpe: state, transfer: null, awayUntilMs: endsAtMs + timing.rebootMs };
}

/** Runs all that is ready; stops when the CPE goes away to boot. */
function runSession(device: DeviceState, atMs: number, timing: DeviceTiming): Applied {
  let current = device;
  const settled: Settled[] = [];
  for (const transaction of device.pending) {
    if (!reachable(current, atMs)) break;
    if (transaction.readyAtMs > atMs) continue;
    const { state, reply } = step(current.cpe, transaction.op, atMs);
    const boots = state.boots !== current.cpe.boots;
    current = {
      ...current,
      cpe: state,
      awayUntilMs: boots ? atMs + timing.rebootMs : current.awayUntilMs,
      pending: current.pending.filter((each) => each.id !== transaction.id),
    };
    settled.push({ id: transaction.id, reply });
    if (transaction.op.kind !== "download" || reply.kind !== "done") continue;
    const { version } = transaction.op;
    // A second one takes the place of the first.
    current = { ...current, transfer: { version, endsAtMs: atMs + timing.downloadMs } };
    if (timing.downloadMs === 0) current = flashed(current, timing);
  }
  return { device: current, settled };
}

/** Does what fell due up to `atMs`. The same device comes back when there was nothing to do. */
export function settle(device: DeviceState, atMs: number, timing: DeviceTiming): Applied {
  let current = device;
  const settled: Settled[] = [];
  while (current.powered) {
    const due = Math.min(...current.pending.map((each) => each.dueAtMs));
    const opens = Math.max(due, current.awayUntilMs);
    const ends = current.transfer?.endsAtMs ?? Infinity;
    if (Math.min(opens, ends) > atMs) break;
    if (ends <= opens) {
      current = flashed(current, timing);
      continue;
    }
    const ran = runSession(current, opens, timing);
    if (ran.settled.length === 0) break;
    current = ran.device;
    settled.push(...ran.settled);
  }
  return { device: current, settled };
}

/** One event at its time. What fell due before it happens first. */
export function applyEvent(
  before: DeviceState,
  event: DeviceEvent,
  atMs: number,
  timing: DeviceTiming,
): Applied {
  const first = settle(before, atMs, timing);
  const after = happen(first.device, event, atMs, timing);
  const last = settle(after.device, atMs, timing);
  return { device: last.device, settled: [...first.settled, ...after.settled, ...last.settled] };
}

function happen(
  device: DeviceState,
  event: DeviceEvent,
  atMs: number,
  timing: DeviceTiming,
): Applied {
  switch (event.kind) {
    case "queue":
      return {
        device: { ...device, pending: [...device.pending, event.transaction] },
        settled: [],
      };
    case "session":
      return reachable(device, atMs) ? runSession(device, atMs, timing) : { device, settled: [] };
    case "tamper": {
      const { state } = step(device.cpe, event, atMs);
      return { device: { ...device, cpe: state }, settled: [] };
    }
    case "power": {
      if (event.on === device.powered) return { device, settled: [] };
      if (!event.on) return { device: { ...device, powered: false, transfer: null }, settled: [] };
      // Power back is a boot, and its Inform opens the session in which waiting work is done.
      const { state } = step(device.cpe, { kind: "reboot" }, atMs);
      const booted = { ...device, cpe: state, powered: true, awayUntilMs: atMs };
      return runSession(booted, atMs, timing);
    }
  }
}
