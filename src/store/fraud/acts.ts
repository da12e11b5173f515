/**
 * What people of ours did: they saw a password that we made, bound a credential, swapped a box, closed a finding. All of it
 * stands in the history of those who are asked about; nothing is written for it.
 *
 * Who is a person, the policy says: a token has an owner, which may be a person or the billing system, and nothing else
 * tells them apart. No request names the case that it belongs to, so no act does.
 */
import { sql } from "kysely";
import type { Act } from "../../fraud/facts/own-log.ts";
import type { Trx } from "../transaction.ts";
import { enqueue } from "./due.ts";
import { list, RETENTION_DAYS } from "./query.ts";

interface Row {
  kind: Act["kind"];
  key: string;
  actor: string;
  credential: string;
  at: Date;
}

export async function actsOf(trx: Trx, people: readonly string[]): Promise<readonly Act[]> {
  if (people.length === 0) return [];
  const whom = list(people);
  const since = sql`now() - ${RETENTION_DAYS} * interval '1 day'`;
  const { rows } = await sql<Row>`
    select 'reveal' as kind, 'event ' || e.id as key, e.actor, b.credential, e.at
    from events e join credential_bindings b
      on b.device = e.device and b.writer = e.data ->> 'writer' and b.from_at <= e.at
        and (b.until_at is null or b.until_at > e.at)
    where e.type = 'CredentialGenerated' and e.actor = any(${whom}) and e.at >= ${since} and b.credential is not null
    union all
    select 'swap', 'swap ' || s.id, s.writer, b.credential, s.at
    from swaps s join credential_bindings b
      on b.device = s.new_device and b.writer = s.writer and b.from_at = s.at
    where s.writer = any(${whom}) and s.at >= ${since} and b.credential is not null
    union all
    select 'close_finding', 'finding ' || finding, decided_by, credential, decided_at
    from findings
    where decided_by = any(${whom}) and decided_at >= ${since} and decision in ('swap', 'mistake')
      and credential is not null
    union all
    select 'bind', 'binding ' || binding, changed_by, credential, from_at
    from credential_bindings
    where changed_by = any(${whom}) and from_at >= ${since} and credential is not null`.execute(
    trx,
  );
  return rows.map(({ at, ...act }) => ({ ...act, person: true, caseId: null, at: at.getTime() }));
}

/**
 * Misuse of a credential was found: whoever of these people saw its password within the days before is asked about, by the
 * queue. Comes after the lock of detection.
 */
export async function askOfReveals(
  trx: Trx,
  people: readonly string[],
  credentials: readonly string[],
): Promise<void> {
  if (people.length === 0 || credentials.length === 0) return;
  const { rows } = await sql<{ actor: string }>`
    select distinct e.actor
    from credential_bindings b join events e on e.device = b.device
    where b.credential = any(${list(credentials)}) and e.type = 'CredentialGenerated'
      and e.actor = any(${list(people)}) and e.at >= now() - ${RETENTION_DAYS} * interval '1 day'`.execute(
    trx,
  );
  await enqueue(
    trx,
    "actor",
    rows.map(({ actor }) => actor),
  );
}
