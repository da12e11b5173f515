/**
 * Is a credential where the inventory says that it should not be? Of one that is alone in its box an Interim is only looked at
 * where this says so: a rule that counts Interims has to see them. What no rule that is on could use is not asked, so that a list
 * of lines with other names of sites than billing has does not make every Interim of the network an evaluation.
 */
import { isGone, type Digest } from "./facts/billing.ts";
import type { PatternId } from "./rules/pattern.ts";
import type { Session } from "./timeline/session.ts";
import type { View } from "./view.ts";

export function isMisplaced(
  credential: Digest,
  view: View,
  isOn: (pattern: PatternId) => boolean,
): boolean {
  const { lines, baseStations, stock } = view.facts;
  if (lines.length + baseStations.length + stock.length === 0) return false;
  const sessions = view.sessionsOf(credential);
  return (
    (isOn("P02") && sessions.some((session) => isAtTwoSites(session, view))) ||
    (isOn("P04") && sessions.some((session) => isElsewhere(session, credential, view))) ||
    (isOn("P14") && hangsFarApart(sessions, view)) ||
    (isOn("P16") && sessions.some((session) => isOfGoneBox(session, view))) ||
    (isOn("P17") && sessions.some((session) => view.placeOf(session).bench))
  );
}

function isAtTwoSites({ mac }: Session, view: View): boolean {
  if (mac === null) return false;
  const sites = view.sessionsOfMac(mac).flatMap((session) => view.placeOf(session).site ?? []);
  return new Set(sites).size > 1;
}

function isElsewhere(session: Session, credential: Digest, view: View): boolean {
  const service = view.serviceOf(credential);
  if (service === null || service.site === null || service.plan.nomadic) return false;
  const { site } = view.placeOf(session);
  return site !== null && site !== service.site;
}

/** Between neighbours it hops all day. */
function hangsFarApart(sessions: readonly Session[], view: View): boolean {
  const known = new Map(view.facts.baseStations.map(({ id, neighbours }) => [id, neighbours]));
  const heard = new Set(
    sessions.flatMap(({ packets }) =>
      packets.flatMap(({ fact }) => fact.event.line.baseStation ?? []),
    ),
  );
  const stations = [...heard].filter((id) => known.has(id));
  const near = (a: string, b: string): boolean =>
    known.get(a)?.includes(b) === true || known.get(b)?.includes(a) === true;
  return stations.some((a) => stations.length > 1 && !stations.some((b) => a !== b && near(a, b)));
}

function isOfGoneBox({ mac }: Session, view: View): boolean {
  if (mac === null) return false;
  return [...view.serialsOfMac(mac)].some((serial) => isGone(view.stockOf(serial)?.state));
}
