/** Disconnect- and CoA-Requests (RFC 5176), by the exchange that logins use too. */
import {
  addressAttribute,
  ATTRIBUTES,
  CODES,
  encodeRequest,
  numberAttribute,
  numberOf,
  textAttribute,
  type RadiusAttribute,
} from "../lib/radius-packet.ts";
import type { AaaSession, DynamicAuthorization } from "../ports/outbound.ts";
import { exchange } from "./radius-exchange.ts";

type Change = Parameters<DynamicAuthorization["ask"]>[2];

interface Ground {
  readonly now: () => Date;
  /** 0 to 255. */
  readonly randomByte: () => number;
}

export function udpDynamicAuthorization({ now, randomByte }: Ground): DynamicAuthorization {
  return {
    async ask(target, session, change, signal) {
      const attributes = attributesOf(session, change, now());
      if (attributes === null) {
        return { kind: "unknown", sent: 0, why: "the id of its session is too long for a packet" };
      }
      const code = change.kind === "disconnect" ? CODES.disconnectRequest : CODES.coaRequest;
      const request = { code, identifier: randomByte(), attributes };
      const [ack, nak] = [code + 1, code + 2];
      const encode = (secret: Uint8Array) => encodeRequest(request, secret);
      const answer = await exchange(target, encode, [ack, nak], signal);
      if (answer.kind === "unknown") return answer;
      const { packet, sent } = answer;
      if (packet.code === ack) return { kind: "ack", sent };
      return { kind: "nak", sent, errorCause: numberOf(packet, ATTRIBUTES.errorCause) };
    },
  };
}

/** Null: its session cannot be named. */
function attributesOf(
  { sessionId, username, nasIdentifier, nasAddress }: AaaSession,
  change: Change,
  at: Date,
): readonly RadiusAttribute[] | null {
  const session = textAttribute(ATTRIBUTES.acctSessionId, sessionId);
  if (session === null) return null;
  const text = (type: number, value: string | null) =>
    value === null ? null : textAttribute(type, value);
  const all = [
    text(ATTRIBUTES.userName, username),
    nasAddress === null ? null : addressAttribute(ATTRIBUTES.nasIpAddress, nasAddress),
    text(ATTRIBUTES.nasIdentifier, nasIdentifier),
    session,
    numberAttribute(ATTRIBUTES.eventTimestamp, Math.floor(at.getTime() / 1_000)),
    text(ATTRIBUTES.filterId, change.kind === "coa" ? change.filterId : null),
  ];
  return all.filter((one) => one !== null);
}
