/** Device manifests as rows: what is new in them, what they leave alone, and what may not stand together. */
import { AppError, type Problem } from "../../lib/errors.ts";
import { canonicalJson, hashValue } from "../../lib/hash.ts";
import { printDeviceId, type DeviceId } from "../../model/device.ts";
import type { DeviceKey } from "../../model/records.ts";
import type { DeviceManifest } from "../../ports/fleet-store.ts";

export type Labels = Readonly<Record<string, string>>;

interface StoredHold {
  readonly reason: string;
  readonly until: string | null;
  readonly by: string;
  readonly from: "manifest" | "person";
}

export interface Existing {
  device: DeviceKey;
  device_id: DeviceId;
  name: string;
  acs: string;
  labels: Labels;
  hold: StoredHold | null;
  revision: number;
  spec_hash: string;
}

export interface Incoming {
  readonly id: DeviceId;
  readonly manifest: DeviceManifest;
  readonly hash: string;
}

export interface Row {
  /** Absent until the device has its number. */
  readonly device?: DeviceKey;
  readonly device_id: DeviceId;
  readonly name: string;
  readonly oui: string;
  readonly product_class: string | null;
  readonly serial: string;
  readonly acs: string;
  readonly labels: Labels;
  readonly hold: StoredHold | null;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly spec_hash: string;
  readonly revision: number;
}

export function incoming(manifest: DeviceManifest): Incoming {
  const { identity, name, labels, acs, hold, spec } = manifest;
  const hash = hashValue({ name, labels, acs, hold, spec });
  return { id: printDeviceId(identity), manifest, hash };
}

/** One manifest for each device and name, and no name that another device has. */
export function checkNames(list: readonly Incoming[], existing: readonly Existing[]): void {
  const problems: Problem[] = [];
  const owners = new Map(existing.map(({ name, device_id }) => [name, device_id]));
  const ids = new Set<DeviceId>();
  for (const { id, manifest } of list) {
    const { name } = manifest;
    const owner = owners.get(name);
    if (ids.has(id)) {
      const message = `Device/${name}: ${id} stands in two manifests of this apply`;
      problems.push({ pointer: "/spec/serial", code: "duplicate_record", message });
    } else if (owner !== undefined && owner !== id) {
      const message = `Device/${name}: ${owner} has this name; this one is ${id}`;
      problems.push({ pointer: "/metadata/name", code: "name_taken", message });
    }
    ids.add(id);
    owners.set(name, id);
  }
  if (problems.length === 0) return;
  throw new AppError("invalid", problems[0]?.message ?? "not valid", { problems });
}

/** A person's hold stays until a person lifts it; a manifest takes away only what a manifest has set. */
function holdAfter(
  before: StoredHold | null,
  manifest: DeviceManifest,
  by: string,
): StoredHold | null {
  const { hold } = manifest;
  if (hold === null) return before?.from === "manifest" ? null : before;
  const { reason, until } = hold;
  const same = before?.from === "manifest" && before.reason === reason && before.until === until;
  return same ? before : { reason, until, by, from: "manifest" };
}

export function rowOf(
  { id, manifest, hash }: Incoming,
  before: Existing | undefined,
  by: string,
): Row {
  const { name, identity, acs, labels, spec } = manifest;
  return {
    ...(before === undefined ? {} : { device: before.device }),
    device_id: id,
    name,
    oui: identity.oui,
    product_class: identity.productClass,
    serial: identity.serial,
    acs,
    labels,
    hold: holdAfter(before?.hold ?? null, manifest, by),
    spec,
    spec_hash: hash,
    revision: (before?.revision ?? 0) + 1,
  };
}

export function changesOf(before: Existing, row: Row): readonly string[] {
  const parts = ["name", "acs", "labels", "hold"] as const;
  return parts.filter((part) => canonicalJson(before[part]) !== canonicalJson(row[part]));
}
