/** What deciding on a response asks for: whose the credential is, which sessions are of others, and how much was done lately. */
import { sql } from "kysely";
import type { Finding } from "../../fraud/findings.ts";
import { CAPS, foreignOf, type Counts, type Subject } from "../../fraud/response.ts";
import { runningSessions, type RunningSession } from "../aaa-asks.ts";
import { PASSWORD_FIELD } from "../secrets.ts";
import type { Trx } from "../transaction.ts";
import { list } from "./query.ts";

/** A session on a line is told of every few minutes; one that nobody spoke of for so long may be over. */
const RUNNING_MINUTES = 60;
const MAC = /^[0-9a-f]{12}$/;

export interface Bound {
  readonly device: number;
  readonly writer: string;
  /** Of the password that it has; 0: none. */
  readonly version: number;
}

export interface About {
  /** To whom the credential is bound now, oldest binding first. */
  readonly bound: readonly Bound[];
  readonly protected: boolean;
  /** Sessions of others that run now; or that it cannot be told whose is whose. */
  readonly foreign: readonly RunningSession[] | "own_side_unknown";
}

/** @param devices of ours that the finding speaks of */
export async function aboutFinding(
  trx: Trx,
  finding: Finding,
  devices: readonly number[],
): Promise<About> {
  const { credential } = finding.evidence;
  const bound = await boundTo(trx, credential);
  const sides = macsOf(finding);
  const spokenOf = list([...devices, ...bound.map(({ device }) => device)]);
  const sessions =
    credential === null ? [] : await runningSessions(trx, sql`${credential}`, RUNNING_MINUTES);
  return {
    bound,
    protected: await isProtected(trx, spokenOf, [...sides]),
    foreign: foreignOf(sessions, {
      ended: bound.length === 0 && (await hasEnded(trx, credential)),
      sides,
      own: await ownMacs(
        trx,
        bound.map(({ device }) => device),
      ),
    }),
  };
}

/** What the step would touch. */
export function subjectOf(step: "rotate" | "disconnect", { bound, foreign }: About): Subject {
  if (step === "rotate") {
    return bound.length === 1 ? { kind: "service" } : { kind: "none", why: "no_service" };
  }
  return foreign === "own_side_unknown"
    ? { kind: "none", why: foreign }
    : { kind: "sessions", count: foreign.length };
}

/** MACs of the boxes that a finding is about: its sides are named by them, or show them. */
function macsOf({ sides, members, evidence }: Finding): ReadonlySet<string> {
  const shown = evidence.exhibits.flatMap(({ kind, says: { mac } }) =>
    kind === "side" && typeof mac === "string" ? [mac] : [],
  );
  return new Set([...sides, ...members, ...shown].filter((one) => MAC.test(one)));
}

async function boundTo(trx: Trx, credential: string | null): Promise<readonly Bound[]> {
  const { rows } = await sql<Bound>`
    select b.device, b.writer, coalesce(s.version, 0) as version
    from credential_bindings b
      left join secrets s on s.device = b.device and s.writer = b.writer and s.field = ${PASSWORD_FIELD}
    where b.credential = ${credential} and b.until_at is null order by b.binding limit 10`.execute(
    trx,
  );
  return rows;
}

async function hasEnded(trx: Trx, credential: string | null): Promise<boolean> {
  const { rows } = await sql`
    select from credential_bindings where credential = ${credential} and ended limit 1`.execute(
    trx,
  );
  return rows.length > 0;
}

/** Also a device that is recognised by its MAC alone. */
async function isProtected(
  trx: Trx,
  devices: readonly number[],
  macs: readonly string[],
): Promise<boolean> {
  const { rows } = await sql`
    select from devices
    where labels ? 'protected'
      and (device = any(${list(devices)}::bigint[])
           or device in (select device from device_aliases where kind = 'mac' and alias = any(${list(macs)}))
           or device in (select device from device_sightings where macs && ${list(macs)}::text[]))
    limit 1`.execute(trx);
  return rows.length > 0;
}

/** Of the bound box, by its record and by all that it showed lately. */
async function ownMacs(trx: Trx, devices: readonly number[]): Promise<ReadonlySet<string>> {
  if (devices.length === 0) return new Set();
  const { rows } = await sql<{ mac: string }>`
    select alias as mac from device_aliases where kind = 'mac' and device = any(${list(devices)}::bigint[])
    union
    select unnest(macs) from device_sightings where device = any(${list(devices)}::bigint[])`.execute(
    trx,
  );
  return new Set(rows.map(({ mac }) => mac));
}

/** Automatic responses of the whole installation, done and merely noted. Under the lock of responses, or it is no bound. */
export async function countsNow(
  trx: Trx,
): Promise<{ readonly shadow: Counts; readonly live: Counts }> {
  const { rows } = await sql<Counts & { mode: "shadow" | "live" }>`
    select mode, count(*)::int as today,
      (count(*) filter (where decided_at > now() - ${CAPS.latelyMs} * interval '1 ms'))::int as lately
    from fraud_responses
    where automatic and verdict = 'act' and decided_at > now() - ${CAPS.todayMs} * interval '1 ms'
    group by mode`.execute(trx);
  const of = (mode: "shadow" | "live"): Counts =>
    rows.find((row) => row.mode === mode) ?? { lately: 0, today: 0 };
  return { shadow: of("shadow"), live: of("live") };
}
