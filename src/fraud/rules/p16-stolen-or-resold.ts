/** P16: a box that is lost, stolen, written off or returned speaks again. */
import { packetExhibit, sightingExhibit } from "../evidence.ts";
import { bindingAt, isGone, type StockRecord } from "../facts/billing.ts";
import { explains, guard, weakens } from "../guards/guard.ts";
import { bench } from "../guards/places.ts";
import { lateTicket, swapBooked } from "../guards/windows.ts";
import type { View } from "../view.ts";
import { rule } from "./rule.ts";
import { boundSide } from "./use.ts";

function record(serial: string, view: View): StockRecord | null {
  const found = view.stockOf(serial);
  return found !== null && isGone(found.state) ? found : null;
}

/** Given out again: a binding that is newer than the state means that stock was not told. */
const boundAgain = guard("given out again", ({ sides, lastAt }, view) => {
  const serial = sides[0]?.serial ?? "";
  const state = record(serial, view);
  const again = view.servicesOfSerial(serial).find((service) => {
    const binding = bindingAt(service, lastAt);
    return binding?.serial === serial && state !== null && binding.fromAt >= state.since;
  });
  return again === undefined ? null : explains("our_error", `bound to ${again.ref} since`);
});

/** A returned box is switched on by whoever repairs it. */
const repair = guard("refurbished", ({ sides, beganAt }, view) => {
  const state = record(sides[0]?.serial ?? "", view);
  if (state === null || beganAt >= state.since + view.settings.refurbishedMs) return null;
  return state.state === "returned" || state.state === "written_off"
    ? explains("allowed", `${state.state} less than a day before`)
    : weakens("the state is less than a day old");
});

/** One serial number of two makers: the state was typed for another box. */
const otherMaker = guard("typing error in a serial", ({ sides }, view) => {
  const serial = sides[0]?.serial ?? "";
  const oui = record(serial, view)?.oui ?? null;
  const seen = view.sightingsOf(serial).at(-1)?.oui ?? null;
  return oui === null || seen === null || oui.toLowerCase() === seen.toLowerCase()
    ? null
    : explains("mistake", `the record says ${oui}, the box ${seen}`);
});

export const stolenOrResold = rule({
  id: "P16",
  name: "stolen-or-resold",
  sources: ["S2", "S3"],
  severity: "high",
  onByDefault: false,
  version: 1,
  by: ["serial"],
  thresholds: {},
  guards: [otherMaker, boundAgain, repair, bench, swapBooked, lateTicket],
  find: ({ id: serial }, view) => {
    const state = record(serial, view);
    if (state === null) return [];
    const seen = view.sightingsOf(serial).filter(({ live, at }) => live && at > state.since);
    const macs = new Set(view.sightingsOf(serial).flatMap(({ wanMacs }) => wanMacs));
    const sessions = [...macs]
      .filter((mac) => view.serialsOfMac(mac).size === 1)
      .flatMap((mac) => view.sessionsOfMac(mac))
      .filter(({ startAt }) => startAt > state.since);
    const ats = [
      ...seen.map(({ at }) => at),
      ...sessions.flatMap(({ alive }) => alive.map(({ receivedAt }) => receivedAt)),
    ].sort((a, b) => a - b);
    const [began] = ats;
    const last = ats.at(-1);
    if (began === undefined || last === undefined) return [];
    const again = ats.find((at) => at >= began + view.settings.overlapMs);
    return [
      {
        credential: null,
        service: view.servicesOfSerial(serial)[0] ?? null,
        sides: [
          boundSide(serial),
          ...sessions.slice(0, 1).map((session) => ({ ...boundSide(serial), session })),
        ],
        members: [],
        severity: "high" as const,
        text: `${serial} is ${state.state.replace("_", " ")} and speaks`,
        signals: [
          "speaks_though_gone",
          ...(sessions.length > 0 && seen.length > 0 ? ["in_acs_and_radius"] : []),
        ],
        beganAt: began,
        lastAt: last,
        suspectedAt: began,
        confirmedAt: again ?? null,
        exhibits: () => [
          ...[...seen.slice(0, 3), ...seen.slice(-1)].map(sightingExhibit),
          ...sessions.slice(0, 2).flatMap(({ packets }) => packets.slice(0, 2).map(packetExhibit)),
        ],
        standsAfter: (at) => (last > at ? { confirmedAt: last } : null),
      },
    ];
  },
});
