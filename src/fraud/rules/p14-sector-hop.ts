/** P14: a fixed wireless CPE on a base station that it never saw, nor any neighbour of one that it did. */
import { packetExhibit } from "../evidence.ts";
import { DAY, MINUTE } from "../facts/instant.ts";
import { crossed, sharedMac } from "../guards/boxes.ts";
import { explains, guard } from "../guards/guard.ts";
import { bench, nomadic } from "../guards/places.ts";
import { lateTicket, outage, swapBooked } from "../guards/windows.ts";
import type { Packet } from "../timeline/packet.ts";
import type { View } from "../view.ts";
import { rule } from "./rule.ts";

/** A box is known for `learnMs` before anything is strange to it. */
const THRESHOLDS = { interims: 2, learnMs: DAY, togetherMs: 10 * MINUTE, together: 3 };

const stationOf = ({ fact }: Packet): string | null => fact.event.line.baseStation;

/** Storms, a mast that fails, and a frequency plan of ours move many at once. */
const mast = guard("mast, plan or storm", ({ sides, beganAt }, view) => {
  const [side] = sides;
  const mac = side?.mac ?? "";
  const known = view.facts.disturbances.find(
    ({ kind, fromAt, untilAt }) =>
      (kind === "storm" || kind === "frequency_plan" || kind === "site_outage") &&
      beganAt >= fromAt &&
      beganAt <= untilAt + view.settings.outageMs,
  );
  if (known !== undefined) return explains("outage", `${known.kind} of ${known.of}`);
  const serials = view.serialsOfMac(mac);
  const planned = view.facts.pushes.some(
    ({ what, serial, at }) =>
      what === "frequency_plan" && serials.has(serial) && at <= beganAt && beganAt <= at + DAY,
  );
  if (planned) return explains("our_error", "a frequency plan of ours");
  const left = hopsNear(beganAt, view);
  return left >= THRESHOLDS.together ? explains("outage", `${left} boxes moved together`) : null;
});

function hopsNear(at: number, view: View): number {
  const last = new Map<string, string>();
  const moved = new Set<string>();
  for (const packet of view.packets) {
    const station = stationOf(packet);
    if (packet.mac === null || station === null) continue;
    const before = last.get(packet.mac);
    last.set(packet.mac, station);
    const near = Math.abs(packet.at - at) <= THRESHOLDS.togetherMs;
    if (near && before !== undefined && before !== station) moved.add(packet.mac);
  }
  return moved.size;
}

export const sectorHop = rule({
  id: "P14",
  name: "sector-hop",
  sources: ["S1", "S2"],
  severity: "medium",
  onByDefault: false,
  version: 1,
  by: ["mac"],
  thresholds: THRESHOLDS,
  guards: [mast, nomadic, bench, sharedMac, crossed, swapBooked, outage, lateTicket],
  find: ({ id: mac }, view, t) => {
    const heard = view
      .sessionsOfMac(mac)
      .flatMap(({ packets }) => packets)
      .sort((a, b) => a.at - b.at);
    const stations = new Map(view.facts.baseStations.map((one) => [one.id, one.neighbours]));
    const [first] = heard;
    if (first === undefined) return [];
    const home = new Set<string>();
    const near = new Set<string>();
    const strange = new Map<string, Packet[]>();
    for (const packet of heard) {
      const station = stationOf(packet);
      if (station === null) continue;
      const isNew = packet.at >= first.at + t.learnMs && !home.has(station) && !near.has(station);
      // Without a list of neighbours nothing is far: an unknown station is never a mismatch.
      if (isNew && stations.has(station) && [...home].every((one) => stations.has(one))) {
        strange.set(station, [...(strange.get(station) ?? []), packet]);
        continue;
      }
      home.add(station);
      for (const neighbour of stations.get(station) ?? []) near.add(neighbour);
    }
    return [...strange].flatMap(([station, packets]) => {
      const proofs = packets.filter(
        ({ fact }) => fact.event.kind === "interim" && !fact.event.estimated,
      );
      const enough = proofs[t.interims - 1];
      const [began] = packets;
      const last = packets.at(-1);
      if (enough === undefined || began === undefined || last === undefined) return [];
      const stays = last.at - began.at >= view.settings.swapAfterMs;
      const session = view.sessionsOfMac(mac).find((one) => one.packets.includes(began)) ?? null;
      return [
        {
          credential: session?.credential ?? null,
          service: view.servicesOfMac(mac)[0] ?? view.serviceOf(session?.credential ?? null),
          sides: [{ key: `${mac}@${station}`, mac, serial: null, session, site: null }],
          members: [],
          severity: "medium" as const,
          text: `${mac} hangs on ${station}, far from where it was`,
          signals: ["station_never_seen", ...(stays ? ["stays_for_a_day"] : [])],
          beganAt: began.at,
          lastAt: last.at,
          suspectedAt: enough.receivedAt,
          confirmedAt: stays
            ? Math.max(enough.receivedAt, began.at + view.settings.swapAfterMs)
            : null,
          exhibits: () => [...packets.slice(0, 3), last].map(packetExhibit),
          standsAfter: (at) =>
            proofs.filter((packet) => packet.at > at).length >= t.interims
              ? { confirmedAt: null }
              : null,
        },
      ];
    });
  },
});
