/** P19: a voice credential registered elsewhere, twice, or calling abroad as nobody did for a month. */
import { logExhibit } from "../evidence.ts";
import { HOUR } from "../facts/instant.ts";
import type { Registration } from "../facts/voice.ts";
import { sharedOnPurpose } from "../guards/boxes.ts";
import { explains, guard } from "../guards/guard.ts";
import { bench, nomadic } from "../guards/places.ts";
import { swapBooked } from "../guards/windows.ts";
import type { Suspicion } from "../verdict.ts";
import type { View } from "../view.ts";
import { rule } from "./rule.ts";

/** `leastMinutes`: ten times nothing is nothing. */
const THRESHOLDS = { foreignMs: 60_000, timesMean: 10, leastMinutes: 30 };

const softphone = guard("softphone sold", ({ service, signals }) =>
  service?.plan.softphone === true && !signals.includes("minutes_abroad")
    ? explains("allowed", "the plan has an app that registers anywhere")
    : null,
);

export const sipAbuse = rule({
  id: "P19",
  name: "sip-abuse",
  sources: ["S2"],
  severity: "critical",
  onByDefault: false,
  version: 1,
  by: ["credential"],
  thresholds: THRESHOLDS,
  guards: [softphone, nomadic, sharedOnPurpose, bench, swapBooked],
  find: ({ id: credential }, view, t) => {
    const contacts = [...new Map(view.facts.registrations.map((one) => [one.key, one])).values()]
      .filter((one) => one.credential === credential && !one.sharedPool)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    return [
      ...abroad(credential, view, t),
      ...elsewhere(credential, contacts, view, t),
      ...twice(credential, contacts, view, t),
    ];
  },
});

function elsewhere(
  credential: string,
  contacts: readonly Registration[],
  view: View,
  t: typeof THRESHOLDS,
): readonly Suspicion[] {
  return contacts.flatMap((contact) => {
    const [began] = contact.refreshedAt;
    const stays = contact.refreshedAt.find((at) => began !== undefined && at > began + t.foreignMs);
    if (contact.ofService || began === undefined || stays === undefined) return [];
    return [
      suspicion(
        credential,
        view,
        "contact_elsewhere",
        contact.network,
        [contact],
        began,
        stays,
        null,
      ),
    ];
  });
}

/** Both must have refreshed after the later one began: a contact that is left behind runs out by itself. */
function twice(
  credential: string,
  contacts: readonly Registration[],
  view: View,
  t: typeof THRESHOLDS,
): readonly Suspicion[] {
  return contacts.flatMap((a, index) =>
    contacts.slice(index + 1).flatMap((b) => {
      const later = Math.max(a.refreshedAt[0] ?? Infinity, b.refreshedAt[0] ?? Infinity);
      const proofs = [a, b].map(({ refreshedAt }) =>
        refreshedAt.find((at) => at > later + t.foreignMs),
      );
      const [one, other] = proofs;
      if (a.network === b.network || one === undefined || other === undefined) return [];
      const known = Math.max(one, other);
      const networks = [a.network, b.network].sort().join(" ");
      return [
        suspicion(credential, view, "registered_twice", networks, [a, b], later, known, known),
      ];
    }),
  );
}

function abroad(credential: string, view: View, t: typeof THRESHOLDS): readonly Suspicion[] {
  return [...new Map(view.facts.calls.map((call) => [call.key, call])).values()].flatMap((call) => {
    const many = Math.max(t.leastMinutes, t.timesMean * call.meanMinutesADay);
    if (call.credential !== credential || call.internationalMinutes <= many) return [];
    const known = call.hourAt + HOUR;
    const stranger = view.facts.registrations.find(
      (one) =>
        one.credential === credential &&
        !one.ofService &&
        one.refreshedAt.some((at) => at >= call.hourAt - HOUR && at <= known),
    );
    return [
      {
        ...suspicion(
          credential,
          view,
          "minutes_abroad",
          "",
          [],
          call.hourAt,
          known,
          stranger === undefined ? null : known,
        ),
        exhibits: () => [
          logExhibit("voice", call.key, call.hourAt, {
            internationalMinutes: call.internationalMinutes,
            meanMinutesADay: call.meanMinutesADay,
          }),
        ],
      },
    ];
  });
}

function suspicion(
  credential: string,
  view: View,
  signal: string,
  about: string,
  contacts: readonly Registration[],
  beganAt: number,
  knownAt: number,
  confirmedAt: number | null,
): Suspicion {
  return {
    credential,
    service: view.serviceOf(credential),
    sides: [
      { key: `${signal} ${about}`.trim(), mac: null, serial: null, session: null, site: null },
    ],
    members: [],
    severity: "critical",
    text: `voice: ${signal.replaceAll("_", " ")}`,
    signals: [signal],
    beganAt,
    lastAt: Math.max(knownAt, ...contacts.flatMap(({ refreshedAt }) => refreshedAt)),
    suspectedAt: knownAt,
    confirmedAt,
    exhibits: () =>
      contacts.map(({ key, network, ofService, refreshedAt }) =>
        logExhibit("voice", key, refreshedAt[0] ?? beganAt, {
          network,
          ofService,
          refreshes: refreshedAt.length,
        }),
      ),
    standsAfter: (at) =>
      contacts.some(({ refreshedAt }) => refreshedAt.some((one) => one > at))
        ? { confirmedAt }
        : null,
  };
}
