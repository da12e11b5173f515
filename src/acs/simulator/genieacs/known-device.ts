/** One CPE as a GenieACS has it: memory, queue, faults, and the times of its Informs. */
import type { Entry } from "../sim-acs.ts";
import { emptyMemory, inform, type Memory } from "./memory.ts";
import type { KeptFault, Task } from "./tasks.ts";

/** A Download that the CPE took and that has not ended yet. */
export interface Operation {
  readonly id: string;
  readonly channel: string;
  readonly atMs: number;
  readonly provision: readonly unknown[];
  readonly fileType: string;
  readonly fileName: string;
  readonly retries: number;
  /** What it had written before: one more, and this one has ended. Null: there is nothing to fetch. */
  readonly flashes: number | null;
}

export interface KnownDevice {
  readonly id: string;
  readonly entry: Entry;
  readonly memory: Memory;
  readonly tags: Set<string>;
  /** By time of posting, oldest first. */
  tasks: readonly Task[];
  readonly faults: Map<string, KeptFault>;
  operations: readonly Operation[];
  registeredMs: number;
  lastInformMs: number;
  lastBootMs: number | null;
  lastBootstrapMs: number | null;
  /** As of the last Inform: another number means that it has booted, or was reset, since. */
  boots: number;
  resets: number;
  /** When a provision of the site last had all of it read. */
  refreshedMs: number;
  /** While a session lasts nothing of the device can be deleted. */
  inSession: boolean;
}

/** As it is met: after its first Inform, and nothing else was asked of it yet. */
export function meet(entry: Entry, seenMs: number): KnownDevice {
  const memory = emptyMemory();
  const { cpe } = entry.state;
  inform(memory, cpe, seenMs);
  return {
    id: entry.device.id,
    entry,
    memory,
    tags: new Set(),
    tasks: [],
    faults: new Map(),
    operations: [],
    registeredMs: seenMs,
    lastInformMs: seenMs,
    lastBootMs: seenMs,
    lastBootstrapMs: seenMs,
    boots: cpe.boots,
    resets: cpe.resets,
    refreshedMs: 0,
    inSession: false,
  };
}
