/**
 * P03: one serial, two lives in the ACS. What tells two boxes apart is the time of boot that their uptimes imply: a box with a
 * backup link changes its address and keeps its uptime, a box that reboots never goes back to its old one.
 */
import { sightingExhibit } from "../evidence.ts";
import { bootedAt, saysBoot, type Sighting } from "../facts/acs.ts";
import { HOUR, MINUTE } from "../facts/instant.ts";
import { bench } from "../guards/places.ts";
import { firmwareRollout, swapBooked } from "../guards/windows.ts";
import type { Suspicion } from "../verdict.ts";
import type { View } from "../view.ts";
import { rule } from "./rule.ts";
import { boundSide } from "./use.ts";

/** Two readings of one life: an uptime counts seconds, and an ACS may hand an answer over late. */
export const SAME_BOOT_MS = 30 * MINUTE;

const THRESHOLDS = {
  alternations: 3,
  withinMs: 6 * HOUR,
  sameBootMs: SAME_BOOT_MS,
  /** *Ours.* The oldest answer that an ACS may hand over for a new one. One reading alone proves a life only beyond it. */
  lateAnswerMs: 6 * HOUR,
};

export const serialClone = rule({
  id: "P03",
  name: "serial-clone",
  sources: ["S2"],
  severity: "high",
  onByDefault: false,
  version: 2,
  by: ["serial"],
  thresholds: THRESHOLDS,
  guards: [bench, swapBooked, firmwareRollout],
  find: ({ id: serial }, view, t) => {
    const informs = view.sightingsOf(serial).filter(({ live }) => live);
    return twoLives(serial, informs, view, t) ?? alternating(serial, informs, view, t) ?? [];
  },
});

interface Timed {
  readonly sighting: Sighting;
  readonly boot: number;
}

/**
 * Uptime goes to another life and comes back: both are alive. A single reading between may be an old answer of the same
 * box, so it proves something only where no answer is that old, or where its life was read twice.
 */
function twoLives(
  serial: string,
  informs: readonly Sighting[],
  view: View,
  t: typeof THRESHOLDS,
): Suspicion[] | null {
  const timed = informs.flatMap((sighting): Timed[] => {
    const boot = bootedAt(sighting);
    return boot === null ? [] : [{ sighting, boot }];
  });
  const isOne = (a: number, b: number): boolean => Math.abs(a - b) <= t.sameBootMs;
  const found: Suspicion[] = [];
  for (const [index, { sighting, boot }] of timed.entries()) {
    const earlier = timed.slice(0, index);
    const before = earlier.at(-1);
    if (before === undefined || isOne(before.boot, boot)) continue;
    const old = earlier.find((one) => isOne(one.boot, boot));
    if (old !== undefined && before.boot > old.boot) {
      const readTwice = timed.filter((one) => isOne(one.boot, before.boot)).length > 1;
      const proven = readTwice || before.boot - old.boot > t.lateAnswerMs;
      const seen = [old.sighting, before.sighting, sighting];
      found.push(suspicion(serial, view, seen, "uptime_of_two_lives", proven));
    }
    // It was up at the time at which the other says to have booted. No restart explains that; a box that sleeps, and does
    // not count that, may.
    const upThen = boot > before.boot && boot < before.sighting.at - t.sameBootMs;
    if (upThen) {
      const seen = [before.sighting, sighting];
      found.push(suspicion(serial, view, seen, "uptime_of_two_lives", false));
    }
  }
  const first = found.find(({ confirmedAt }) => confirmedAt !== null) ?? found[0];
  if (first !== undefined) return [first];
  // A read carries no events, and an Inform can be lost: a restart that nobody told is a weak sign.
  for (const [index, { sighting, boot }] of timed.entries()) {
    const before = timed[index - 1];
    const later = before !== undefined && boot > before.boot + t.sameBootMs;
    if (later && sighting.events.length > 0 && !saysBoot(sighting)) {
      return [suspicion(serial, view, [before.sighting, sighting], "uptime_backwards", false)];
    }
  }
  return null;
}

/** Sites or versions take turns while nothing proves that one box shows both. */
function alternating(
  serial: string,
  informs: readonly Sighting[],
  view: View,
  t: typeof THRESHOLDS,
): Suspicion[] | null {
  const ours = new Set(view.facts.pushes.flatMap(({ firmware }) => firmware ?? []));
  const faces = [
    { name: "source_site", of: (one: Sighting) => one.sourceSite },
    {
      name: "software_version",
      of: (one: Sighting) =>
        one.firmware !== null && ours.has(one.firmware) ? null : one.firmware,
    },
  ].map(({ name, of }) => ({ name, turns: turnsOf(informs, of) }));
  for (const { name, turns } of faces) {
    const changes = turns.slice(1);
    for (const [index, first] of changes.entries()) {
      const last = changes[index + t.alternations - 1];
      if (last === undefined || last.at - first.at > t.withinMs) continue;
      const seen = turns.filter(({ at }) => at <= last.at).slice(-t.alternations - 1);
      if (
        new Set(seen.map((one) => (name === "source_site" ? one.sourceSite : one.firmware)))
          .size !== 2
      )
        continue;
      const boots = seen.flatMap((one) => bootedAt(one) ?? []);
      const oneBox =
        boots.length === seen.length && Math.max(...boots) - Math.min(...boots) <= t.sameBootMs;
      if (oneBox) continue;
      const both = faces.every(({ turns: others }) => others.length > t.alternations);
      return [suspicion(serial, view, seen, name, both)];
    }
  }
  return null;
}

/** The first sighting of each turn. */
function turnsOf(informs: readonly Sighting[], of: (one: Sighting) => string | null): Sighting[] {
  const known = informs.filter((one) => of(one) !== null);
  return known.filter((one, index) => {
    const before = known[index - 1];
    return before === undefined || of(before) !== of(one);
  });
}

function suspicion(
  serial: string,
  view: View,
  seen: readonly Sighting[],
  signal: string,
  proven: boolean,
): Suspicion {
  const ats = seen.map(({ at }) => at);
  const [service] = view.servicesOfSerial(serial);
  return {
    credential: null,
    service: service ?? null,
    sides: [boundSide(serial)],
    members: [],
    severity: "high",
    text: `${serial} leads two lives in the ACS`,
    signals: [signal],
    beganAt: Math.min(...ats),
    lastAt: Math.max(...ats),
    suspectedAt: Math.max(...ats),
    confirmedAt: proven ? Math.max(...ats) : null,
    exhibits: () => seen.map(sightingExhibit),
    standsAfter: (at) =>
      Math.min(...ats) > at ? { confirmedAt: proven ? Math.max(...ats) : null } : null,
  };
}
