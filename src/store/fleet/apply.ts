/** Applying manifests: all of it or nothing, and never more of the fleet than the person who applies has confirmed. */
import { sql, type Kysely } from "kysely";
import { AppError } from "../../lib/errors.ts";
import type { DeviceKey, MapRecord } from "../../model/records.ts";
import type { Actor, ApplyPlan, ApplyResult, FleetStore } from "../../ports/fleet-store.ts";
import { makeDue, makeDueInTurn } from "../due.ts";
import type { Database } from "../tables.ts";
import { applyDevices } from "./apply-devices.ts";
import { applyRecords, checkReferences } from "./apply-records.ts";
import { effectOf, type Effect } from "./effect.ts";
import { showHolds } from "./holds.ts";
import { mapRecords } from "../map-records.ts";
import { layerRecords } from "./records.ts";
import { imagesAmong, reimagedDevices } from "./reimage.ts";
import { remappedDevices } from "./remap.ts";
import { rehearse, transact, type Trx } from "../transaction.ts";

/** I12: more devices than the smaller of these are touched only when their exact number is named. */
const UNASKED_DEVICES = 50;
const UNASKED_SHARE = 0.1;

/** Applies wait for one another: a count that is confirmed is the count that is applied. */
async function oneAtATime(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('plumbline.apply'))`.execute(trx);
}

function refuseConflict(conflict: NonNullable<Effect["conflict"]>): never {
  const { device, clash } = conflict;
  const names = clash.records.join(" and ");
  throw new AppError(
    "profile_conflict",
    `Profiles ${names} have selectors of equal rank and say different things of ${clash.field} on ${device}. ` +
      "Give one of them a further term, or make them agree.",
    { details: { profiles: clash.records, field: clash.field, device } },
  );
}

/** More than may change unasked needs its exact number (I12). */
export async function confirmCount(trx: Trx, count: number, expect: number | null): Promise<void> {
  if (expect === count) return;
  const { rows } = await sql<{ total: number }>`
    select count(*)::int as total from devices`.execute(trx);
  const total = rows[0]?.total ?? 0;
  if (expect === null && count <= Math.min(UNASKED_DEVICES, total * UNASKED_SHARE)) return;
  const many = `This touches ${count} of ${total} devices`;
  throw new AppError(
    "count_unconfirmed",
    expect === null
      ? `${many}, more than may change unasked. Look which, then confirm the number: --expect ${count}.`
      : `${many}, not ${expect} as confirmed. Look again, then confirm: --expect ${count}.`,
    { details: { count, total, expected: expect } },
  );
}

/** Devices that waited for what these records now say; they were counted when they began to want something. */
async function waitingFor(trx: Trx, written: ReadonlySet<string>): Promise<DeviceKey[]> {
  const acs = [...written].flatMap((name) => (name.startsWith("Acs/") ? [name.slice(4)] : []));
  const maps = [...written].some((name) => name.startsWith("ParameterMap/"));
  if (acs.length === 0 && !maps) return [];
  const found = await sql<{ device: DeviceKey }>`
    select s.device from device_status s join work w on w.device = s.device
    where (w.acs = any(${acs}::text[]) and s.reason in ('ObserveMode', 'OutOfScope', 'AcsNotAnswering'))
       or (${maps} and s.state = 'unmapped')`.execute(trx);
  return found.rows.map(({ device }) => device);
}

async function remappedBy(
  trx: Trx,
  plan: ApplyPlan,
  before: readonly MapRecord[],
): Promise<DeviceKey[]> {
  if (plan.remap === undefined) throw new Error("a plan that writes maps cannot tell what they do");
  return await remappedDevices(trx, plan.remap(before, await mapRecords(trx)));
}

function reasonOf(written: ReadonlySet<string>, actor: Actor): string {
  const [first = "its registration", ...others] = written;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return `${actor.owner} applied ${first}${more}`;
}

export function apply(db: Kysely<Database>): Pick<FleetStore, "apply" | "confirmDevices"> {
  return {
    async confirmDevices(count, expect) {
      await transact(db, async (trx) => {
        await confirmCount(trx, count, expect);
      });
    },
    async apply(plan, actor, { dryRun, expect }): Promise<ApplyResult> {
      return await rehearse(db, dryRun, async (trx) => {
        await oneAtATime(trx);
        const before = await layerRecords(trx);
        const maps = plan.records.some(({ kind }) => kind === "ParameterMap")
          ? await mapRecords(trx)
          : null;
        const imagesBefore = await imagesAmong(trx, plan.records);
        const records = await applyRecords(trx, plan.records, actor);
        await checkReferences(trx, plan);
        const devices = await applyDevices(trx, plan.devices, actor);

        const written = new Set([...records.created, ...records.changed]);
        const after = await layerRecords(trx);
        const effect = await effectOf(trx, { before, after, written, devices: devices.moved });
        if (effect.conflict !== null) refuseConflict(effect.conflict);
        const { claimed } = effect;
        const remapped = maps === null ? [] : await remappedBy(trx, plan, maps);
        const images = await imagesAmong(trx, plan.records);
        const reimaged = await reimagedDevices(trx, imagesBefore, images, after, written);
        const known = [...remapped, ...reimaged].filter(
          (device) => devices.moved.get(device) !== null,
        );
        const touched = [...new Set([...effect.touched, ...known])];
        // A rehearsal without a number asks for the number; with one it is held to it.
        if (!dryRun || expect !== null) await confirmCount(trx, touched.length, expect);

        const waiting = await waitingFor(trx, written);
        const { paced } = effect;
        const now = [...effect.touched.filter((key) => !paced.has(key)), ...known];
        const due = new Set([...now, ...claimed, ...waiting, ...devices.rehomed]);
        const inTurn = [...paced].filter((key) => !due.has(key));
        await showHolds(trx, devices.holds);
        await makeDue(trx, [...due], "drift", reasonOf(written, actor));
        await makeDueInTurn(trx, inTurn, reasonOf(written, actor));
        return {
          created: [...records.created, ...devices.created],
          changed: [...records.changed, ...devices.changed],
          unchanged: [...records.unchanged, ...devices.unchanged],
          touched: touched.length,
        };
      });
    },
  };
}
