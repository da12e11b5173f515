/** The tables of misuse detection; what they mean stands in their migration. */
import type { ColumnType, Generated, JSONColumnType } from "kysely";
import type { Finding } from "../fraud/findings.ts";
import type { InventoryKindName } from "../model/inventory.ts";

type DefaultNow = ColumnType<Date, Date | undefined, Date>;

export interface FraudTables {
  device_sightings: {
    device: number;
    at: Date;
    live: boolean;
    credential: string | null;
    macs: string[];
    firmware: string | null;
    booted_at: Date | null;
    bootstrapped: string | null;
  };
  device_secrets: {
    device: number;
    opens: "acs" | "connection_request" | "service";
    digest: string;
    first_at: Date;
    last_at: Date;
  };
  credential_bindings: {
    binding: Generated<number>;
    device: number;
    writer: string;
    ref: string | null;
    username: string | null;
    realm: string | null;
    credential: string | null;
    bare: string | null;
    from_at: DefaultNow;
    until_at: Date | null;
    ended: Generated<boolean>;
    changed_by: string;
  };
  findings: FindingRow;
  fraud_waiting: { key: string; focus: string; due_at: Date; held: boolean };
  fraud_reported: { key: string; pattern: string; confirmed: boolean; at: DefaultNow };
  fraud_due: {
    kind: string;
    id: string;
    since: DefaultNow;
    due_at: DefaultNow;
    gen: Generated<number>;
  };
  fraud_watched: { id: string };
  inventory: {
    kind: InventoryKindName;
    key: string;
    about: string | null;
    says: JSONColumnType<Record<string, unknown>>;
    told_at: DefaultNow;
    told_by: string;
  };
}

interface FindingRow {
  finding: Generated<number>;
  key: string;
  pattern: string;
  focus: string;
  credential: string | null;
  severity: string;
  state: Finding["state"]["kind"];
  content: JSONColumnType<Finding>;
  devices: number[];
  opened_at: DefaultNow;
  changed_at: DefaultNow;
  closed_at: Date | null;
  decision: string | null;
  decided_by: string | null;
  decided_at: Date | null;
  decided_why: string | null;
}
