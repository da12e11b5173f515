/** The tables of RADIUS records; what they mean stands in their migration. */
import type { ColumnType, JSONColumnType } from "kysely";
import type { RadiusKind } from "../fraud/radius-event.ts";

type DefaultNow = ColumnType<Date, Date | undefined, Date>;

export interface RadiusTables {
  radius_keys: { key: string; received_at: DefaultNow };
  radius_events: RadiusEventRow;
  radius_sessions: RadiusSessionRow;
  radius_sessions_seen: RadiusSessionRow & { nas_restarted_at: Date | null };
  radius_quarantine: {
    day: string;
    endpoint: string;
    reason: string;
    attribute: string;
    count: number;
    max_bytes: number;
    shape: JSONColumnType<Record<string, unknown>>;
    first_at: DefaultNow;
    last_at: DefaultNow;
  };
}

/** What both a record and a session say of where and whose it was; digests are keyed, see the migration. */
interface RadiusPlace {
  credential: string | null;
  outer_identity: string | null;
  mac: string | null;
  mac_raw: string | null;
  nas: string | null;
  nas_address: string | null;
  source_address: string | null;
  port_id: string | null;
  circuit_id: string | null;
  base_station: string | null;
  session_id: string | null;
  multi_id: string | null;
  class: string | null;
  chargeable: string | null;
  seconds: number | null;
  /** Digits, up to 64 bits. */
  in_octets: string | null;
  out_octets: string | null;
  terminate_cause: string | null;
}

interface RadiusEventRow extends RadiusPlace {
  key: string;
  received_at: DefaultNow;
  kind: RadiusKind;
  at: Date;
  estimated: boolean;
  session: string | null;
  framed_address: string | null;
}

interface RadiusSessionRow extends RadiusPlace {
  session: string;
  started_at: Date | null;
  restarted_at: Date | null;
  implied_start_at: Date | null;
  first_at: Date | null;
  last_at: Date | null;
  alive_at: Date | null;
  stopped_at: Date | null;
  interims: number;
  contradictory: boolean;
  changed_at: DefaultNow;
}
