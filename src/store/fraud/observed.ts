/**
 * Detection in the transaction that stores what was read of a CPE. It is asked last, inside a savepoint: switched off it costs
 * a row, and failing it leaves the observation as it is and asks again later (I19).
 */
import { sql } from "kysely";
import type { ObservationRecord } from "../../ports/observation.ts";
import type { Trx } from "../transaction.ts";
import { digestBindings } from "./bindings.ts";
import { detect } from "./detect.ts";
import { enqueue } from "./due.ts";
import { beginFirstLook } from "./first-day.ts";
import { policyInForce } from "./policy.ts";
import type { Digest } from "./query.ts";

const MACS = ["wan.mac", "wan.ppp.mac", "wan.ip.mac", "device.mac"];

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
      const left: Left = { credentials: new Set(), inTime: null };
      for (const seen of observations) {
        const shown = shownBy(seen, digest);
        await storeSighting(trx, device, seen.readAt, live, shown);
        const text = JSON.stringify(shown);
        if (text === before) continue;
        before = text;
        await attempt(trx, device, { ...shown, at: seen.readAt }, { digest, failed, left });
      }
      await leave(trx, device, left);
    },
  };
}

/** To the queue, at the end: it waits with the lock of detection for the rows that are made due. */
interface Left {
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
}

/**
 * What a read is good for: `now`, what concerns others, with the read; `later`, what concerns this CPE alone, by the queue, as
 * passes wait for one another in an evaluation; null, what no rule could say anything of. Most reads of a fleet are such, and cost
 * one look.
 */
function worth(row: Look): "now" | "later" | null {
  if (row.reused || (row.macShared && row.known !== true)) return "now";
  if (row.busy || row.gone) return "later";
  if (row.known === false) return "later";
  // What is not its own is nothing new only of a CPE of which none is wanted, and that showed it before.
  return row.own || (row.known === true && !row.bound) ? null : "later";
}

async function lookAt(
  trx: Trx,
  device: number,
  { at, credential, macs, firmware }: SeenAt,
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

interface SeenAt extends Shown {
  readonly at: Date;
}

interface Shown {
  readonly credential: string | null;
  readonly macs: readonly string[];
  readonly firmware: string | null;
}

function shownBy({ credentials, decoded, facts }: ObservationRecord, digest: Digest): Shown {
  const [first] = credentials;
  const macs = MACS.flatMap((logical) => {
    const { kind, value } = decoded[logical] ?? {};
    const digits =
      kind === "value"
        ? String(value)
            .replace(/[^0-9a-f]/gi, "")
            .toLowerCase()
        : "";
    return digits.length === 12 ? [digits] : [];
  });
  return {
    credential: first === undefined ? null : digest("username", first.normalised),
    macs: [...new Set(macs)],
    firmware: facts.softwareVersion,
  };
}

async function storeSighting(
  trx: Trx,
  device: number,
  at: Date,
  live: boolean,
  { credential, macs, firmware }: Shown,
): Promise<void> {
  await sql`
    insert into device_sightings (device, at, live, credential, macs, firmware)
    values (${device}, ${at}, ${live}, ${credential}, ${macs}, ${firmware}) on conflict do nothing`.execute(
    trx,
  );
}

interface Asked {
  readonly digest: Digest;
  readonly failed: (error: unknown) => void;
  readonly left: Left;
}

async function attempt(trx: Trx, device: number, shown: SeenAt, asked: Asked): Promise<void> {
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

async function leave(trx: Trx, device: number, { credentials, inTime }: Left): Promise<void> {
  await enqueue(trx, "credential", [...credentials]);
  if (inTime !== null) await enqueue(trx, "serial", [await idOf(trx, device)], inTime);
}

async function idOf(trx: Trx, device: number): Promise<string> {
  const { device_id: id } = await trx
    .selectFrom("devices")
    .select("device_id")
    .where("device", "=", device)
    .executeTakeFirstOrThrow();
  return id;
}

async function ask(
  trx: Trx,
  device: number,
  shown: SeenAt,
  { digest, left }: Asked,
): Promise<void> {
  const policy = await policyInForce(trx, digest);
  if (!policy.detection) return;
  await beginFirstLook(trx);
  let look = await lookAt(trx, device, shown);
  if (look.undigested) {
    for (const one of await digestBindings(trx, digest, { device })) left.credentials.add(one);
    look = await lookAt(trx, device, shown);
  }
  // A name that is on a list is somebody's business even where it is the wanted one (P09).
  const isListed = policy.listed.some((one) => one.digest === shown.credential);
  const when = isListed ? "now" : worth(look);
  if (when === "later") left.inTime = "0 s";
  if (when !== "now") return;
  const id = await idOf(trx, device);
  const { credential, macs } = shown;
  const seeds = { credentials: credential === null ? [] : [credential], macs, devices: [device] };
  await detect(trx, policy, {
    seeds,
    changes: (view) => {
      const sighting = view.sightingsOf(id).at(-1);
      return sighting === undefined ? [] : [{ kind: "sighting", sighting }];
    },
  });
}
