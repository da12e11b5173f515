/** Is it another box at all: MACs of one box, MACs of a bad batch, names that are nobody's, and lists of shared ones. */
import type { Binding, Digest, Mac, Service } from "../facts/billing.ts";
import { isNear } from "../timeline/mac.ts";
import type { View } from "../view.ts";
import { explains, guard, weakens } from "./guard.ts";

/** A MAC that nobody told is no mismatch. */
export function isOneBoxOrUnknown(a: Mac | null, b: Mac | null, view: View): boolean {
  return a === null || b === null || view.isOneBox(a, b);
}

/** New firmware or a second WAN port shows another MAC of the same box: the ACS heard both from one serial. */
export const sameBox = guard("another MAC of the same box", ({ sides }, view) => {
  const [first, second] = sides.flatMap(({ mac }) => mac ?? []);
  if (first === undefined || second === undefined || first === second) return null;
  return view.isOneBox(first, second) ? explains("firmware", "one serial shows both MACs") : null;
});

/** Where no Inform has told yet whose MAC it is, one that stands next to the bound one may be the same box after new firmware. */
export const nextMac = guard("MAC next to the bound one", ({ sides, service }, view) => {
  const owned = [
    ...sides.flatMap(({ mac }) => mac ?? []),
    ...(service?.bindings ?? []).flatMap(({ macs }) => macs),
  ];
  const near = sides
    .flatMap(({ mac }) => mac ?? [])
    .find((mac) => view.serialsOfMac(mac).size === 0 && owned.some((other) => isNear(mac, other)));
  return near === undefined ? null : weakens(`${near} is next to a MAC of the bound box`);
});

/** A default MAC of a bad batch, the MAC of an aggregator or of an access node: no box in particular. */
export const sharedMac = guard("MAC of many boxes", ({ sides }, view) => {
  const { sharedMacAtLeast } = view.settings;
  const shared = sides
    .flatMap(({ mac }) => mac ?? [])
    .find(
      (mac) =>
        view.serialsOfMac(mac).size >= sharedMacAtLeast ||
        [...view.credentialsOfMac(mac)].filter((digest) => view.serviceOf(digest) !== null)
          .length >= sharedMacAtLeast,
    );
  return shared === undefined
    ? null
    : explains("shared_identity", `${shared} is carried by ${sharedMacAtLeast} boxes or more`);
});

/**
 * A name that neither billing nor any CPE knows is not a customer's: an outer identity, a partner's or a technician's. It is never confirmed, and
 * on very many boxes it is no finding at all.
 */
export const pseudonym = guard("identity of nobody", ({ credential, service }, view) => {
  if (credential === null || service !== null) return null;
  if (view.facts.sightings.some((sighting) => sighting.credential === credential)) return null;
  const macs = new Set(view.sessionsOf(credential).map(({ mac }) => mac));
  return macs.size >= view.settings.pseudonymMacs
    ? explains("shared_identity", `${macs.size} MACs show it, and no service has it`)
    : weakens("no service has it");
});

/** Installer, parking, bootstrap and probe credentials are shared on purpose, each until its day. */
export const sharedOnPurpose = guard("listed as shared", ({ credential, lastAt }, view) => {
  if (credential === null) return null;
  const listed = view
    .listed(credential)
    .filter(({ kind }) => kind !== "default")
    .find(({ untilAt }) => untilAt === null || lastAt < untilAt);
  return listed === undefined ? null : explains("allowed", `listed as ${listed.kind}`);
});

/** The box of one service uses or shows the credential of another. */
function holds(box: Service, other: Service, view: View): boolean {
  const macs = new Set(box.bindings.flatMap((binding) => binding.macs));
  const used = view.sessionsOf(other.credential).some(({ mac }) => mac !== null && macs.has(mac));
  const shown = ({ serial }: Binding): Digest | null =>
    view.sightingsOf(serial).findLast(({ credential }) => credential !== null)?.credential ?? null;
  return used || box.bindings.some((binding) => shown(binding) === other.credential);
}

/** The box of one service was seen at the site of another. */
function isAt(box: Service, other: Service, view: View): boolean {
  const macs = box.bindings.flatMap((binding) => binding.macs);
  return (
    other.site !== null &&
    macs.some((mac) => view.sessionsOfMac(mac).some((one) => view.placeOf(one).site === other.site))
  );
}

/** Two boxes, each with the other's credential or on the other's line: serials or cables were crossed, and nobody took anything. */
export const crossed = guard("crossed pair", ({ service, credential, sides }, view) => {
  if (service === null) return null;
  const others = new Set([
    ...sides.flatMap(({ mac }) => (mac === null ? [] : view.servicesOfMac(mac))),
    ...sides.flatMap(({ serial }) => (serial === null ? [] : view.servicesOfSerial(serial))),
    ...[view.serviceOf(credential)].flatMap((one) => one ?? []),
    ...view.facts.services.filter(
      ({ site }) => site !== null && sides.some((side) => side.site === site),
    ),
  ]);
  for (const other of others) {
    if (other.ref === service.ref) continue;
    const exchanged = holds(service, other, view) && holds(other, service, view);
    if (exchanged || (isAt(service, other, view) && isAt(other, service, view))) {
      return weakens(`the boxes of ${service.ref} and ${other.ref} stand in each other's place`);
    }
  }
  return null;
});
