/** P10: one ACS or connection-request secret on many boxes. One finding for one secret, however many have it. */
import { sightingExhibit } from "../evidence.ts";
import { rule } from "./rule.ts";
import { secretOn } from "./holders.ts";
import { swapBooked } from "../guards/windows.ts";
import { sharedOnPurpose } from "../guards/boxes.ts";

const THRESHOLDS = { boxes: 2 };

export const acsLoginReuse = rule({
  id: "P10",
  name: "acs-login-reuse",
  sources: ["S2"],
  severity: "high",
  onByDefault: false,
  version: 1,
  by: ["secret"],
  thresholds: THRESHOLDS,
  guards: [sharedOnPurpose, swapBooked],
  find: ({ id: digest }, view, { boxes }) => {
    // A listed default is P09's; a bootstrap secret is shared by design.
    if (view.listed(digest).some(({ untilAt }) => untilAt === null || view.now < untilAt))
      return [];
    const holders = secretOn(digest, view);
    if (holders.length < boxes) return [];
    const firsts = holders.map(({ first }) => first.at).sort((a, b) => a - b);
    const began = firsts[boxes - 1] ?? 0;
    const speaking = holders.filter(({ last }) => last.live && last.at >= began);
    const services = holders.flatMap(({ serial }) => view.servicesOfSerial(serial));
    return [
      {
        credential: digest,
        service: services.length === 1 ? (services[0] ?? null) : null,
        sides: [{ key: "secret", mac: null, serial: null, session: null, site: null }],
        members: holders.map(({ serial }) => serial),
        severity: "high" as const,
        text: `${holders.length} CPEs share one secret of the ACS`,
        signals: ["one_secret_on_many"],
        beganAt: began,
        lastAt: Math.max(...holders.map(({ last }) => last.at)),
        suspectedAt: began,
        confirmedAt:
          speaking.length >= boxes
            ? Math.max(...speaking.slice(0, boxes).map(({ last }) => last.at))
            : null,
        exhibits: () => holders.slice(0, 20).map(({ last }) => sightingExhibit(last)),
        standsAfter: (at) =>
          holders.filter(({ last }) => last.live && last.at > at).length < boxes
            ? null
            : { confirmedAt: Math.max(...holders.map(({ last }) => last.at)) },
      },
    ];
  },
});
