/**
 * Quiet windows: a swap or a move, a firmware rollout, an outage or a mass return, a ticket that may yet come. What happens in one is held,
 * and counts only if it goes on after the window.
 */
import type { Service } from "../facts/billing.ts";
import { printInstant, type Instant } from "../facts/instant.ts";
import type { Suspicion } from "../verdict.ts";
import type { View } from "../view.ts";
import { explains, guard, quiet, weakens } from "./guard.ts";

interface Change {
  readonly kind: "swap" | "move";
  readonly at: Instant;
  readonly recordedAt: Instant;
}

/** Orders, and changes of the binding that came without one. */
function changesOf(service: Service): readonly Change[] {
  const ordered = service.orders.flatMap((order): Change[] =>
    order.cancelled || order.kind === "reactivation" ? [] : [{ ...order, kind: order.kind }],
  );
  const rebound = service.bindings
    .filter(({ version }) => version > Math.min(...service.bindings.map((one) => one.version)))
    .map(({ fromAt }): Change => ({ kind: "swap", at: fromAt, recordedAt: fromAt }));
  return [...ordered, ...rebound];
}

/** Boxes that a swap brings or takes, as far as anybody named them; empty: not said, so any one new box. */
function swapBoxes(service: Service, view: View): ReadonlySet<string> {
  const serials = [
    ...service.bindings.map(({ serial }) => serial),
    ...service.orders.flatMap(({ newSerials }) => newSerials),
  ];
  const named =
    service.orders.some(({ newMacs, newSerials }) => newMacs.length + newSerials.length > 0) ||
    service.bindings.length > 1;
  if (!named) return new Set();
  return new Set([
    ...serials,
    ...service.bindings.flatMap(({ macs }) => macs),
    ...service.orders.flatMap(({ newMacs }) => newMacs),
    ...serials.flatMap((serial) => view.sightingsOf(serial).flatMap(({ wanMacs }) => wanMacs)),
  ]);
}

/** A third box is not excused by the swap of two others. */
function isOfSwap({ sides }: Suspicion, boxes: ReadonlySet<string>): boolean {
  return (
    boxes.size === 0 ||
    sides.every(
      ({ mac, serial }) =>
        (mac === null || boxes.has(mac)) && (serial === null || boxes.has(serial) || mac !== null),
    )
  );
}

export const swapBooked = guard("swap or move booked", (suspicion, view) => {
  const { service, beganAt } = suspicion;
  if (service === null) return null;
  const { swapBeforeMs, swapAfterMs, lateTicketMs } = view.settings;
  for (const { kind, at, recordedAt } of changesOf(service)) {
    // One that was told ahead is not late, and is no excuse for what came before its hour.
    const toldAhead = recordedAt < at - swapBeforeMs;
    const fromAt = toldAhead
      ? at - swapBeforeMs
      : Math.min(at - swapBeforeMs, recordedAt - lateTicketMs);
    const untilAt = Math.max(at, recordedAt) + swapAfterMs;
    if (beganAt < fromAt || beganAt > untilAt) continue;
    if (kind === "swap" && !isOfSwap(suspicion, swapBoxes(service, view))) continue;
    return quiet(
      untilAt,
      kind,
      `${kind} at ${printInstant(at)}, told at ${printInstant(recordedAt)}`,
    );
  }
  return null;
});

export const firmwareRollout = guard("firmware rollout", ({ sides, service, beganAt }, view) => {
  const serials = new Set([
    ...sides.flatMap(({ serial }) => serial ?? []),
    ...(service?.bindings ?? []).map(({ serial }) => serial),
  ]);
  const push = view.facts.pushes.find(
    ({ what, serial, at }) =>
      (what === "firmware" || what === "factory_reset") &&
      serials.has(serial) &&
      beganAt >= at &&
      beganAt <= at + view.settings.firmwareMs,
  );
  return push === undefined
    ? null
    : quiet(
        push.at + view.settings.firmwareMs,
        "firmware",
        `${push.what} at ${printInstant(push.at)}`,
      );
});

/** A fifth of a NAS's sessions begun within five minutes of this one. */
function massStart(nas: string, at: Instant, view: View): number | null {
  const { massStartMs, massStartShare, massStartAtLeast } = view.settings;
  const here = view.sessions.filter((session) => session.nas === nas);
  const begun = new Set(
    here
      .filter(({ startAt }) => Math.abs(startAt - at) <= massStartMs / 2)
      .map(({ mac, key }) => mac ?? key),
  );
  const known = new Set(here.map(({ mac, key }) => mac ?? key));
  return begun.size >= massStartAtLeast && begun.size > massStartShare * known.size
    ? begun.size
    : null;
}

export const outage = guard("outage or mass return", ({ sides, beganAt }, view) => {
  const { outageMs } = view.settings;
  const nases = new Set(sides.flatMap(({ session }) => session?.nas ?? []));
  const places = new Set([...nases, ...sides.flatMap(({ site }) => site ?? [])]);
  const known = view.facts.disturbances.find(
    ({ kind, of, fromAt, untilAt }) =>
      (kind === "nas_outage" || kind === "site_outage") &&
      places.has(of) &&
      beganAt >= fromAt - outageMs &&
      beganAt <= untilAt + outageMs,
  );
  if (known !== undefined)
    return quiet(known.untilAt + outageMs, "outage", `outage of ${known.of}`);
  const restart = view.packets
    .filter(
      ({ fact, nas, at }) =>
        (fact.event.kind === "nas_on" || fact.event.kind === "nas_off") &&
        nases.has(nas) &&
        beganAt >= at - view.settings.massStartMs &&
        beganAt <= at + outageMs,
    )
    .at(-1);
  if (restart !== undefined)
    return quiet(restart.at + outageMs, "outage", `${restart.nas} restarted`);
  for (const nas of nases) {
    const begun = massStart(nas, beganAt, view);
    if (begun !== null)
      return quiet(beganAt + outageMs, "outage", `${begun} sessions of ${nas} began at once`);
  }
  return null;
});

/** A change of box or place may be written down hours after it was made. */
export const lateTicket = guard("ticket may be late", ({ beganAt }, view) => {
  const untilAt = beganAt + view.settings.lateTicketMs;
  return view.now < untilAt
    ? weakens(`an order may come until ${printInstant(untilAt)}`, untilAt)
    : null;
});

export const reactivated = guard("reactivation", ({ service, lastAt }) => {
  const order = service?.orders.find(
    ({ kind, at, cancelled }) =>
      kind === "reactivation" && !cancelled && at >= (service.end?.at ?? 0) - 60_000,
  );
  if (order === undefined) return null;
  return order.at <= lastAt
    ? explains("reactivated", `reactivated from ${printInstant(order.at)}`)
    : weakens("a reactivation is booked");
});

export const modemTest = guard("modem under test", ({ service, beganAt, lastAt }) => {
  const ticket = service?.tickets.find(
    ({ kind, fromAt, untilAt }) => kind === "modem_test" && fromAt <= lastAt && beganAt <= untilAt,
  );
  return ticket === undefined ? null : explains("allowed", "a modem is being tested");
});

/** A clock that is off, or packets that came from a spool, make times relative to other clocks doubtful. */
export const clocks = guard("clocks and late packets", ({ sides }, view) => {
  const off = sides.find(
    ({ session }) =>
      session !== null && Math.abs(session.offsetMs) > view.settings.clockToleranceMs,
  );
  return off?.session === null || off?.session === undefined
    ? null
    : weakens(`${off.session.nas} is ${Math.round(off.session.offsetMs / 1_000)} s off, or late`);
});

/** A box that began anew has a quarter of an hour to get what is its own. */
export const bootGrace = guard("first boot or factory reset", ({ beganAt }, view) => {
  const untilAt = beganAt + view.settings.bootGraceMs;
  return view.now < untilAt ? quiet(untilAt, "allowed", `until ${printInstant(untilAt)}`) : null;
});
