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

const THRESHOLDS = { alternations: 3, withinMs: 6 * HOUR, sameBootMs: 30 * MINUTE };

export const serialClone = rule({
  id: "P03",
  name: "serial-clone",
  sources: ["S2"],
  severity: "high",
  onByDefault: false,
  version: 1,
  by: ["serial"],
  thresholds: THRESHOLDS,
  guards: [bench, swapBooked, firmwareRollout],
  find: ({ id: serial }, view, t) => {
    const informs = view.sightingsOf(serial).filter(({ live }) => live);
    return twoLives(serial, informs, view, t) ?? alternating(serial, informs, view, t) ?? [];
  },
});

/** Uptime goes to another life and comes back: both are alive. */
function twoLives(
  serial: string,
  informs: readonly Sighting[],
  view: View,
  t: typeof THRESHOLDS,
): Suspicion[] | null {
  const timed = informs.flatMap((sighting) => {
    const boot = bootedAt(sighting);
    return boot === null ? [] : [{ sighting, boot }];
  });
  for (const [index, { sighting, boot }] of timed.entries()) {
    const earlier = timed.slice(0, index);
    const before = earlier.at(-1);
    if (before === undefined || Math.abs(before.boot - boot) <= t.sameBootMs) continue;
    const old = earlier.find((one) => Math.abs(one.boot - boot) <= t.sameBootMs);
    if (old !== undefined && before.boot > old.boot) {
      return [
        suspicion(
          serial,
          view,
          [old.sighting, before.sighting, sighting],
          "uptime_of_two_lives",
          true,
        ),
      ];
    }
    // It was up at the time at which the other says to have booted: no restart explains that.
    const upThen = boot > before.boot && boot < before.sighting.at - t.sameBootMs;
    if (upThen) {
      return [suspicion(serial, view, [before.sighting, sighting], "uptime_of_two_lives", true)];
    }
  }
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
