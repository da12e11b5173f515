/** P09: a factory or known default still in use when a box had time to get its own. */
import { packetExhibit, sightingExhibit } from "../evidence.ts";
import { saysBootstrap, type Sighting } from "../facts/acs.ts";
import { bench } from "../guards/places.ts";
import { bootGrace, swapBooked } from "../guards/windows.ts";
import type { View } from "../view.ts";
import { rule } from "./rule.ts";
import { boundSide } from "./use.ts";

export const defaultCredential = rule({
  id: "P09",
  name: "default-credential",
  sources: ["S2", "S1"],
  severity: "high",
  onByDefault: true,
  version: 1,
  by: ["serial"],
  thresholds: {},
  guards: [bootGrace, bench, swapBooked],
  find: ({ id: serial }, view) => {
    const seen = view.sightingsOf(serial);
    const last = seen.filter((one) => one.credential !== null || one.secrets.length > 0).at(-1);
    if (last === undefined) return [];
    const shown = defaultsIn(last, view);
    if (shown.size === 0 || mendedSince(serial, last, view)) return [];
    const began = beganAt(serial, seen, view);
    const limit = began + view.settings.bootGraceMs;
    const since = seen.filter((one) => one.at >= began && defaultsIn(one, view).size > 0);
    const late = since.filter(({ at }) => at >= limit);
    const login = view.packets.find(
      ({ fact, at, mac }) =>
        fact.credential !== null &&
        shown.has(fact.credential) &&
        at >= limit &&
        mac !== null &&
        view.serialsOfMac(mac).has(serial),
    );
    const [first] = late;
    const proven = [first?.at, login?.receivedAt].filter((at) => at !== undefined);
    const [service] = view.servicesOfSerial(serial);
    const ofAcs = last.secrets.some(({ opens, digest }) => opens === "acs" && shown.has(digest));
    return [
      {
        credential: null,
        service: service ?? null,
        sides: [boundSide(serial)],
        members: [],
        severity: ofAcs ? ("critical" as const) : ("high" as const),
        text: `${serial} uses a default ${ofAcs ? "login to the ACS" : "credential"}`,
        signals: ["default_shown", ...(login === undefined ? [] : ["default_logged_in"])],
        beganAt: began,
        lastAt: Math.max(last.at, login?.at ?? 0),
        suspectedAt: limit,
        confirmedAt: proven.length === 0 ? null : Math.min(...proven),
        exhibits: () => [
          ...since.slice(0, 3).map(sightingExhibit),
          ...(login === undefined ? [] : [packetExhibit(login)]),
        ],
        standsAfter: (at) =>
          late.some((one) => one.at > at)
            ? { confirmedAt: Math.max(...late.map((one) => one.at)) }
            : null,
      },
    ];
  },
});

/** Digests of the default list that it shows; a bootstrap realm is there to be shown. */
function defaultsIn({ credential, secrets }: Sighting, view: View): ReadonlySet<string> {
  const digests = [credential, ...secrets.map(({ digest }) => digest)].flatMap((one) => one ?? []);
  return new Set(
    digests.filter((digest) => {
      const kinds = view.listed(digest).map(({ kind }) => kind);
      return kinds.includes("default") && !kinds.includes("bootstrap");
    }),
  );
}

/** What we pushed after it was seen, or what still waits to be pushed, is not held against the box. */
function mendedSince(serial: string, last: Sighting, view: View): boolean {
  return view.facts.pushes.some(
    (push) => push.serial === serial && push.what === "credential" && push.at >= last.at,
  );
}

/** First contact, or the last factory reset; a mere restart gives no new grace, or a box that restarts often had it for ever. */
function beganAt(serial: string, seen: readonly Sighting[], view: View): number {
  const boots = seen.filter(saysBootstrap).map(({ at }) => at);
  const resets = view.facts.pushes
    .filter((push) => push.serial === serial && push.what === "factory_reset")
    .map(({ at }) => at);
  return Math.max(seen[0]?.at ?? 0, ...boots, ...resets);
}
