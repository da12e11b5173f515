/** Is it there, what is it, what does it hold: the reading half of a pass. Each function ends the pass or goes on. */
import type { Mapper } from "../mapping/mapper.ts";
import type { Ending } from "../model/conclusion.ts";
import { mergeFacts, type DeviceFacts } from "../model/device.ts";
import { epochOf, isNewEpoch } from "../model/epoch.ts";
import { overlay, type Snapshot } from "../model/parameter.ts";
import type { StoredObservation } from "../model/records.ts";
import { logicalsOf } from "../reconcile/carriers.ts";
import { diff } from "../reconcile/diff.ts";
import { alsoRead, informIntervalMs } from "../reconcile/inform.ts";
import { lineMac } from "../reconcile/line-mac.ts";
import { secretsAlong } from "../reconcile/shown-secrets.ts";
import { callContext } from "./context.ts";
import type { Deps } from "./deps.ts";
import type { Waiting } from "../ports/acs.ts";
import { observationOf, toldBy } from "./observation.ts";
import { databaseNow, noteAsked, noteKnock, waitsAfterAll, type Pass } from "./pass.ts";
import { endingOf } from "./trouble.ts";

export interface Seen {
  readonly kind: "seen";
  readonly mapper: Mapper;
  readonly snapshot: Snapshot;
  readonly facts: DeviceFacts;
}

/** A device that showed itself within this time is asked directly; otherwise the ACS is asked first whether it is there. */
const CONTACT_FRESH_MS = 15 * 60_000;
/** An observation this young need not be made again before a write, if nothing was sent since. */
const OBSERVATION_FRESH_MS = 60_000;

/** Asks for a sign of life where the last one is too old. Ends the pass when there is none. */
export async function reach(pass: Pass, deps: Deps): Promise<Ending | null> {
  const { status } = pass.loaded;
  const age =
    status.contactAt === null ? Infinity : pass.loaded.now.getTime() - status.contactAt.getTime();
  if (status.reachable === true && age < CONTACT_FRESH_MS) return null;
  if (readsAtOnce(pass, deps)) return null;
  const answer = await deps.acs.status(pass.device, callContext(pass, deps));
  if (answer.kind === "online" || answer.kind === "offline")
    pass.acsContactAt = answer.contactAt ?? null;
  if (answer.kind === "online") {
    pass.contact = true;
    // It has come back: from here on it is served, and no longer looked for.
    if (pass.class === "probe") pass.class = "returning";
    return null;
  }
  if (answer.kind === "offline") {
    if (answer.unreached === true) {
      noteKnock(pass, false, pass.loaded.now);
      if (waitsAfterAll(pass)) return await reach(pass, deps);
    }
    return { kind: "away", reason: "NoSignOfLife", detail: "the ACS says that it is not online" };
  }
  return await endingOf(answer, pass, deps, "a status call");
}

/**
 * A read that was due asks the CPE anyway, so where nearly all are there a look before it is a call for nothing. Not where
 * the ACS tells from its memory: that look costs it nothing, and spares a CPE that is away a connection request.
 */
function readsAtOnce(pass: Pass, { acs, surelyThere }: Deps): boolean {
  const isDueRead = pass.class === "read" && pass.loaded.status.reachable === true;
  return isDueRead && !acs.capabilities.lastContact && surelyThere();
}

/** The map for what is known of the device; the ACS is asked only when that does not decide. */
async function chooseMap(pass: Pass, deps: Deps): Promise<Mapper | Ending> {
  const selection = deps.maps().select(pass.loaded.record.facts);
  if (selection.kind === "map") return selection.mapper;
  if (selection.kind === "undecided" && selection.likely !== null) return selection.likely;
  const told = await deps.acs.identify(pass.device, callContext(pass, deps));
  if (told.kind !== "facts") return await endingOf(told, pass, deps, "an identify call");
  const known = mergeFacts(pass.loaded.record.facts, told.facts);
  const again = deps.maps().select(known);
  if (again.kind === "map") return again.mapper;
  if (again.kind === "undecided" && again.likely !== null) return again.likely;
  const detail =
    again.kind === "none" ? again.reason : `cannot decide without ${again.missing.join(", ")}`;
  return { kind: "unmapped", reason: "MapNotFound", detail };
}

async function readWith(
  mapper: Mapper,
  known: Snapshot | null,
  pass: Pass,
  deps: Deps,
): Promise<Seen | Ending> {
  const logicals = [
    ...logicalsOf(pass.effective, mapper),
    ...alsoRead(mapper, known),
    ...lineMac(pass.effective, mapper, known),
    ...(pass.loaded.asksSecrets ? secretsAlong(pass.effective, mapper, known) : []),
  ];
  const names = mapper.wanted(logicals, known);
  const readAt = databaseNow(pass, deps.clock.monotonicMs());
  const answer = await deps.acs.read(
    pass.device,
    names,
    mapper.identityPath,
    callContext(pass, deps),
  );
  if (answer.kind === "away") {
    if (answer.unreached === true) {
      noteKnock(pass, false, readAt);
      if (waitsAfterAll(pass)) return await readWith(mapper, known, pass, deps);
    }
    return { kind: "away", reason: "ReadFailed", detail: answer.detail };
  }
  if (answer.kind === "waiting") return waitingFor(answer, readAt, pass);
  if (answer.kind === "refused") {
    return {
      kind: "away",
      reason: "ReadFailed",
      detail: `the ACS could not read it (${answer.code}): ${answer.text}`,
    };
  }
  if (answer.kind !== "values") {
    // What is not believed now would be looked at again for ever.
    if (answer.kind === "unknown" && answer.sent) noteAsked(pass, null);
    return await endingOf(answer, pass, deps, "a read");
  }
  pass.contact = true;
  const saidAt = saidAtOf(answer.afterMs, readAt, pass);
  const snapshot = known === null ? answer.snapshot : overlay(known, answer.snapshot);
  const facts = mergeFacts(pass.loaded.record.facts, mapper.facts(answer.snapshot));
  pass.epoch = epochOf(facts, pass.loaded.status.bootstrapped);
  const told = toldBy(mapper, snapshot, answer.snapshot);
  pass.observations.push(
    observationOf(mapper, snapshot, facts, saidAt, pass.changeId, pass.epoch, told),
  );
  pass.informIntervalMs = informIntervalMs(mapper, snapshot) ?? pass.informIntervalMs;
  return { kind: "seen", mapper, snapshot, facts };
}

/** The ticket keeps the moment at which it was first asked; a change that waits has none. */
function waitingFor({ ticket, detail, inMs }: Waiting, now: Date, pass: Pass): Ending {
  if (ticket !== (pass.reach.asked?.ticket ?? null))
    noteAsked(pass, ticket === null ? null : { ticket, at: now });
  const sent = pass.steps > 0 || pass.loaded.openIntents.length > 0;
  return { kind: "waiting", detail, inMs, sent };
}

/** When the CPE said what was read: now, or some time after the question that has waited for its Inform. */
function saidAtOf(afterMs: number | undefined, now: Date, pass: Pass): Date {
  const { asked } = pass.reach;
  if (afterMs === undefined) {
    noteKnock(pass, true, now);
    return now;
  }
  noteAsked(pass, null);
  return new Date(Math.min(now.getTime(), (asked?.at ?? now).getTime() + afterMs));
}

/** The last read of an earlier pass, where it was made through this map and the device has not been another one since. */
export function storedBefore(pass: Pass, mapper: Mapper): StoredObservation | null {
  const { observation } = pass.loaded;
  if (observation === null || isNewEpoch(observation.epoch, pass.epoch)) return null;
  return observation.mapHash === mapper.hash ? observation : null;
}

/** Young enough, made through the same map, and nothing was sent since: it may carry a decision to write. */
function isFresh(pass: Pass, mapper: Mapper): boolean {
  const { observation, openIntents, now } = pass.loaded;
  if (observation === null || observation.mapHash !== mapper.hash || openIntents.length > 0)
    return false;
  if (pass.work.class === "read" || pass.loaded.status.reachable !== true) return false;
  return now.getTime() - observation.readAt.getTime() < OBSERVATION_FRESH_MS;
}

/**
 * The device through the map that fits what it says of itself; reads again, and whole tables, when that is another one than
 * expected, or when it runs another firmware, which may have moved its rows.
 */
export async function firstLook(pass: Pass, deps: Deps): Promise<Seen | Ending> {
  const mapper = await chooseMap(pass, deps);
  if ("kind" in mapper) return mapper;
  const known = storedBefore(pass, mapper)?.snapshot ?? null;
  if (known !== null && isFresh(pass, mapper) && showsDrift(pass, mapper, known)) {
    return { kind: "seen", mapper, snapshot: known, facts: pass.loaded.record.facts };
  }
  const seen = await readWith(mapper, known, pass, deps);
  if (seen.kind !== "seen") return seen;
  const fitting = deps.maps().select(seen.facts);
  const before = pass.loaded.record.facts.softwareVersion;
  const isNew = before !== null && seen.facts.softwareVersion !== before;
  const asBefore = known === null || (storedBefore(pass, mapper) !== null && !isNew);
  if (fitting.kind === "map" && fitting.mapper.hash === mapper.hash && asBefore) return seen;
  if (fitting.kind !== "map") {
    const detail =
      fitting.kind === "none"
        ? fitting.reason
        : `it does not say its ${fitting.missing.join(", ")}`;
    return { kind: "unmapped", reason: "MapNotFound", detail };
  }
  return await readWith(fitting.mapper, null, pass, deps);
}

/** Only a difference can be acted on without a new read; that all is well has to be seen now. */
function showsDrift(pass: Pass, mapper: Mapper, known: Snapshot): boolean {
  const assessments = diff(pass.effective, mapper, known, pass.secretStates);
  return (
    assessments.some(({ kind }) => kind === "drift") &&
    assessments.every(({ kind }) => kind === "drift" || kind === "equal")
  );
}

/** The read that proves a write, or does not: the same names again, rows included. */
export async function lookAgain(seen: Seen, pass: Pass, deps: Deps): Promise<Seen | Ending> {
  return await readWith(seen.mapper, seen.snapshot, pass, deps);
}
