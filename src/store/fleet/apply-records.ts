/** Records of a manifest other than devices: a revision for each change of content, none for the same content. */
import { sql } from "kysely";
import { AppError, type Problem } from "../../lib/errors.ts";
import { hashValue } from "../../lib/hash.ts";
import type { Actor, ApplyPlan, ManifestRecord } from "../../ports/fleet-store.ts";
import { addEvents, type FleetEvent } from "./events.ts";
import type { Trx } from "../transaction.ts";

export interface AppliedRecords {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
}

/** `Profile/steady-cpt` */
export function fullName(record: Pick<ManifestRecord, "kind" | "name">): string {
  return `${record.kind}/${record.name}`;
}

async function write(
  trx: Trx,
  record: ManifestRecord,
  hash: string,
  revision: number,
  actor: Actor,
): Promise<void> {
  const { kind, name } = record;
  const labels = JSON.stringify(record.labels);
  const spec = JSON.stringify(record.spec);
  await sql`
    insert into records (kind, name, revision, labels, spec, spec_hash, owner)
    values (${kind}, ${name}, ${revision}, ${labels}, ${spec}, ${hash}, ${actor.owner})
    on conflict (kind, name) do update
    set revision = excluded.revision, labels = excluded.labels, spec = excluded.spec,
        spec_hash = excluded.spec_hash, owner = excluded.owner, origin = 'manifest', changed_at = now()`.execute(
    trx,
  );
  await trx
    .insertInto("record_revisions")
    .values({
      kind,
      name,
      revision,
      labels,
      spec,
      owner: actor.owner,
      request_id: actor.requestId,
    })
    .execute();
}

/** Applies are one after another (`apply.ts`), so nothing moves between the comparison and the write. */
export async function applyRecords(
  trx: Trx,
  records: readonly ManifestRecord[],
  actor: Actor,
): Promise<AppliedRecords> {
  const result = { created: [] as string[], changed: [] as string[], unchanged: [] as string[] };
  const events: FleetEvent[] = [];
  for (const record of records) {
    const { kind, name, labels, spec } = record;
    const hash = hashValue({ labels, spec });
    const before = await trx
      .selectFrom("records")
      .select(["revision", "spec_hash"])
      .where("kind", "=", kind)
      .where("name", "=", name)
      .executeTakeFirst();
    if (before?.spec_hash === hash) {
      result.unchanged.push(fullName(record));
      continue;
    }
    const revision = (before?.revision ?? 0) + 1;
    await write(trx, record, hash, revision, actor);
    (before === undefined ? result.created : result.changed).push(fullName(record));
    const type = before === undefined ? "RecordCreated" : "RecordChanged";
    events.push({ device: null, type, data: { kind, name, revision } });
  }
  await addEvents(trx, actor, events);
  return result;
}

interface Reference {
  readonly from: string;
  readonly kind: string;
  readonly name: string;
  readonly pointer: string;
}

function referencesOf(plan: ApplyPlan): Reference[] {
  const devices = plan.devices.map(({ name, acs }) => {
    return { from: `Device/${name}`, kind: "Acs", name: acs, pointer: "/spec/acs" };
  });
  const profiles = plan.records.flatMap((record): Reference[] => {
    const named = planName(record);
    if (named === undefined) return [];
    const pointer = "/spec/fields/frequencyPlan/plan";
    return [{ from: fullName(record), kind: "FrequencyPlan", name: named, pointer }];
  });
  return [...devices, ...profiles];
}

/** The frequency plan that a profile names instead of spelling it out. */
export function planName(record: Pick<ManifestRecord, "kind" | "spec">): string | undefined {
  if (record.kind !== "Profile") return undefined;
  const fields = record.spec["fields"] as { frequencyPlan?: { plan?: string } } | undefined;
  return fields?.frequencyPlan?.plan;
}

/** After the records were written: what is named must be there, in the database or in the same apply. */
export async function checkReferences(trx: Trx, plan: ApplyPlan): Promise<void> {
  const references = referencesOf(plan);
  if (references.length === 0) return;
  const found = await trx
    .selectFrom("records")
    .select(["kind", "name"])
    .where("kind", "in", ["Acs", "FrequencyPlan"])
    .execute();
  const known = new Set(found.map(fullName));
  const problems = references
    .filter((reference) => !known.has(fullName(reference)))
    .map((reference): Problem => {
      const { from, pointer } = reference;
      const message = `${from}: there is no ${fullName(reference)}; apply it before, or in the same file`;
      return { pointer, code: "unknown_reference", message };
    });
  if (problems.length === 0) return;
  throw new AppError("invalid", problems[0]?.message ?? "not valid", { problems });
}
