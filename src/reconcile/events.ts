/** What a pass made known, as facts in the past. */
import type { Ending, NewEvent } from "../model/conclusion.ts";
import type { DeviceStatus } from "../model/records.ts";
import type { LedgerFacts } from "./drafts.ts";
import type { Loss } from "./losses.ts";
import type { IntentVerdict, Settled } from "./verify.ts";

const TYPES: Readonly<Partial<Record<IntentVerdict, string>>> = {
  verified: "ChangeVerified",
  ignored: "ChangeIgnored",
  failed: "FirmwareFailed",
};

/** @param after where the device is now; a pass that let it go untouched moved nothing */
export function eventsOf(
  ending: Ending,
  after: Pick<DeviceStatus, "state" | "reason"> & { readonly message: string },
  facts: {
    readonly before: Pick<DeviceStatus, "state" | "reason">;
    readonly settled: readonly Settled[];
    readonly loss: Loss | null;
    readonly generation: string;
    readonly ledger: LedgerFacts;
  },
): NewEvent[] {
  const { before, settled, loss } = facts;
  const events: NewEvent[] = lateEvents(facts);
  events.push(
    ...settled.map(({ id, fields, verdict, firmware }) => ({
      type: TYPES[verdict] ?? "ChangeSettled",
      data: { intent: id, fields, verdict, ...firmware },
    })),
  );
  if (loss !== null) {
    const type = loss.verdict === "lost" ? "DeviceLost" : "LossExcused";
    events.push({ type, data: { intent: loss.intent, fields: loss.fields } });
  }
  const lost = ending.kind === "flashing" ? ending.away?.lost : null;
  if (lost != null && before.reason !== "NotReturned")
    events.push({ type: "DeviceNotReturned", data: lost });
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

/** Under the generation that the late write is corrected to: there it does not count as somebody else's change. */
function lateEvents({
  generation,
  ledger,
}: {
  readonly generation: string;
  readonly ledger: LedgerFacts;
}): NewEvent[] {
  const { executed, doubted } = ledger;
  const events = executed.map(({ id, changeId, fields, intendedAt }): NewEvent => {
    const sentAt = intendedAt.toISOString();
    return { type: "LateExecution", data: { intent: id, changeId, fields, sentAt, generation } };
  });
  if (doubted !== null) events.push({ type: "SecretDoubted", data: { ...doubted, generation } });
  return events;
}
