/**
 * GenieACS's own record of devices -> port results: is it there, what is it, which ones are there. Pure; `readings.ts`,
 * `written.ts` and `faults.ts` decide over reads and writes.
 */
import {
  NO_FACTS,
  printDeviceId,
  type DeviceFacts,
  type DeviceIdentity,
} from "../../model/device.ts";
import type { ListedDevice, ListResult, NotSent, Unknown } from "../../ports/acs.ts";
import { isMembers, textOf, timeOf, unknown, type Members } from "./answer.ts";
import { ROOTS, treeOf, type Tree } from "./document.ts";

function rooted(rest: string): readonly string[] {
  return ROOTS.map((root) => `${root}.${rest}`);
}

function valueAt(tree: Tree, paths: readonly string[]): string | null {
  for (const path of paths) {
    const reading = tree.leaves.get(path)?.reading;
    if (reading?.kind === "value" && reading.text !== "") return reading.text;
  }
  return null;
}

const INTERVALS = rooted("ManagementServer.PeriodicInformInterval");
const ENABLES = rooted("ManagementServer.PeriodicInformEnable");

export const STATUS_PROJECTION: readonly string[] = ["_lastInform", ...INTERVALS, ...ENABLES];

/** Within so many of its intervals a CPE that informs is there; after so many without one it is not (4, Liveness). */
const [THERE, GONE] = [2, 3] as const;
/** An Inform says nothing of now when it is older than this, however long the interval is. */
const FRESH_MS = 15 * 60_000;

/** How long a CPE that cannot be knocked at is there after an Inform, where nobody knows its interval. */
const UNTOLD_MS = 60 * 60_000;

type Told =
  | { readonly kind: "online"; readonly contactAt: Date }
  | { readonly kind: "offline"; readonly contactAt: Date }
  | { readonly kind: "ask"; readonly contactAt: Date }
  | Unknown;

/** ms; undefined for a CPE that is not known to inform by itself. */
function intervalOf(tree: Tree): number | undefined {
  const ms = Number(valueAt(tree, INTERVALS) ?? "0") * 1_000;
  return valueAt(tree, ENABLES) === "true" && ms > 0 ? ms : undefined;
}

/**
 * By its last Inform, for a CPE that is known to inform by itself; `ask` when that does not decide, and then only a
 * connection request can tell. One that no connection request reaches is there while it informs.
 *
 * @param readMs its interval as it was read, for where GenieACS does not know whether it informs by itself
 */
export function decodeStatus(
  document: Members,
  now: Date,
  knocks = true,
  readMs: number | null = null,
): Told {
  const lastInform = timeOf(document["_lastInform"]);
  if (lastInform === undefined) return unknown("incomplete", "a device without _lastInform");
  const tree = treeOf(document);
  const untold = valueAt(tree, ENABLES) === null ? (readMs ?? undefined) : undefined;
  const intervalMs = intervalOf(tree) ?? untold;
  const age = now.getTime() - lastInform;
  const contactAt = new Date(lastInform);
  const told = <K extends "online" | "offline" | "ask">(kind: K) => ({ kind, contactAt });
  if (!knocks) {
    const there = age <= (intervalMs === undefined ? UNTOLD_MS : GONE * intervalMs);
    return told(there ? "online" : "offline");
  }
  if (intervalMs === undefined) return told("ask");
  if (age <= Math.min(THERE * intervalMs, FRESH_MS)) return told("online");
  return told(age > GONE * intervalMs ? "offline" : "ask");
}

/** ms until its next Inform, and never so few that asking for it would cost more than waiting; null when nobody knows. */
export function decodeNextInform(document: Members, now: Date): number | null {
  const lastInform = timeOf(document["_lastInform"]);
  const intervalMs = intervalOf(treeOf(document));
  if (lastInform === undefined || intervalMs === undefined) return null;
  const left = lastInform + intervalMs - now.getTime();
  return Math.min(intervalMs, Math.max(left, intervalMs / 10, 1_000));
}

const FACTS = {
  modelName: rooted("DeviceInfo.ModelName"),
  hardwareVersion: rooted("DeviceInfo.HardwareVersion"),
  softwareVersion: rooted("DeviceInfo.SoftwareVersion"),
} as const;

export const IDENTIFY_PROJECTION: readonly string[] = ["_deviceId", ...Object.values(FACTS).flat()];

/** Manufacturer, OUI and product class are those of the last Inform; the rest is what was last read. */
export function decodeFacts(document: Members): DeviceFacts {
  const tree = treeOf(document);
  const own = isMembers(document["_deviceId"]) ? document["_deviceId"] : {};
  // An empty text is the device's own word, as of one without a product class.
  const said = (name: string): string | null => {
    const text = own[name];
    return typeof text === "string" ? text.trim() : null;
  };
  const roots = ROOTS.filter((root) => isMembers(document[root]));
  return {
    ...NO_FACTS,
    root: roots.length === 1 ? (roots[0] ?? null) : null,
    manufacturer: said("_Manufacturer"),
    oui: said("_OUI"),
    productClass: said("_ProductClass"),
    serial: said("_SerialNumber"),
    modelName: valueAt(tree, FACTS.modelName),
    hardwareVersion: valueAt(tree, FACTS.hardwareVersion),
    softwareVersion: valueAt(tree, FACTS.softwareVersion),
  };
}

export const LIST_PROJECTION: readonly string[] = ["_deviceId", "_lastInform", "_lastBootstrap"];

/**
 * A database sorts whole documents, and 123 KB of a device's parameters go along with its times: a hundred stay far below
 * the 32 MB at which older ones give up.
 */
export const PAGE = 100;

/** Before any GenieACS; a document without a last Inform is no device that could be asked. */
const BEFORE_ALL_MS = Date.UTC(2000, 0, 1);

interface Place {
  readonly atMs: number;
  /** Behind this id, in a millisecond of which a page cannot hold all devices; else empty. */
  readonly behindId: string;
}

/** `TIME`, or `TIME+ID`. */
function placeOf(after: string | null): Place {
  const [time = "", behindId = ""] = (after ?? "").split("+");
  return { atMs: timeOf(time) ?? BEFORE_ALL_MS, behindId };
}

/** Devices that informed at `after` or later. `$gt` was seen to work and `$gte` was not (2), hence the millisecond. */
export function pageQuery(after: string | null): Readonly<Record<string, unknown>> {
  const { atMs, behindId } = placeOf(after);
  if (behindId === "") return { _lastInform: { $gt: isoOf(atMs - 1) } };
  return { _lastInform: isoOf(atMs), _id: { $gt: behindId } };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** Never by counting: devices that inform meanwhile move behind all others, and those after them would be passed over. */
function placeAfter(devices: readonly ListedDevice[], after: string | null): string | null {
  const { atMs, behindId } = placeOf(after);
  const last = devices.at(-1);
  const isFull = devices.length >= PAGE;
  if (behindId !== "" && !isFull) return isoOf(atMs + 1);
  if (last === undefined) return after;
  const time = last.lastContactAt.toISOString();
  return isFull && last.lastContactAt.getTime() === atMs ? `${time}+${last.id}` : time;
}

export function decodePage(
  documents: readonly Members[],
  after: string | null,
): Exclude<ListResult, NotSent> {
  const devices: ListedDevice[] = [];
  for (const document of documents) {
    const id = document["_id"];
    const lastInform = timeOf(document["_lastInform"]);
    if (typeof id !== "string" || id === "" || lastInform === undefined) {
      return unknown("incomplete", "a device without id or _lastInform");
    }
    if (!isMembers(document["_deviceId"])) {
      return unknown(
        "wrong_type",
        "a device without its identity, as another question asks for it",
      );
    }
    if (lastInform < (devices.at(-1)?.lastContactAt.getTime() ?? 0)) {
      return unknown("wrong_type", "a list that is not in the order that was asked for");
    }
    const bootstrapped = timeOf(document["_lastBootstrap"]);
    devices.push({
      id,
      identity: identityOf(document["_deviceId"], id),
      lastContactAt: new Date(lastInform),
      bootstrappedAt: bootstrapped === undefined ? null : new Date(bootstrapped),
    });
  }
  const more = devices.length >= PAGE || placeOf(after).behindId !== "";
  return { kind: "page", devices, next: placeAfter(devices, after), more };
}

/** Null when it is not spelt, or not the one that the id stands for. */
export function identityOf(own: unknown, id: string): DeviceIdentity | null {
  if (!isMembers(own)) return null;
  const productClass = textOf(own["_ProductClass"]);
  const identity = {
    oui: textOf(own["_OUI"]),
    productClass: productClass === "" ? null : productClass,
    serial: textOf(own["_SerialNumber"]),
  };
  return printDeviceId(identity) === id ? identity : null;
}
