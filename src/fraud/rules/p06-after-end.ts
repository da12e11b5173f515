/** P06: used after the service ended. Also an alarm on ourselves: RADIUS still accepts it. */
import { packetExhibit } from "../evidence.ts";
import type { Service } from "../facts/billing.ts";
import type { Instant } from "../facts/instant.ts";
import { sharedOnPurpose } from "../guards/boxes.ts";
import { bench } from "../guards/places.ts";
import { reactivated } from "../guards/windows.ts";
import { clockOffsets, type Packet } from "../timeline/packet.ts";
import type { View } from "../view.ts";
import { rule } from "./rule.ts";

export const afterEnd = rule({
  id: "P06",
  name: "after-end",
  sources: ["S1", "S3"],
  severity: "high",
  onByDefault: true,
  version: 1,
  by: ["credential"],
  thresholds: {},
  guards: [reactivated, sharedOnPurpose, bench],
  find: ({ id: credential }, view) => {
    const service = view.serviceOf(credential);
    const limit = endOf(service, view);
    if (service === null || limit === null) return [];
    const offsets = clockOffsets(view.packets);
    const isLate = (packet: Packet): boolean => trueAt(packet, offsets, view) > limit;
    const begun = [
      ...view.packets.filter(
        ({ fact }) => fact.event.kind === "accept" && fact.credential === credential,
      ),
      ...view.sessionsOf(credential).flatMap(({ startAt, packets: [first] }) => {
        return first === undefined || startAt <= limit ? [] : [first];
      }),
    ].filter(isLate);
    const byBox = new Map<string, Packet[]>();
    for (const packet of begun) {
      const key = packet.mac ?? `${packet.nas}/${packet.line ?? ""}`;
      byBox.set(key, [...(byBox.get(key) ?? []), packet]);
    }
    return [...byBox].flatMap(([key, packets]) => {
      const [first] = packets;
      if (first === undefined) return [];
      const sessions = view
        .sessionsOf(credential)
        .filter(({ packets: own }) => own.some((one) => packets.includes(one)));
      const all = [...new Set([...packets, ...sessions.flatMap(({ alive }) => alive)])].filter(
        isLate,
      );
      const known = all.map(({ receivedAt }) => receivedAt).sort((a, b) => a - b);
      return [
        {
          credential,
          service,
          sides: [{ key, mac: first.mac, serial: null, session: sessions[0] ?? null, site: null }],
          members: [],
          severity: "high" as const,
          text: `${service.ref} is used after its end; remove it from RADIUS`,
          signals: ["begun_after_end", ...(known.length > 1 ? ["more_than_one_packet"] : [])],
          beganAt: Math.min(...packets.map(({ at }) => at)),
          lastAt: Math.max(...all.map(({ at }) => at)),
          suspectedAt: known[0] ?? first.receivedAt,
          confirmedAt: known[1] ?? null,
          exhibits: () => [...packets.slice(0, 4), ...packets.slice(-1)].map(packetExhibit),
          standsAfter: (at) =>
            all.some((one) => one.at > at) ? { confirmedAt: known[1] ?? null } : null,
        },
      ];
    });
  },
});

/**
 * The end, or the moment at which we were told of it if that is later: until then the service was rightly used. Null while another
 * service has the same credential.
 */
export function endOf(service: Service | null, view: View): Instant | null {
  if (service?.end === undefined || service.end === null) return null;
  const reissued = view.facts.services.some(
    (other) =>
      other.ref !== service.ref && other.credential === service.credential && other.end === null,
  );
  return reissued
    ? null
    : Math.max(service.end.at, service.end.recordedAt) + view.settings.endGraceMs;
}

/** Never later than told, than received, or than a fast clock allows. An estimate counts for a login, which no spool holds back. */
export function trueAt(packet: Packet, offsets: ReadonlyMap<string, number>, view: View): Instant {
  const { estimated, kind } = packet.fact.event;
  if (estimated && kind !== "accept") return -Infinity;
  const offset = offsets.get(packet.nas) ?? 0;
  const fast = offset < -view.settings.clockToleranceMs ? offset : 0;
  return Math.min(packet.at + fast, packet.receivedAt);
}
