/**
 * What makes two transmissions one record. What changes between them (Acct-Delay-Time, Packet-Original-Timestamp,
 * Packet-Transmit-Counter, port and id of the packet) is no part of it.
 */
import { hashText } from "../../lib/hash.ts";
import type { RadiusKind } from "../radius-event.ts";
import type { Attributes, TextName } from "./attributes.ts";
import { keepText } from "./values.ts";

/** SHA-256 of `unique | kind | session time | time of the event`. */
export function accountingKey(
  attributes: Attributes,
  kind: RadiusKind,
  unique: string | null,
): string {
  const seconds = attributes.number("Acct-Session-Time") ?? "";
  const when = whenOf(attributes);
  if (when !== null) return hashText([unique ?? bootOf(attributes), kind, seconds, when].join("|"));
  // Without any time of its own, running totals tell one interim from the next.
  const totals = [
    attributes.number("Acct-Input-Octets"),
    attributes.number("Acct-Input-Gigawords"),
    attributes.number("Acct-Output-Octets"),
    attributes.number("Acct-Output-Gigawords"),
  ];
  return hashText([unique ?? bootOf(attributes), kind, seconds, ...totals].join("|"));
}

/** A login has no session: who, from where, with which verdict, when. One without any time is never a repeat. */
export function loginKey(attributes: Attributes, kind: RadiusKind, receivedAt: Date): string {
  const inner = attributes.text("FreeRADIUS-Proxied-To") !== null;
  const when = whenOf(attributes) ?? `received ${receivedAt.toISOString()}`;
  const who = ["User-Name", "Calling-Station-Id", ...WHERE] as const;
  return hashText(JSON.stringify([kind, inner, when, ...told(attributes, who)]));
}

const WHERE = ["NAS-Identifier", "NAS-IP-Address", "NAS-IPv6-Address", "NAS-Port-Id"] as const;

/** As FreeRADIUS made it, else of the same members. Null: the packet names no session at all. */
export function sessionKey(attributes: Attributes): string | null {
  const unique = keepText(attributes.text("Acct-Unique-Session-Id") ?? "");
  if (unique !== null) return unique;
  if (attributes.text("Acct-Session-Id") === null) return null;
  const members = ["User-Name", "Acct-Session-Id", "NAS-Port", ...WHERE] as const;
  return hashText(JSON.stringify(told(attributes, members)));
}

/** An Accounting-On without any id is that of its NAS. */
function bootOf(attributes: Attributes): string {
  return JSON.stringify(told(attributes, WHERE));
}

function told(attributes: Attributes, names: readonly TextName[]): readonly (string | null)[] {
  return names.map((name) => attributes.text(name));
}

/**
 * Seconds of the epoch where they were sent or where the text says UTC, so that a record is the same with our policy in
 * place and without; else the text, which every transmission through one node repeats. Never used as a time.
 */
function whenOf(attributes: Attributes): string | null {
  const epoch = attributes.number("Tmp-Integer-0") ?? 0;
  if (epoch !== 0) return String(epoch);
  const text = attributes.text("Event-Timestamp");
  const utc = /^(\w{3} [ \d]\d \d{4} \d\d:\d\d:\d\d) UTC$/.exec(text ?? "")?.[1];
  const ms = utc === undefined ? NaN : Date.parse(`${utc} GMT`);
  return Number.isNaN(ms) ? text : String(ms / 1_000);
}
