/**
 * Firmware in a pass: what became of a download, which one is due, and what it means that a device is away meanwhile. One
 * at a time: while one soaks no other one is sent, and while one is fetched nothing is written at all. That holds for
 * urgent changes too: they go before a download, as every other change does (`reconcile/plan.ts`), and from its intent to
 * the read that shows what became of it they wait, also while nobody knows whether it was sent. A CPE that boots with a
 * write in hand may lose it, or do it twice; the state names what waits.
 */
import type { Mapper, MapSet } from "../mapping/mapper.ts";
import { versionOrder } from "../mapping/version-schemes.ts";
import type { Ending } from "../model/conclusion.ts";
import type { Assessment } from "../model/plan.ts";
import { bootedAt } from "../reconcile/boot.ts";
import { markOf, RUNNING, type FirmwareContext, type SameVersion } from "../reconcile/firmware.ts";
import {
  isDownloading,
  judgeAbsence,
  judgeDownload,
  type Downloading,
} from "../reconcile/flashing.ts";
import type { Settled } from "../reconcile/verify.ts";
import { callContext } from "./context.ts";
import type { Deps } from "./deps.ts";
import { withLedger } from "./late.ts";
import type { Seen } from "./observe.ts";
import { databaseNow, type Pass } from "./pass.ts";
import { notice } from "./trouble.ts";

/** The CPE fetches before it boots; a look in the very next seconds would tell nothing. */
const FIRST_LOOK_MS = 60_000;

function downloading(pass: Pass): Downloading | undefined {
  return pass.loaded.openIntents.find(isDownloading);
}

function runningOf({ mapper, snapshot }: Pick<Seen, "mapper" | "snapshot">): string | null {
  const found = mapper.get(RUNNING, snapshot);
  return found.kind === "value" && typeof found.value === "string" ? found.value : null;
}

/** The ACS's word on a download that does not show; null where it has none. */
async function askedOf(
  intent: Downloading,
  pass: Pass,
  deps: Deps,
): Promise<"done" | "pending" | "failed" | null> {
  const { ticket } = intent;
  if (ticket === "" || deps.acs.taskStatus === undefined) return null;
  const said = await deps.acs.taskStatus(ticket, pass.device, callContext(pass, deps));
  if (said.kind === "done" || said.kind === "pending" || said.kind === "failed") return said.kind;
  if (said.kind === "unknown") await notice(said, pass, deps, "a look at a task");
  return null;
}

/** A download of an earlier pass, settled by this read or waited for. Ends the pass while it is not seen to run. */
export async function settleDownload(pass: Pass, seen: Seen, deps: Deps): Promise<Ending | null> {
  const intent = downloading(pass);
  if (intent === undefined) return null;
  const settings = deps.settings();
  const running = runningOf(seen);
  const { hop, seenAt } = intent.download;
  const now = databaseNow(pass, deps.clock.monotonicMs());
  const readAt = pass.observations.at(-1)?.readAt ?? now;
  const isOld = running !== null && running !== hop.version && seenAt === null;
  const verdict = judgeDownload(intent, {
    running,
    booted: bootedAt(seen.mapper, seen.snapshot, readAt),
    readAt,
    task: isOld ? await askedOf(intent, pass, deps) : null,
    absent: pass.loaded.status.reachable !== true,
    pull: pass.reach.kind === "pull",
    withinMs: settings.firmwareWithinMs,
    soakMs: settings.soakMs,
  });
  if (verdict.kind === "fetching") {
    const { detail, inMs } = verdict;
    return { kind: "flashing", reason: "FirmwareSent", detail, inMs, assessments: [], away: null };
  }
  if (verdict.kind === "soaking") {
    const { detail, inMs } = verdict;
    if (seenAt === null && verdict.seenAt !== null)
      pass.firmwareSeen = { id: intent.id, at: verdict.seenAt };
    pass.soaking = { detail, inMs };
    return null;
  }
  const firmware = { ...hop, sentAt: intent.intendedAt.toISOString() };
  if (verdict.kind !== "failed") {
    // A step on the way is not yet what was wanted: with a field named, each would count as a correction of it.
    const field = pass.effective.fields.find(({ name }) => name === "firmware");
    const isWhole = field?.name === "firmware" && field.value.version === hop.version;
    const fields = isWhole || verdict.kind === "lost" ? (["firmware"] as const) : [];
    const settled: Settled = { id: intent.id, fields, verdict: verdict.kind, firmware };
    pass.settled.push(...(await withLedger([settled], pass, seen, deps)));
    return null;
  }
  const { how, detail } = verdict;
  const told = { ...firmware, how, detail };
  const entry: Settled = { id: intent.id, fields: ["firmware"], verdict: "failed", firmware: told };
  // What it ran, or could not fetch, is done with; of any other the ACS may still tell it.
  const isOver = how === "reverted" || how === "transfer";
  pass.settled.push(...(isOver ? [entry] : await withLedger([entry], pass, seen, deps)));
  const of = markOf(hop);
  const reason = "FirmwareNotTaken";
  return { kind: "refused", fields: ["firmware"], how, of, reason, detail, assessments: [] };
}

/** What there is to decide on the next download; null where no firmware is wanted. */
export function firmwareContext(pass: Pass, seen: Seen, deps: Deps): FirmwareContext | null {
  const field = pass.effective.fields.find(({ name }) => name === "firmware");
  if (field?.name !== "firmware") return null;
  const { id, acs, identity, labels } = pass.loaded.record;
  return {
    images: pass.loaded.images,
    device: { id, acs, identity, labels, facts: seen.facts },
    wanted: field.value.version,
    same: sameVersion(deps.maps(), seen.mapper),
    busy: pass.soaking?.detail ?? null,
  };
}

/** As the narrowest of its maps compares versions that compares them at all. */
function sameVersion(maps: MapSet, { layers }: Mapper): SameVersion {
  for (const name of [...layers].reverse()) {
    const version = maps.maps.find((map) => map.name === name)?.match.softwareVersion;
    if (typeof version !== "object" || !("scheme" in version)) continue;
    const order = versionOrder(version);
    if (typeof order === "function") return (a, b) => a === b || order(a, b) === 0;
  }
  return (a, b) => a === b;
}

/** It was sent in this pass; the next one looks what became of it. */
export function sent(assessments: readonly Assessment[]): Ending {
  const detail = "it was told to fetch its firmware, and boots by itself";
  const inMs = FIRST_LOOK_MS;
  return { kind: "flashing", reason: "FirmwareSent", detail, inMs, assessments, away: null };
}

/** All is as it should be, and the firmware has not held for long enough yet. */
export function soaking(pass: Pass, assessments: readonly Assessment[]): Ending | null {
  if (pass.soaking === null) return null;
  return { kind: "flashing", reason: "FirmwareSoaking", ...pass.soaking, assessments, away: null };
}

/** A device that is away with a firmware under way boots, or does not come back; neither is plain silence. */
export function whileFlashing(ending: Ending, pass: Pass, deps: Deps): Ending {
  if (ending.kind !== "away") return ending;
  const intent = downloading(pass);
  if (intent === undefined || pass.settled.some(({ id }) => id === intent.id)) return ending;
  const now = databaseNow(pass, deps.clock.monotonicMs());
  const { contactAt } = pass.loaded.status;
  const { lost, detail } = judgeAbsence(intent, contactAt, now, deps.settings().firmwareWithinMs);
  const evidence = {
    ...intent.download.hop,
    sentAt: intent.intendedAt.toISOString(),
    lastContactAt: contactAt?.toISOString() ?? null,
    said: ending.detail,
  };
  return {
    kind: "flashing",
    reason: lost ? "NotReturned" : "FirmwareSent",
    detail,
    inMs: FIRST_LOOK_MS,
    assessments: [],
    away: { lost: lost ? evidence : null },
  };
}
