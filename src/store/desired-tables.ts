/** Kysely's view of desired documents, and of what their API keeps beside them (`migrations/0012_desired_api.sql`, `0015_imports.sql`, `0019_kept_holds.sql`). */
import type { ColumnType, Generated, JSONColumnType } from "kysely";

type DefaultNow = ColumnType<Date, Date | undefined, Date>;

type Json = Record<string, unknown>;
/** Written as text by us, read as a value. */
type JsonOf<T> = JSONColumnType<T & object>;

export interface DesiredTables {
  desired_documents: DesiredRow;
  desired_revisions: {
    device: number;
    writer: string;
    generation: number;
    spec: JsonOf<Json>;
    changed_by: string;
    request_id: string | null;
    ended: Generated<boolean>;
    at: DefaultNow;
  };
  operations: {
    device: number;
    writer: string;
    generation: number;
    kind: "change" | "end";
    fields: string[];
    work_gen: number;
    at: DefaultNow;
    proven_at: Date | null;
    superseded_by: number | null;
  };
  idempotency_keys: {
    owner: string;
    key: string;
    request: string;
    running_until: Date | null;
    status: number | null;
    key_id: string | null;
    sealed_key: Buffer | null;
    sealed: Buffer | null;
    expires_at: Date;
  };
  imports: {
    id: string;
    owner: string;
    at: DefaultNow;
    request_id: string | null;
    lines: number;
    wanted: number | null;
    ended: "done" | "refused" | "broken" | null;
    code: string | null;
    message: string | null;
    seen_at: DefaultNow;
    ended_at: Date | null;
  };
  import_lines: {
    import: string;
    line: number;
    device: string | null;
    outcome: string;
    operation: string | null;
    problem: JSONColumnType<object> | null;
  };
  swaps: {
    id: Generated<number>;
    at: DefaultNow;
    writer: string;
    old_device: number;
    new_device: number;
    old_generation: number;
    new_generation: number;
    old_is: string | null;
    request_id: string | null;
  };
  credential_proofs: {
    device: number;
    writer: string;
    version: number;
    proof: "word" | "test_login";
    aaa: string | null;
    at: DefaultNow;
    request_id: string | null;
  };
  suspensions: {
    device: number;
    owner: string;
    reason: string;
    since: DefaultNow;
    request_id: string | null;
  };
  kept_holds: {
    username: string;
    realm: string;
    owner: string;
    reason: string;
    device: number;
    since: Date;
    request_id: string | null;
  };
  scheduled_documents: {
    device: number;
    writer: string;
    due_at: Date;
    action: "put" | "end";
    spec: JsonOf<Json>;
    clear_secret: boolean;
    made_at: DefaultNow;
    request_id: string | null;
    failed_at: Date | null;
    failure: string | null;
    credential: string | null;
  };
}

interface DesiredRow {
  device: number;
  writer: string;
  generation: number;
  spec: JsonOf<Json>;
  changed_at: DefaultNow;
  changed_by: string;
  request_id: string | null;
  ended_at: Date | null;
}
