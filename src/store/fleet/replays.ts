/** Kept answers, sealed with the key ring; a request is known by a keyed digest, as its body may hold a password. */
import { sql, type Kysely, type Selectable } from "kysely";
import { AppError } from "../../lib/errors.ts";
import { Secret } from "../../lib/secret.ts";
import type { KeptAnswer, KeyedRequest, ReplayStore } from "../../ports/replay-store.ts";
import type { Keyring } from "../keyring.ts";
import { sealFor } from "../sealing.ts";
import type { Database } from "../tables.ts";
import { transact } from "../transaction.ts";

/** Keys that have run out go away with those that come, so many at a time. */
const FORGET = 50;

/** Where an answer belongs; it opens nowhere else. */
export function keptAnswerAad({ owner, key }: Pick<KeyedRequest, "owner" | "key">): string {
  return `idempotency_keys|${owner}|${key}`;
}

function open(keyring: Keyring, request: KeyedRequest, row: KeyRow): KeptAnswer {
  const { key_id: keyId, sealed_key: sealedKey, sealed } = row;
  if (keyId === null || sealedKey === null || sealed === null) {
    throw new AppError("internal", "a kept answer is not whole");
  }
  const text = keyring.open(keptAnswerAad(request), { keyId, sealedKey, sealed }).open();
  return JSON.parse(text) as KeptAnswer;
}

type KeyRow = Selectable<Database["idempotency_keys"]> & { readonly running: boolean };

export function replays(db: Kysely<Database>, keyring: Keyring): ReplayStore {
  const digestOf = ({ content }: KeyedRequest): string => keyring.digest("request", content);
  return {
    async claimKey(request, { keptMs, runningMs }) {
      const { owner, key } = request;
      const digest = digestOf(request);
      return await transact(db, async (trx) => {
        await sql`
          delete from idempotency_keys where (owner, key) in (
            select owner, key from idempotency_keys where expires_at < now()
            order by expires_at limit ${FORGET} for update skip locked)`.execute(trx);
        const claimed = await sql`
          insert into idempotency_keys (owner, key, request, running_until, expires_at)
          values (${owner}, ${key}, ${digest}, now() + ${runningMs} * interval '1 ms', now() + ${keptMs} * interval '1 ms')
          on conflict (owner, key) do update
          set request = excluded.request, running_until = excluded.running_until, expires_at = excluded.expires_at,
              status = null, key_id = null, sealed_key = null, sealed = null
          where idempotency_keys.expires_at < now()
             or (idempotency_keys.running_until < now() and idempotency_keys.request = excluded.request)
          returning owner`.execute(trx);
        if (claimed.rows.length > 0) return { kind: "claimed" };
        const found = await sql<KeyRow>`
          select *, running_until is not null as running from idempotency_keys
          where owner = ${owner} and key = ${key}`.execute(trx);
        const [row] = found.rows;
        // It was let go between the two statements.
        if (row === undefined) return { kind: "running" };
        if (row.request !== digest) return { kind: "other" };
        return row.running
          ? { kind: "running" }
          : { kind: "answered", answer: open(keyring, request, row) };
      });
    },

    async keepAnswer(request, answer) {
      const text = new Secret(JSON.stringify(answer));
      await transact(db, async (trx) => {
        const sealed = await sealFor(trx, keyring, keptAnswerAad(request), text);
        await sql`
          update idempotency_keys
          set running_until = null, status = ${answer.status}, key_id = ${sealed.keyId},
              sealed_key = ${sealed.sealedKey}, sealed = ${sealed.sealed}
          where owner = ${request.owner} and key = ${request.key} and request = ${digestOf(request)}`.execute(
          trx,
        );
      });
    },

    async releaseKey(request) {
      await sql`
        delete from idempotency_keys
        where owner = ${request.owner} and key = ${request.key} and request = ${digestOf(request)}
          and running_until is not null`.execute(db);
    },
  };
}
