/**
 * One body of rlm_rest as an event, or as poison with the reason. Never throws, whatever the bytes. A body that has not
 * the form of rlm_rest is poison; content that cannot be understood (a MAC, a name that is no text) is null in the event.
 */
import type { RadiusEvent, RadiusKind } from "../radius-event.ts";
import { readBody, type AttributeName, type Attributes, type Shape } from "./attributes.ts";
import { userOf } from "./identity.ts";
import { accountingKey, loginKey, sessionKey } from "./key.ts";
import { stationOf, type StationId } from "./mac.ts";
import type { Poison, PoisonReason } from "./poison.ts";
import { decodeOctets, keepAddress, keepOctets, keepText } from "./values.ts";

export type RadiusEndpoint = "accounting" | "post-auth";

export type ReadRadius =
  | {
      readonly kind: "event";
      readonly event: RadiusEvent;
      /** How long it was under way, as it says (Acct-Delay-Time); it differs between transmissions of one record. */
      readonly delayMs: number;
      readonly shape: Shape;
      /** The body held a password or its like: the RADIUS node lets secrets out. */
      readonly unscrubbed: boolean;
    }
  | { readonly kind: "poison"; readonly poison: Poison };

export function readRadius(
  bytes: Uint8Array,
  endpoint: RadiusEndpoint,
  receivedAt: Date,
): ReadRadius {
  const body = readBody(bytes);
  if (body.kind !== "attributes") {
    return poison(body.kind, body.shape, body.kind === "bad_attribute" ? body.name : null);
  }
  const { attributes, shape, unscrubbed } = body;
  const kind = kindOf(attributes, endpoint);
  if (kind === "no_status" || kind === "unknown_status") {
    return poison(kind, shape, "Acct-Status-Type");
  }
  const unique = sessionKey(attributes);
  if (IN_SESSION.has(kind) && unique === null)
    return poison("no_session", shape, "Acct-Session-Id");
  const event = eventOf({ attributes, kind, unique, receivedAt });
  return { kind: "event", event, delayMs: delayOf(attributes), shape, unscrubbed };
}

function poison(
  reason: PoisonReason,
  shape: Shape,
  attribute: AttributeName | null = null,
): ReadRadius {
  return { kind: "poison", poison: { reason, attribute, shape } };
}

const IN_SESSION: ReadonlySet<RadiusKind> = new Set(["start", "interim", "stop"]);

/** By name, and by number as `raw_value = yes` sends it (RFC 2866, 5.1). */
const STATUSES: ReadonlyMap<string, RadiusKind> = new Map([
  ["start", "start"],
  ["1", "start"],
  ["stop", "stop"],
  ["2", "stop"],
  ["interim-update", "interim"],
  ["alive", "interim"],
  ["3", "interim"],
  ["accounting-on", "nas_on"],
  ["7", "nas_on"],
  ["accounting-off", "nas_off"],
  ["8", "nas_off"],
]);
const VERDICTS: ReadonlyMap<string, RadiusKind> = new Map([
  ["access-accept", "accept"],
  ["2", "accept"],
  ["access-reject", "reject"],
  ["3", "reject"],
]);

/** A login has no status, and its body no verdict but the one that our policy adds: nothing else tells one. */
function kindOf(
  attributes: Attributes,
  endpoint: RadiusEndpoint,
): RadiusKind | "no_status" | "unknown_status" {
  const status = attributes.text("Acct-Status-Type");
  if (status !== null) return STATUSES.get(status.toLowerCase()) ?? "unknown_status";
  if (endpoint === "accounting") return "no_status";
  return VERDICTS.get(attributes.text("Tmp-String-2")?.toLowerCase() ?? "") ?? "login";
}

interface Told {
  readonly attributes: Attributes;
  readonly kind: RadiusKind;
  readonly unique: string | null;
  readonly receivedAt: Date;
}

function eventOf({ attributes, kind, unique, receivedAt }: Told): RadiusEvent {
  const station = stationOf(attributes.text("Calling-Station-Id"), attributes.text("Tmp-String-1"));
  const isLogin = kind === "accept" || kind === "reject" || kind === "login";
  return {
    key: isLogin ? loginKey(attributes, kind, receivedAt) : accountingKey(attributes, kind, unique),
    kind,
    ...timesOf(attributes, receivedAt),
    user: userOf(
      attributes.text("User-Name"),
      attributes.text("EAP-Type"),
      attributes.text("FreeRADIUS-Proxied-To") !== null,
    ),
    ...placeOf(attributes, station),
    session: sessionOf(attributes, kind, unique),
  };
}

/** The epoch as it was sent, where there is one: text dates are local to the RADIUS node, and say nothing certain. */
function timesOf(
  attributes: Attributes,
  receivedAt: Date,
): Pick<RadiusEvent, "at" | "estimated" | "receivedAt"> {
  const epoch = attributes.number("Tmp-Integer-0") ?? 0;
  if (epoch !== 0) return { at: new Date(epoch * 1_000), estimated: false, receivedAt };
  return { at: new Date(receivedAt.getTime() - delayOf(attributes)), estimated: true, receivedAt };
}

function delayOf(attributes: Attributes): number {
  return (attributes.number("Acct-Delay-Time") ?? 0) * 1_000;
}

function placeOf(
  attributes: Attributes,
  { mac, raw }: StationId,
): Pick<RadiusEvent, "mac" | "macRaw" | "nas" | "line"> {
  const claimedAddress =
    keepAddress(attributes.text("NAS-IP-Address") ?? "") ??
    keepAddress(attributes.text("NAS-IPv6-Address") ?? "");
  const circuit = attributes.text("ADSL-Agent-Circuit-Id");
  const station = attributes.text("WiMAX-BS-Id");
  return {
    mac,
    macRaw: raw,
    nas: {
      name: keepText(attributes.text("NAS-Identifier") ?? "") ?? claimedAddress,
      claimedAddress,
      sourceAddress: keepAddress(attributes.text("Tmp-String-0") ?? ""),
    },
    line: {
      portId: keepText(attributes.text("NAS-Port-Id") ?? ""),
      circuitId: circuit === null ? circuitPair(attributes) : keepOctets(circuit),
      baseStation: station === null ? null : decodeOctets(station),
    },
  };
}

/** Cisco and those that follow it put the line into a pair. */
function circuitPair(attributes: Attributes): string | null {
  const named = "circuit-id-tag=";
  const pair = attributes.texts("Cisco-AVPair").find((text) => text.startsWith(named));
  return keepText(pair?.slice(named.length) ?? "");
}

function sessionOf(
  attributes: Attributes,
  kind: RadiusKind,
  unique: string | null,
): RadiusEvent["session"] {
  const octets = (name: "class" | "chargeable"): string | null => {
    const value = attributes.text(name === "class" ? "Class" : "Chargeable-User-Identity");
    return value === null ? null : decodeOctets(value);
  };
  // The id of an Accounting-On is that of a boot.
  const ofNas = kind === "nas_on" || kind === "nas_off";
  return {
    id: ofNas ? null : keepText(attributes.text("Acct-Session-Id") ?? ""),
    unique: ofNas ? null : unique,
    multi: keepText(attributes.text("Acct-Multi-Session-Id") ?? ""),
    class: octets("class"),
    chargeable: octets("chargeable"),
    seconds: attributes.number("Acct-Session-Time"),
    inOctets: totalOf(attributes, "Input"),
    outOctets: totalOf(attributes, "Output"),
    framedAddress:
      keepAddress(attributes.text("Framed-IP-Address") ?? "") ??
      keepAddress(attributes.text("Framed-IPv6-Address") ?? ""),
    terminateCause: keepText(attributes.text("Acct-Terminate-Cause") ?? ""),
  };
}

/** A counter of 64 bits in two attributes; the upper half is left out while it is 0. */
function totalOf(attributes: Attributes, way: "Input" | "Output"): bigint | null {
  const low = attributes.number(`Acct-${way}-Octets`);
  const high = attributes.number(`Acct-${way}-Gigawords`);
  if (low === null && high === null) return null;
  return (BigInt(high ?? 0) << 32n) + BigInt(low ?? 0);
}
