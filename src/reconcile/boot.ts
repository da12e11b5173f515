/**
 * Reboots that a write wants behind it. Nothing remembers them but the intent of the write, which stays open until the
 * device has booted: so a process that dies between the two leaves the reboot to the next pass.
 */
import type { Mapper } from "../mapping/mapper.ts";
import type { Snapshot } from "../model/parameter.ts";
import type { OpenIntent } from "../model/records.ts";
import { effectOf } from "./carriers.ts";

/** A boot so shortly before a write is taken for one after it: uptime counts seconds, and a read takes some of them. */
const SLACK_MS = 5_000;

/** By the device's own uptime, on the clock of `readAt`; null where it does not say. */
export function bootedAt(mapper: Mapper, snapshot: Snapshot, readAt: Date): Date | null {
  const uptime = mapper.get("device.uptime", snapshot);
  if (uptime.kind !== "value" || typeof uptime.value !== "number") return null;
  return new Date(readAt.getTime() - uptime.value * 1_000);
}

/**
 * Is a reboot owed for what this intent wrote? `hidden`: yes, and a read shows the old value until then. A device that
 * does not say its uptime owes nothing, or it would be rebooted for ever.
 */
export function owes(
  intent: Pick<OpenIntent, "fields" | "intendedAt">,
  mapper: Mapper,
  booted: Date | null,
): "no" | "yes" | "hidden" {
  const effects = intent.fields.map((field) => effectOf(field, mapper));
  const wanted = effects.some(({ reboot }) => reboot === "after");
  if (!wanted || booted === null) return "no";
  if (booted.getTime() >= intent.intendedAt.getTime() - SLACK_MS) return "no";
  return effects.some(({ applies }) => applies === "afterReboot") ? "hidden" : "yes";
}
