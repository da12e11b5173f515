/** What a pass made known, as facts in the past. */
import type { Ending, NewEvent } from "../model/conclusion.ts";
import type { DeviceStatus } from "../model/records.ts";
import type { IntentVerdict, Settled } from "./verify.ts";

const TYPES: Readonly<Partial<Record<IntentVerdict, string>>> = {
  verified: "ChangeVerified",
  ignored: "ChangeIgnored",
};

/** @param after where the device is now; a pass that let it go untouched moved nothing */
export function eventsOf(
  ending: Ending,
  after: Pick<DeviceStatus, "state" | "reason"> & { readonly message: string },
  before: Pick<DeviceStatus, "state" | "reason">,
  settled: readonly Settled[],
): NewEvent[] {
  const events: NewEvent[] = settled.map(({ id, fields, verdict }) => ({
    type: TYPES[verdict] ?? "ChangeSettled",
    data: { intent: id, fields, verdict },
  }));
  const moved = after.state !== before.state || after.reason !== before.reason;
  if (moved && ending.kind !== "released") {
    const { state, reason, message } = after;
    events.push({
      type: "StateChanged",
      data: { from: before.state, to: state, reason, message },
    });
  }
  return events;
}
