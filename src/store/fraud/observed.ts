/**
 * Detection in the transaction that stores what was read of a CPE. It is asked last, inside a savepoint: switched off it costs
 * a row, and failing it leaves the observation as it is and asks again later (I19).
 */
import { sql, type RawBuilder } from "kysely";
import type { ObservationRecord } from "../../ports/observation.ts";
import type { Trx } from "../transaction.ts";
import { digestBindings } from "./bindings.ts";
import { detect } from "./detect.ts";
import { enqueue } from "./due.ts";
import { around } from "./questions.ts";
import { beginFirstLook } from "./first-day.ts";
import { isEnabled } from "../../fraud/evaluate.ts";
import { SAME_BOOT_MS } from "../../fraud/rules/p03-serial-clone.ts";
import { policyInForce, type PolicyInForce } from "./policy.ts";
import type { Digest } from "./query.ts";
import { sharedSecrets } from "./secret-facts.ts";
import { shownBy, storeSecrets, storeSighting, type ShownAt } from "./shown.ts";

/** A template's password shows in many reads that come together: they are one question. PostgreSQL's interval. */
const SECRETS_IN = "5 minutes";

export interface ObservationWatch {
  /** @param live the CPE spoke; false: it stood in the memory of its ACS. Oldest first */
  observed(
    trx: Trx,
    device: number,
    observations: readonly ObservationRecord[],
    live: boolean,
  ): Promise<void>;
}

export function observationWatch(deps: {
  readonly digest: Digest;
  /** Told of what made an evaluation impossible. */
  readonly failed: (error: unknown) => void;
}): ObservationWatch {
  const { digest, failed } = deps;
  return {
    async observed(trx, device, observations, live) {
      let before: string | null = null;
      const left: Left = { credentials: new Set(), secrets: new Set(), inTime: null };
      for (const seen of observations) {
        const shown = shownBy(seen, digest);
        await storeSighting(trx, device, live, shown);
        const gone = await storeSecrets(trx, device, shown);
        const text = JSON.stringify({ ...shown, at: null, bootedAt: null });
        if (text === before) continue;
        before = text;
        await attempt(trx, device, { ...shown, gone }, { digest, failed, left });
      }
      await leave(trx, device, left);
    },
  };
}

/** To the queue, at the end: it waits with the lock of detection for the rows that are made due. */
interface Left {
  /** Of the ACS, that others show as well, or that it shows no more. */
  readonly secrets: Set<string>;
  /** Digests that were made along the way: who is bound has changed. */
  readonly credentials: Set<string>;
  /** The CPE itself, in so long; null: it is not to be looked at. */
  inTime: string | null;
}

interface Look {
  /** What documents name of it has no digests yet. */
  readonly undigested: boolean;
  readonly busy: boolean;
  readonly reused: boolean;
  readonly macShared: boolean;
  readonly own: boolean;
  /** Some credential is wanted of it. */
  readonly bound: boolean;
  /** By the inventory nobody should hear of it. */
  readonly gone: boolean;
  /** As its last read; null: this is the first. */
  readonly known: boolean | null;
  /** By its uptime it was up before its last boot, or booted while it was seen to be up. */
  readonly otherLife: boolean;
}

/**
 * What a read is good for: `now`, what concerns others, with the read; `later`, what concerns this CPE alone, by the queue, as
 * passes wait for one another in an evaluation; null, what no rule could say anything of. Most reads of a fleet are such, and cost
 * one look.
 */
function worth(row: Look): "now" | "later" | null {
  if (row.reused || (row.macShared && row.known !== true)) return "now";
  if (row.busy || row.gone || row.otherLife) return "later";
  if (row.known === false) return "later";
  // What is not its own is nothing new only of a CPE of which none is wanted, and that showed it before.
  return row.own || (row.known === true && !row.bound) ? null : "later";
}

/**
 * A box that reboots is told by its next read to have booted since the last one, and is nobody's business. Not asked where
 * the rule is off, or the box does not say.
 */
function otherLife(
  device: number,
  at: Date,
  bootedAt: Date | null,
  sameBootMs: number,
): RawBuilder<unknown> {
  if (bootedAt === null) return sql`false`;
  const slack = sql`${sameBootMs} * interval '1 ms'`;
  return sql`coalesce((
    select ${bootedAt}::timestamptz < s.booted_at - ${slack}
      or (${bootedAt}::timestamptz > s.booted_at + ${slack} and ${bootedAt}::timestamptz < s.at - ${slack})
    from device_sightings s where s.device = ${device} and s.at < ${at} and s.booted_at is not null
    order by s.at desc limit 1), false)`;
}

async function lookAt(
  trx: Trx,
  device: number,
  { at, credential, macs, firmware, bootedAt }: ShownAt,
  sameBootMs: number | null,
): Promise<Look> {
  const { rows } = await sql<Look>`
    select exists (
        select from findings f where f.devices @> array[${device}]::bigint[] and f.state <> 'closed')
      or exists (
        select from fraud_waiting w
        where w.focus in ('credential ' || ${credential}::text,
                          'serial ' || (select device_id from devices where device = ${device}))) as busy,
      exists (
        select from device_sightings o where o.credential = ${credential} and o.device <> ${device})
      or exists (
        select from credential_bindings b
        where b.device <> ${device} and b.until_at is null and ${credential} in (b.credential, b.bare)) as reused,
      ${macs.length > 0} and exists (
        select from device_sightings o where o.macs && ${macs}::text[] and o.device <> ${device}) as "macShared",
      exists (
        select from credential_bindings b
        where b.device = ${device} and b.until_at is null and ${credential} in (b.credential, b.bare)) as own,
      exists (
        select from credential_bindings b where b.device = ${device} and b.until_at is null) as bound,
      exists (
        select from devices d join inventory i on i.kind = 'stock' and i.about in (d.serial, d.device_id)
        where d.device = ${device} and i.says ->> 'state' not in ('in_service', 'in_stock')) as gone,
      ${otherLife(device, at, sameBootMs === null ? null : bootedAt, sameBootMs ?? 0)} as "otherLife",
      (select s.credential is not distinct from ${credential} and s.macs = ${macs}::text[]
         and s.firmware is not distinct from ${firmware} from device_sightings s
       where s.device = ${device} and s.at < ${at} order by s.at desc limit 1) as known,
      exists (
        select from credential_bindings b where b.device = ${device} and b.username is not null) as undigested`.execute(
    trx,
  );
  const [look] = rows;
  if (look === undefined) throw new Error("a select without a table gave no row");
  return look;
}

interface Seen extends ShownAt {
  /** Secrets that it shows no more. */
  readonly gone: readonly string[];
}

interface Asked {
  readonly digest: Digest;
  readonly failed: (error: unknown) => void;
  readonly left: Left;
}

async function attempt(trx: Trx, device: number, shown: Seen, asked: Asked): Promise<void> {
  await sql`savepoint detection`.execute(trx);
  try {
    await ask(trx, device, shown, asked);
    await sql`release savepoint detection`.execute(trx);
  } catch (error) {
    await sql`rollback to savepoint detection`.execute(trx);
    asked.failed(error);
    asked.left.inTime ??= "1 minute";
  }
}

async function leave(
  trx: Trx,
  device: number,
  { credentials, secrets, inTime }: Left,
): Promise<void> {
  await enqueue(trx, "credential", [...credentials]);
  await enqueue(trx, "secret", [...secrets], SECRETS_IN);
  if (inTime !== null) await enqueue(trx, "serial", [await idOf(trx, device)], inTime);
}

async function leaveSecrets(trx: Trx, device: number, shown: Seen, left: Left): Promise<void> {
  for (const one of await sharedSecrets(trx, device, shown)) left.secrets.add(one);
  for (const one of shown.gone) left.secrets.add(one);
}

/** ms; null: nobody asks whether one serial leads two lives. */
function sameBoot({ rules }: PolicyInForce): number | null {
  return isEnabled("P03", rules) ? (rules.P03?.thresholds?.["sameBootMs"] ?? SAME_BOOT_MS) : null;
}

async function idOf(trx: Trx, device: number): Promise<string> {
  const { device_id: id } = await trx
    .selectFrom("devices")
    .select("device_id")
    .where("device", "=", device)
    .executeTakeFirstOrThrow();
  return id;
}

async function ask(trx: Trx, device: number, shown: Seen, { digest, left }: Asked): Promise<void> {
  const policy = await policyInForce(trx, digest);
  if (!policy.detection) return;
  await beginFirstLook(trx);
  const sameBootMs = sameBoot(policy);
  let look = await lookAt(trx, device, shown, sameBootMs);
  if (look.undigested) {
    for (const one of await digestBindings(trx, digest, { device })) left.credentials.add(one);
    look = await lookAt(trx, device, shown, sameBootMs);
  }
  if (isEnabled("P10", policy.rules)) await leaveSecrets(trx, device, shown, left);
  // A name that is on a list is somebody's business even where it is the wanted one (P09).
  const isListed = policy.listed.some((one) => one.digest === shown.credential);
  const when = isListed ? "now" : worth(look);
  if (when === "later") left.inTime = "0 s";
  if (when !== "now") return;
  const id = await idOf(trx, device);
  const { credential, macs } = shown;
  const seeds = { credentials: credential === null ? [] : [credential], macs, devices: [device] };
  await detect(trx, policy, {
    ...around(seeds, policy),
    changes: (view) => {
      const sighting = view.sightingsOf(id).at(-1);
      return sighting === undefined ? [] : [{ kind: "sighting", sighting }];
    },
  });
}
