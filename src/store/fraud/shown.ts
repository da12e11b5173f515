/** What a read shows that the rules ask for, and where it is kept: digests, and nothing in clear. */
import { sql } from "kysely";
import type { ObservationRecord } from "../../ports/observation.ts";
import type { Trx } from "../transaction.ts";
import type { Digest } from "./query.ts";

const MACS = ["wan.mac", "wan.ppp.mac", "wan.ip.mac", "device.mac"];

/** Boxes that count from 1970 until they know the time say so; nothing runs that long. */
const LONGEST_UPTIME_S = 10 * 366 * 86_400;

export interface Shown {
  readonly credential: string | null;
  readonly macs: readonly string[];
  readonly firmware: string | null;
}

export interface ShownAt extends Shown {
  readonly at: Date;
  readonly bootedAt: Date | null;
  /** When its ACS last saw it bootstrap, in the words of that ACS. */
  readonly bootstrapped: string | null;
  readonly secrets: readonly SecretShown[];
}

export interface SecretShown {
  readonly opens: ObservationRecord["secrets"][number]["opens"];
  readonly digest: string;
}

export function shownBy(seen: ObservationRecord, digest: Digest): ShownAt {
  const { credentials, decoded, facts, readAt, epoch, secrets } = seen;
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
    at: readAt,
    bootedAt: bootedAt(seen),
    bootstrapped: epoch.bootstrapped,
    // Under a label of its own: what a CPE shows is never compared with what we keep of it elsewhere.
    secrets: secrets.map(({ opens, value }) => ({
      opens,
      digest: digest("shown-secret", value.open()),
    })),
  };
}

/** Zero is what boxes say that do not know it yet. */
function bootedAt({ readAt, uptimeSeconds }: ObservationRecord): Date | null {
  return uptimeSeconds === null || uptimeSeconds <= 0 || uptimeSeconds > LONGEST_UPTIME_S
    ? null
    : new Date(readAt.getTime() - uptimeSeconds * 1_000);
}

export async function storeSighting(
  trx: Trx,
  device: number,
  live: boolean,
  { at, credential, macs, firmware, bootedAt: booted, bootstrapped }: ShownAt,
): Promise<void> {
  await sql`
    insert into device_sightings (device, at, live, credential, macs, firmware, booted_at, bootstrapped)
    values (${device}, ${at}, ${live}, ${credential}, ${macs}, ${firmware}, ${booted}, ${bootstrapped})
    on conflict do nothing`.execute(trx);
}

/** @returns digests that it showed before and shows no more in their place. Nothing shown: no statement */
export async function storeSecrets(
  trx: Trx,
  device: number,
  { at, secrets }: ShownAt,
): Promise<readonly string[]> {
  if (secrets.length === 0) return [];
  const { rows } = await sql<{ digest: string }>`
    with shown as materialized (
      select opens, digest from jsonb_to_recordset(${JSON.stringify(secrets)}::jsonb) as x (opens text, digest text)
    ), before as materialized (
      select b.opens, b.digest from device_secrets b join shown using (opens) where b.device = ${device}
    ), put as (
      insert into device_secrets as d (device, opens, digest, first_at, last_at)
      select ${device}, opens, digest, ${at}, ${at} from shown
      on conflict (device, opens) do update
      set digest = excluded.digest, last_at = excluded.last_at,
          first_at = case when d.digest = excluded.digest then d.first_at else excluded.first_at end
      where d.last_at < excluded.last_at
      returning opens, digest
    )
    select b.digest from before b join put p using (opens) where b.digest <> p.digest`.execute(trx);
  return rows.map((row) => row.digest);
}
