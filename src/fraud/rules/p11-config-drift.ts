/** P11: the CPE no longer holds what we issued; grave where it holds what belongs to another service. */
import { packetExhibit, sightingExhibit } from "../evidence.ts";
import { saysBootstrap, type Sighting } from "../facts/acs.ts";
import { bindingAt, type Service } from "../facts/billing.ts";
import { crossed, sharedOnPurpose } from "../guards/boxes.ts";
import { firmwareRollout, lateTicket, swapBooked } from "../guards/windows.ts";
import type { Suspicion } from "../verdict.ts";
import type { View } from "../view.ts";
import { rule } from "./rule.ts";
import { boundSide } from "./use.ts";

const THRESHOLDS = { settleInforms: 2 };

export const configDrift = rule({
  id: "P11",
  name: "config-drift",
  sources: ["S2", "S5"],
  severity: "low",
  onByDefault: true,
  version: 1,
  by: ["serial"],
  thresholds: THRESHOLDS,
  guards: [sharedOnPurpose, crossed, swapBooked, firmwareRollout, lateTicket],
  find: ({ id: serial }, view, { settleInforms }) => {
    const seen = view.sightingsOf(serial).filter(({ credential }) => credential !== null);
    const last = seen.at(-1);
    if (last?.credential === undefined || last.credential === null) return [];
    const service = view
      .servicesOfSerial(serial)
      .find((one) => bindingAt(one, last.at)?.serial === serial);
    if (service === undefined || isHis(service, last.credential)) return [];
    if (view.facts.pending.some((pending) => pending.serial === serial)) return [];
    const other = view.serviceOf(last.credential);
    const run = sinceOther(seen, last.credential);
    const found = { serial, service, last, run };
    if (other !== null && other.end === null) return [ofAnother(found, other, view)];
    return drifted(found, view, settleInforms);
  },
});

interface Found {
  readonly serial: string;
  readonly service: Service;
  readonly last: Sighting;
  /** Sightings in a row that show it, ascending. */
  readonly run: readonly Sighting[];
}

/** The vendor's spelling of it, or an earlier value of the same service, is no other credential. */
function isHis({ credential, aliases }: Service, digest: string): boolean {
  return digest === credential || aliases.includes(digest);
}

function sinceOther(seen: readonly Sighting[], credential: string): readonly Sighting[] {
  const before = seen.findLastIndex((one) => one.credential !== credential);
  return seen.slice(before + 1);
}

function ofAnother({ serial, service, last, run }: Found, other: Service, view: View): Suspicion {
  const [first] = run;
  const began = first?.at ?? last.at;
  const macs = new Set(run.flatMap(({ wanMacs }) => wanMacs));
  const login = view
    .sessionsOf(other.credential)
    .flatMap(({ mac, alive }) => (mac !== null && macs.has(mac) ? alive : []))
    .find(({ at }) => at >= began);
  const again = run.find(({ at, live }) => live && at >= began + view.settings.overlapMs);
  const proven = login !== undefined && again !== undefined;
  return {
    credential: other.credential,
    service,
    sides: [boundSide(serial)],
    members: [],
    severity: "high",
    text: `${serial} of ${service.ref} holds the credential of ${other.ref}`,
    signals: [
      "credential_of_another_service",
      ...(login === undefined ? [] : ["used_by_this_box"]),
    ],
    beganAt: began,
    lastAt: last.at,
    suspectedAt: began,
    confirmedAt: proven
      ? Math.max(login.receivedAt, again.at, began + view.settings.lateTicketMs)
      : null,
    exhibits: () => [
      ...[...run.slice(0, 2), last].map(sightingExhibit),
      ...(login === undefined ? [] : [packetExhibit(login)]),
    ],
    standsAfter: (at) =>
      last.live && last.at > at ? { confirmedAt: proven ? last.at : null } : null,
  };
}

/** Plain drift counts from a push that a later read proved, and not from a box that began anew since. */
function drifted(
  { serial, service, last, run }: Found,
  view: View,
  informs: number,
): readonly Suspicion[] {
  const pushes = view.facts.pushes.filter(
    (push) => push.serial === serial && push.what === "credential",
  );
  const proven = pushes
    .flatMap(({ provenAt }) => provenAt ?? [])
    .sort((a, b) => a - b)
    .at(-1);
  if (proven === undefined || pushes.some(({ at }) => at > last.at)) return [];
  const since = run.filter(({ at }) => at > proven);
  const settled = since[informs - 1];
  const restarted = view.sightingsOf(serial).some((one) => one.at > proven && saysBootstrap(one));
  if (settled === undefined || restarted) return [];
  const began = since[0]?.at ?? settled.at;
  return [
    {
      credential: service.credential,
      service,
      sides: [boundSide(serial)],
      members: [],
      severity: "low",
      text: `${serial} holds another user name than we issued`,
      signals: ["user_name_changed_after_proof"],
      beganAt: began,
      lastAt: last.at,
      suspectedAt: settled.at,
      confirmedAt: null,
      exhibits: () => [...since.slice(0, 2), last].map(sightingExhibit),
      standsAfter: (at) => (last.at > at ? { confirmedAt: null } : null),
    },
  ];
}
