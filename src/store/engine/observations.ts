/**
 * What a pass read of a device: the newest as it stands, and a row of history for each logical parameter whose meaning changed
 * from one read to the next. A pass reads before and after it writes; a statement for each would cost it twice.
 */
import { sql, type Transaction } from "kysely";
import { canonicalJson } from "../../lib/hash.ts";
import type { ObservationRecord } from "../../ports/observation.ts";
import type { Database } from "../tables.ts";

type Trx = Transaction<Database>;
export type Digest = (label: string, text: string) => string;

/** @param observations oldest first; those that are older than what stands there say nothing */
export async function storeObservations(
  trx: Trx,
  key: number,
  observations: readonly ObservationRecord[],
  digest: Digest,
): Promise<void> {
  if (observations.length === 0) return;
  const before = await trx
    .selectFrom("observations")
    .select(["decoded", "read_at"])
    .where("device", "=", key)
    .executeTakeFirst();
  const newer = observations.filter(
    ({ readAt }) => before === undefined || before.read_at <= readAt,
  );
  const last = newer.at(-1);
  if (last === undefined) return;
  await storeCurrent(trx, key, last);
  await storeChanges(trx, key, before?.decoded ?? {}, newer);
  await storeCredentials(trx, key, newer, digest);
}

async function storeCurrent(trx: Trx, key: number, seen: ObservationRecord): Promise<void> {
  await sql`
    insert into observations (device, read_at, map_name, map_hash, readings, covered, decoded, change_id, epoch)
    values (${key}, ${seen.readAt}, ${seen.mapName}, ${seen.mapHash},
            ${JSON.stringify(Object.fromEntries(seen.snapshot.values))}::jsonb,
            ${[...seen.snapshot.covered]}::text[],
            ${JSON.stringify(seen.decoded)}::jsonb, ${seen.changeId},
            ${JSON.stringify(seen.epoch)}::jsonb)
    on conflict (device) do update
    set read_at = excluded.read_at, map_name = excluded.map_name, map_hash = excluded.map_hash,
        readings = excluded.readings, covered = excluded.covered, decoded = excluded.decoded, change_id = excluded.change_id,
        epoch = excluded.epoch`.execute(trx);
  await sql`
    update devices set facts = ${JSON.stringify(seen.facts)}::jsonb
    where device = ${key} and facts is distinct from ${JSON.stringify(seen.facts)}::jsonb`.execute(
    trx,
  );
}

async function storeChanges(
  trx: Trx,
  key: number,
  before: Readonly<Record<string, unknown>>,
  observations: readonly ObservationRecord[],
): Promise<void> {
  let known = before;
  const changes = observations.flatMap(({ decoded, readAt, changeId }) => {
    const [was, now] = [known, Object.entries(decoded)];
    known = decoded;
    return now
      .filter(([logical, entry]) => canonicalJson(was[logical]) !== canonicalJson(entry))
      .map(([logical, after]) => ({
        device: key,
        at: readAt,
        logical,
        before: was[logical] === undefined ? null : JSON.stringify(was[logical]),
        after: JSON.stringify(after),
        change_id: changeId,
      }));
  });
  if (changes.length > 0) await trx.insertInto("observation_changes").values(changes).execute();
}

/** Which user names it showed, as keyed digests, with the first and the last time. */
async function storeCredentials(
  trx: Trx,
  key: number,
  observations: readonly ObservationRecord[],
  digest: Digest,
): Promise<void> {
  const shown = new Map<string, { credential: string; logical: string; first: Date; last: Date }>();
  for (const { credentials, readAt } of observations) {
    for (const { logical, normalised } of credentials) {
      const credential = digest("username", normalised);
      const first = shown.get(`${logical} ${credential}`)?.first ?? readAt;
      shown.set(`${logical} ${credential}`, { credential, logical, first, last: readAt });
    }
  }
  if (shown.size === 0) return;
  await sql`
    insert into sightings (credential, device, logical, first_seen, last_seen)
    select x.credential, ${key}, x.logical, x.first, x.last
    from jsonb_to_recordset(${JSON.stringify([...shown.values()])}::jsonb)
      as x (credential text, logical text, first timestamptz, last timestamptz)
    on conflict (credential, device, logical) do update
    set last_seen = greatest(sightings.last_seen, excluded.last_seen)`.execute(trx);
}
