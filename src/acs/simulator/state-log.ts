/**
 * The simulator's memory across restarts: one JSON line for each change, replayed at the start and then compacted.
 *
 * A line is written with one synchronous `write` and no fsync (about 10 µs): a killed process loses nothing, a machine
 * without power may lose the last lines, which is what happens to a bench. A torn last line is passed over.
 * What the ACS itself remembers of a CPE is not kept: after a restart its last known values are those that the CPE holds.
 * Passwords that were written to CPEs stand in it in clear, as they do in a CPE: keep it away from real ones.
 */
import { closeSync, existsSync, readFileSync, renameSync, writeSync } from "node:fs";
import { AppError } from "../../lib/errors.ts";
import type { TreeNode } from "../../model/tree/tree.ts";
import type { DeviceEvent, DeviceState, Transaction } from "./device.ts";
import { openOwn } from "./files.ts";

/** Everything about a device that can differ from its first state. */
interface Saved {
  readonly overlay: readonly (readonly [string, TreeNode | null])[];
  readonly powered: boolean;
  readonly awayUntilMs: number;
  /** Not in files of before there was firmware. */
  readonly transfer?: DeviceState["transfer"];
  readonly dead?: boolean;
  readonly flashes?: number;
  readonly pending: readonly Transaction[];
  readonly bootedAtMs: number;
  readonly boots: number;
  readonly resets: number;
  readonly writes: number;
}

export interface Header {
  readonly version: 1;
  /** What the fleet was built from; another fleet cannot take over the file. */
  readonly fleet: string;
  readonly epochMs: number;
  /** Ids of transactions are not given twice, whatever was forgotten. */
  readonly nextId: number;
}

type Line =
  | { readonly s: string; readonly saved: Saved }
  | { readonly s: string; readonly at: number; readonly e: DeviceEvent };

export interface Replay {
  readonly header: Header | null;
  readonly lines: readonly Line[];
}

export function save(device: DeviceState, writes: number): Saved {
  const { cpe, powered, awayUntilMs, transfer, pending } = device;
  const { bootedAtMs, boots, resets, dead, flashes } = cpe;
  return {
    overlay: [...cpe.overlay],
    powered,
    awayUntilMs,
    transfer,
    dead,
    flashes,
    pending,
    bootedAtMs,
    boots,
    resets,
    writes,
  };
}

export function restore(initial: DeviceState, saved: Saved): DeviceState {
  const { overlay, powered, awayUntilMs, pending, bootedAtMs, boots, resets } = saved;
  const { transfer = null, dead = false, flashes = 0 } = saved;
  const own = { overlay: new Map(overlay), dead, bootedAtMs, boots, resets, flashes };
  const cpe = { ...initial.cpe, ...own };
  return { ...initial, cpe, known: cpe, powered, awayUntilMs, transfer, pending };
}

/** Reads what a former process left. @throws AppError `bad_config` when the file belongs to another fleet */
export function readStateLog(file: string, fleet: string): Replay {
  if (!existsSync(file)) return { header: null, lines: [] };
  const parsed: unknown[] = [];
  const texts = readFileSync(file, "utf8").split("\n");
  for (const text of texts) {
    if (text === "") continue;
    try {
      parsed.push(JSON.parse(text));
    } catch {
      break; // Torn: nothing that was acknowledged stands behind it.
    }
  }
  const [header, ...lines] = parsed as [Partial<Record<string, unknown>> | undefined, ...Line[]];
  if (header === undefined) return { header: null, lines: [] };
  if (header["version"] !== 1 || header["fleet"] !== fleet) {
    throw new AppError(
      "bad_config",
      `${file} holds another simulated fleet; start with the options it was made with, or remove it`,
      { details: { file: header["fleet"], asked: fleet } },
    );
  }
  return { header: header as unknown as Header, lines };
}

export interface StateLog {
  append(serial: string, event: DeviceEvent, atMs: number): void;
  close(): void;
}

/** Replaces the file by header and snapshots (written aside, then renamed) and opens it for what comes next. */
export function openStateLog(
  file: string,
  header: Header,
  snapshots: Iterable<readonly [string, Saved]>,
): StateLog {
  const aside = `${file}.new`;
  const fresh = openOwn(aside, "w");
  writeSync(fresh, `${JSON.stringify(header)}\n`);
  for (const [s, saved] of snapshots) writeSync(fresh, `${JSON.stringify({ s, saved })}\n`);
  closeSync(fresh);
  renameSync(aside, file);
  let fd: number | null = openOwn(file, "a");
  return {
    append(s, e, at) {
      if (fd !== null) writeSync(fd, `${JSON.stringify({ s, at, e })}\n`);
    },
    close() {
      if (fd !== null) closeSync(fd);
      fd = null;
    },
  };
}
