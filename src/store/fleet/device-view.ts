/** One device as it is shown, from one row: the same columns behind lists and details. */
import { sql } from "kysely";
import type { DeviceFacts, DeviceId } from "../../model/device.ts";
import { NO_FACTS } from "../../model/device.ts";
import type { DeviceKey } from "../../model/records.ts";
import type { Condition, Reason, State } from "../../model/status.ts";
import type { DeviceView } from "../../ports/fleet-store.ts";
import { APPLYING, SHOWN_STATE, TOO_OLD } from "../selector-sql.ts";

export interface ViewRow {
  device: DeviceKey;
  device_id: DeviceId;
  name: string;
  oui: string;
  product_class: string | null;
  serial: string;
  acs: string;
  labels: Record<string, string>;
  facts: Partial<DeviceFacts> | null;
  hold: Record<string, unknown> | null;
  state: State;
  reason: Reason;
  message: string;
  since: Date;
  next_at: Date | null;
  contact_at: Date | null;
  reach: "push" | "pull";
  converged_at: Date | null;
  conditions: Condition[];
}

/** Every device has one row in each of the three, from the transaction that registered it. */
export const DEVICE_TABLES = sql`devices d
  join device_status s on s.device = d.device
  join work w on w.device = d.device`;

export const VIEW_COLUMNS = sql`d.device, d.device_id, d.name, d.oui, d.product_class, d.serial, d.acs, d.labels,
  d.facts, d.hold, ${SHOWN_STATE} as state,
  case when ${TOO_OLD} then 'EvidenceTooOld' else s.reason end as reason,
  case when ${APPLYING} then 'being worked on now: ' || w.reason else s.message end as message,
  case when ${APPLYING} then coalesce(w.begun_at, s.since) else s.since end as since,
  case when isfinite(s.next_at) then s.next_at end as next_at, s.contact_at,
  coalesce(s.reach ->> 'kind', 'push') as reach, s.converged_at, s.conditions`;

export function viewOf(row: ViewRow): DeviceView {
  return {
    id: row.device_id,
    name: row.name,
    identity: { oui: row.oui, productClass: row.product_class, serial: row.serial },
    acs: row.acs,
    labels: row.labels,
    facts: row.facts === null ? null : { ...NO_FACTS, ...row.facts },
    state: row.state,
    reason: row.reason,
    message: row.message,
    since: row.since,
    nextAt: row.next_at,
    contactAt: row.contact_at,
    reach: row.reach,
    convergedAt: row.converged_at,
    conditions: row.conditions,
    hold: row.hold,
  };
}
