/** P15: somebody tries names and passwords. One CPE that repeats one wrong password is a fault of configuration, and ours to mend. */
import { packetExhibit } from "../evidence.ts";
import { HOUR, MINUTE } from "../facts/instant.ts";
import { sharedOnPurpose } from "../guards/boxes.ts";
import { explains, guard, weakens } from "../guards/guard.ts";
import { bench } from "../guards/places.ts";
import { modemTest, outage, swapBooked } from "../guards/windows.ts";
import type { Packet } from "../timeline/packet.ts";
import type { Suspicion } from "../verdict.ts";
import type { View } from "../view.ts";
import { rule } from "./rule.ts";

const THRESHOLDS = {
  rejects: 20,
  withinMs: 10 * MINUTE,
  names: 3,
  beforeAccept: 10,
  acceptWithinMs: HOUR,
};

const isReject = ({ fact }: Packet): boolean => fact.event.kind === "reject";
const lineOf = ({ nas, line, mac }: Packet): string => `${nas}|${line ?? mac ?? ""}`;

/** Our own RADIUS rejects everybody: many lines at once. */
const ourOutage = guard("everybody is rejected", ({ beganAt }, view) => {
  const lines = new Set(
    view.packets
      .filter((packet) => isReject(packet) && Math.abs(packet.at - beganAt) <= 10 * MINUTE)
      .map(lineOf),
  );
  return lines.size >= 5 ? explains("outage", `${lines.size} lines are rejected at once`) : null;
});

/** A port behind which many customers sit rejects whoever of them has a fault. */
const crowdedLine = guard("line of many customers", ({ sides }, view) => {
  const at = sides[0]?.key ?? "";
  const served = new Set(
    view.sessions
      .filter(({ nas, line }) => `${nas}|${line ?? ""}` === at)
      .flatMap(({ credential }) => view.serviceOf(credential)?.ref ?? []),
  );
  return served.size >= 3 ? explains("allowed", `${served.size} services share the line`) : null;
});

const suspended = guard("suspended customer", ({ service, beganAt }) => {
  const time = service?.suspended.find(
    ({ fromAt, untilAt }) => fromAt <= beganAt && (untilAt === null || beganAt < untilAt),
  );
  return time === undefined ? null : explains("allowed", "a suspended customer keeps dialling");
});

/** After a rotation that it missed, the bound box dials with the old password until it is told. */
const rotated = guard("rotation missed", ({ service, beganAt }, view) => {
  const push = view.facts.pushes.find(
    ({ what, credential, at }) =>
      what === "credential" &&
      service !== null &&
      credential === service.credential &&
      at <= beganAt &&
      beganAt - at <= 24 * HOUR,
  );
  return push === undefined ? null : weakens("the credential was rotated within a day");
});

export const guessing = rule({
  id: "P15",
  name: "guessing",
  sources: ["S1"],
  severity: "low",
  onByDefault: false,
  version: 1,
  by: ["line", "credential"],
  thresholds: THRESHOLDS,
  guards: [
    ourOutage,
    crowdedLine,
    suspended,
    rotated,
    sharedOnPurpose,
    bench,
    modemTest,
    swapBooked,
    outage,
  ],
  find: (focus, view, t) =>
    focus.kind === "line" ? manyNames(focus.id, view, t) : thenAccepted(focus.id, view, t),
});

function manyNames(line: string, view: View, t: typeof THRESHOLDS): readonly Suspicion[] {
  const rejects = view.packets.filter((packet) => isReject(packet) && lineOf(packet) === line);
  for (const [index, first] of rejects.entries()) {
    const within = rejects.slice(index).filter(({ at }) => at <= first.at + t.withinMs);
    const names = new Set(within.flatMap(({ fact }) => fact.event.user?.normalised ?? []));
    if (within.length < t.rejects || names.size < t.names) continue;
    const suspectedAt = within[t.rejects - 1]?.receivedAt ?? first.receivedAt;
    const last = rejects.at(-1) ?? first;
    const accepted = view.packets.find(
      (packet) =>
        packet.fact.event.kind === "accept" &&
        lineOf(packet) === line &&
        packet.at > first.at &&
        packet.at <= last.at + t.acceptWithinMs,
    );
    // Names of customers, one after another, are no typing error; those of nobody may be a scanner's or a child's.
    const services = new Set(
      within.flatMap(({ fact }) => view.serviceOf(fact.credential)?.ref ?? []),
    );
    const proven = services.size >= t.names || accepted !== undefined;
    return [
      {
        credential: null,
        service: null,
        sides: [{ key: line, mac: first.mac, serial: null, session: null, site: null }],
        members: [],
        severity: accepted === undefined ? "low" : "medium",
        text: `${within.length} rejects for ${names.size} names on one line`,
        signals: [
          "many_names_rejected",
          ...(accepted === undefined ? [] : ["then_accepted"]),
          ...(services.size >= t.names ? ["names_of_customers"] : []),
        ],
        beganAt: first.at,
        lastAt: last.at,
        suspectedAt,
        confirmedAt: proven ? Math.max(suspectedAt, accepted?.receivedAt ?? 0) : null,
        exhibits: () =>
          [...rejects.slice(0, 5), ...(accepted === undefined ? [] : [accepted])].map(
            packetExhibit,
          ),
        standsAfter: (at) =>
          rejects.filter((packet) => packet.at > at).length >= t.rejects
            ? { confirmedAt: null }
            : null,
      },
    ];
  }
  return [];
}

function thenAccepted(credential: string, view: View, t: typeof THRESHOLDS): readonly Suspicion[] {
  const tried = view.packets.filter(
    ({ fact }) =>
      fact.credential === credential &&
      (fact.event.kind === "reject" || fact.event.kind === "accept"),
  );
  const service = view.serviceOf(credential);
  const own = new Set(service?.bindings.flatMap(({ macs }) => macs) ?? []);
  return tried.flatMap((accept, index) => {
    const { mac } = accept;
    if (isReject(accept) || mac === null || own.has(mac)) return [];
    const rejects = tried
      .slice(0, index)
      .filter((one) => isReject(one) && one.mac === mac && accept.at - one.at <= t.acceptWithinMs);
    const known = tried.slice(0, index).some((one) => !isReject(one) && one.mac === mac);
    const [first] = rejects;
    if (first === undefined || rejects.length < t.beforeAccept || known) return [];
    return [
      {
        credential,
        service,
        sides: [{ key: mac, mac, serial: null, session: null, site: null }],
        members: [],
        severity: "medium" as const,
        text: `${rejects.length} bad passwords, then accepted from a new box`,
        signals: ["bad_passwords", "accepted_from_new_box"],
        beganAt: first.at,
        lastAt: accept.at,
        suspectedAt: rejects[t.beforeAccept - 1]?.receivedAt ?? accept.receivedAt,
        // Whoever changes his own router mistypes as often; the box itself is P05's to prove.
        confirmedAt: null,
        exhibits: () => [...rejects.slice(0, 3), accept].map(packetExhibit),
        standsAfter: () => null,
      },
    ];
  });
}
