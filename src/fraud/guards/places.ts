/** Is it another place at all: failover, renamed and re-patched ports, crossed lines, benches, plans that may roam. */
import type { Session } from "../timeline/session.ts";
import type { View } from "../view.ts";
import { explains, guard, weakens } from "./guard.ts";
import { isOneBoxOrUnknown } from "./boxes.ts";

const TOGETHER_MS = 2 * 3_600_000;

export function inOneGroup(a: string, b: string, view: View): boolean {
  const group = view.nas(a)?.failoverGroup ?? null;
  return group !== null && group === (view.nas(b)?.failoverGroup ?? null);
}

/** NASes that take over from each other: one box on both is a take-over, as long as it is one box. */
export const failover = guard("failover group", ({ sides, service }, view) => {
  const [a, b] = sides;
  if (a === undefined) return null;
  if (b !== undefined && a.session !== null && b.session !== null) {
    if (a.session.nas === b.session.nas || !isOneBoxOrUnknown(a.mac, b.mac, view)) return null;
    return inOneGroup(a.session.nas, b.session.nas, view)
      ? explains("outage", `${a.session.nas} and ${b.session.nas} stand in for each other`)
      : null;
  }
  const session = sides.find((side) => side.session !== null)?.session;
  if (session === null || session === undefined || service === null) return null;
  const usual = view
    .sessionsOf(service.credential)
    .find((other) => view.placeOf(other).site === service.site && other.nas !== session.nas);
  return usual !== undefined && inOneGroup(usual.nas, session.nas, view)
    ? explains("outage", `${session.nas} stands in for ${usual.nas}`)
    : null;
});

/** Where a box was before a session. */
function before(session: Session, view: View): Session | undefined {
  return session.mac === null
    ? undefined
    : view
        .sessionsOfMac(session.mac)
        .filter(({ startAt }) => startAt < session.startAt)
        .at(-1);
}

/** Other boxes that left a placed line for another one within two hours of this box, between the same two NASes. */
function movedWith(session: Session, view: View): number {
  const from = before(session, view)?.nas ?? session.nas;
  const moved = view.sessions.filter((other) => {
    if (other.mac === null || other.mac === session.mac || other.nas !== session.nas) return false;
    if (Math.abs(other.startAt - session.startAt) > TOGETHER_MS) return false;
    const last = before(other, view);
    if (last === undefined || last.nas !== from || last.line === other.line) return false;
    const { site } = view.placeOf(last);
    return site !== null && site !== view.placeOf(other).site;
  });
  return new Set(moved.map(({ mac }) => mac)).size;
}

/** Ports renamed, or a card re-patched: neighbours move in the same hours. One customer alone does not make that. */
export const repatched = guard("ports renamed or re-patched", ({ sides }, view) => {
  const named = view.facts.disturbances.find(
    ({ kind, of, fromAt, untilAt }) =>
      kind === "port_rename" &&
      sides.some(
        ({ session }) =>
          session !== null &&
          session.nas === of &&
          session.startAt >= fromAt &&
          session.startAt <= untilAt + TOGETHER_MS,
      ),
  );
  if (named !== undefined) return explains("our_error", `ports of ${named.of} were renamed`);
  const macs = new Set(sides.flatMap(({ session }) => session?.mac ?? []));
  if (macs.size > 1) return null;
  for (const { session } of sides) {
    if (session === null) continue;
    const others = movedWith(session, view);
    if (others > 0) {
      return explains("our_error", `${others + 1} boxes of ${session.nas} changed line together`);
    }
  }
  return null;
});

/** Port names that the inventory does not know, on one NAS: a virtual interface has a new name at every start. */
export const unplacedPorts = guard("ports that have no place", ({ sides }, view) => {
  const [a, b] = sides.map(({ session }) => session);
  if (a === undefined || b === undefined || a === null || b === null || a.nas !== b.nas)
    return null;
  if (!isOneBoxOrUnknown(a.mac, b.mac, view)) return null;
  return view.placeOf(a).site === null || view.placeOf(b).site === null
    ? weakens("one NAS, one box, and a port whose place nobody knows")
    : null;
});

export const bench = guard("bench port", ({ sides }, view) => {
  const found = sides.find(({ session }) => session !== null && view.placeOf(session).bench);
  return found === undefined
    ? null
    : explains("allowed", `${found.session?.line ?? ""} is a bench`);
});

export const nomadic = guard("plan may roam", ({ service }) =>
  service?.plan.nomadic === true ? explains("allowed", "sold as nomadic") : null,
);

export const bridged = guard("bridge mode sold", ({ service }) =>
  service?.plan.bridge === true ? explains("allowed", "the customer's own router was sold") : null,
);

/** More sessions at once were sold than are seen at once. */
export const soldSessions = guard(
  "sessions sold",
  ({ service, credential, beganAt, lastAt }, view) => {
    if (service === null || credential === null || service.plan.sessions <= 1) return null;
    const during = view
      .sessionsOf(credential)
      .filter(
        ({ startAt, packets }) => startAt <= lastAt && (packets.at(-1)?.at ?? startAt) >= beganAt,
      );
    const boxes = new Set(during.map(({ mac, line }) => mac ?? line));
    return boxes.size <= service.plan.sessions
      ? explains("allowed", `${boxes.size} of ${service.plan.sessions} sessions sold`)
      : null;
  },
);
