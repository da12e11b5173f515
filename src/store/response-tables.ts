/** The tables of responses to misuse and of what is asked of the AAA; what they mean stands in their migration. */
import type { ColumnType, Generated } from "kysely";
import type { AaaPurpose, AaaState } from "../ports/aaa-store.ts";
import type { ResponseState, Step } from "../ports/response-store.ts";

type DefaultNow = ColumnType<Date, Date | undefined, Date>;

export interface ResponseTables {
  fraud_steps: { step: string; pattern: string; since: DefaultNow; by_owner: string };
  fraud_responses: {
    response: Generated<number>;
    finding: number;
    pattern: string;
    step: Step;
    automatic: boolean;
    mode: "shadow" | "live";
    verdict: "act" | "refuse";
    reason: string;
    state: ResponseState;
    device: number | null;
    writer: string | null;
    version: number | null;
    sessions: Generated<number>;
    actor: string;
    why: string | null;
    decided_at: DefaultNow;
    changed_at: DefaultNow;
    undone_by: string | null;
  };
  aaa_requests: {
    request: Generated<number>;
    device: number | null;
    purpose: AaaPurpose;
    response: number | null;
    session: string;
    session_id: string;
    nas: string | null;
    nas_address: string | null;
    source_address: string | null;
    asked_at: DefaultNow;
    due_at: DefaultNow;
    lease_until: Date | null;
    state: Generated<AaaState>;
    target: string | null;
    packet: "disconnect" | "coa" | null;
    rounds: Generated<number>;
    sent: Generated<number>;
    error_cause: number | null;
    detail: string | null;
    answered_at: Date | null;
  };
}
