/**
 * What maps can do for which devices. A cell speaks of one logical parameter on one device:
 *
 *   proven        read as its evidence says, and may be written
 *   mapped        read, and may be written
 *   observe-only  read, never written
 *   write-only    a secret: written, never read
 *   action        a thing that is done, not a value that is kept
 *   foreign       bound, and the device holds something that the map cannot decode
 *   unread        bound, and nobody has read it yet
 *   missing       bound, and not there on this device
 *   unbound       no map of this device knows it
 */
import { canonicalJson } from "../../lib/hash.ts";
import type { DeviceFacts } from "../../model/device.ts";
import type { Observation } from "../../model/logical.ts";
import type { Snapshot } from "../../model/parameter.ts";
import type { Mapper } from "../mapper.ts";

export const CELLS = [
  "proven",
  "mapped",
  "observe-only",
  "write-only",
  "action",
  "foreign",
  "unread",
  "missing",
  "unbound",
] as const;
export type Cell = (typeof CELLS)[number];

export interface CoveredDevice {
  readonly facts: DeviceFacts;
  /** Null where no map fits at all. */
  readonly mapper: Mapper | null;
  readonly snapshot: Snapshot;
  /** What its map's evidence says of this very device: the value that has to be read. */
  readonly evidence: ReadonlyMap<string, unknown>;
}

export function cellOf(logical: string, device: CoveredDevice): Cell {
  const { mapper, snapshot, evidence } = device;
  const binding = mapper?.bindings.get(logical);
  if (mapper === null || binding === undefined) return "unbound";
  const observed = mapper.get(logical, snapshot);
  const cell = byOutcome(observed, binding.observeOnly);
  const shown = observed.kind === "value" ? canonicalJson(observed.value) : undefined;
  const proven = evidence.has(logical) && canonicalJson(evidence.get(logical)) === shown;
  return cell === "mapped" && proven ? "proven" : cell;
}

function byOutcome(observed: Observation, observeOnly: boolean): Cell {
  switch (observed.kind) {
    case "value":
    case "nonconforming":
      return observeOnly ? "observe-only" : "mapped";
    case "unreadable":
      return "write-only";
    case "absent":
      return "missing";
    case "foreign":
    case "unread":
      return observed.kind;
  }
}

export interface CoverageRow {
  readonly model: string;
  readonly firmware: string;
  readonly map: string;
  readonly devices: number;
  /** The worst of its devices, for each logical parameter. */
  readonly cells: Readonly<Record<string, Cell>>;
}

/** A row for each model and firmware, those of most devices first: what would help most stands on top. */
export function coverageOf(
  devices: readonly CoveredDevice[],
  logicals: readonly string[],
): readonly CoverageRow[] {
  const rows = new Map<string, CoverageRow>();
  for (const device of devices) {
    const { modelName, productClass, oui, softwareVersion } = device.facts;
    const model = [modelName, productClass, oui].find((text) => text !== null && text !== "");
    const key = canonicalJson([model, softwareVersion, device.mapper?.hash]);
    const before = rows.get(key);
    const cells = Object.fromEntries(
      logicals.map((logical) => {
        const cell = cellOf(logical, device);
        return [logical, worse(before?.cells[logical] ?? cell, cell)];
      }),
    );
    rows.set(key, {
      model: model ?? "unknown",
      firmware: softwareVersion ?? "unknown",
      map: device.mapper?.name ?? "none",
      devices: (before?.devices ?? 0) + 1,
      cells,
    });
  }
  return [...rows.values()].sort(
    (a, b) => b.devices - a.devices || (a.model < b.model ? -1 : a.model > b.model ? 1 : 0),
  );
}

const worse = (a: Cell, b: Cell): Cell => (CELLS.indexOf(a) > CELLS.indexOf(b) ? a : b);
