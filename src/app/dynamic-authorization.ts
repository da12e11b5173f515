/**
 * Disconnect- and CoA-Requests over UDP (RFC 5176). Each request has a socket of its own, connected to its receiver: what
 * comes from elsewhere never arrives, and an identifier is never used by two at once. A repeat is the same packet from the
 * same port, so that the NAS can tell it from a second request.
 *
 * A wrong secret looks like silence: the NAS drops what it cannot verify, and so do we (then said in `why`).
 */
import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../lib/errors.ts";
import {
  addressAttribute,
  ATTRIBUTES,
  CODES,
  decodePacket,
  encodeRequest,
  isAnswerTo,
  numberAttribute,
  numberOf,
  textAttribute,
  type RadiusAttribute,
} from "../lib/radius-packet.ts";
import type { AaaAnswer, AaaSession, AaaTarget, DynamicAuthorization } from "../ports/outbound.ts";

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
      if (attributes === null) return unknown(0, "the id of its session is too long for a packet");
      let socket: Socket | null = null;
      try {
        const { address, family } = await lookup(target.host);
        socket = createSocket(family === 6 ? "udp6" : "udp4");
        await connected(socket, target.port, address);
        const code = change.kind === "disconnect" ? CODES.disconnectRequest : CODES.coaRequest;
        const request = { code, identifier: randomByte(), attributes };
        return await exchange(socket, target, request, signal);
      } catch (error) {
        return unknown(0, reasonOf(error));
      } finally {
        socket?.close();
      }
    },
  };
}

function unknown(sent: number, why: string): AaaAnswer {
  return { kind: "unknown", sent, why };
}

/** A code of the system where there is one: messages of sockets hold addresses. */
function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : messageOf(error);
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

function connected(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.connect(port, address, () => {
      socket.off("error", reject);
      resolve();
    });
  });
}

/** Sends, and repeats with doubled waits, until an answer that is one; then the socket is the caller's again. */
async function exchange(
  socket: Socket,
  target: AaaTarget,
  request: Parameters<typeof encodeRequest>[0],
  signal: AbortSignal,
): Promise<AaaAnswer> {
  const secret = new TextEncoder().encode(target.secret.open());
  const packet = encodeRequest(request, secret);
  const authenticator = packet.slice(4, 20);
  let sent = 0;
  let why = "no answer";
  const answered = new AbortController();
  const over = AbortSignal.any([answered.signal, signal]);
  const answer = new Promise<AaaAnswer>((resolve) => {
    // The other host says that nobody listens, or a router that it is not there: a NAS that restarts does that too.
    socket.on("error", (error) => {
      why = `no answer (${reasonOf(error)})`;
    });
    socket.on("message", (bytes) => {
      const read = decodePacket(bytes);
      if ("kind" in read || read.identifier !== request.identifier) return;
      if (!isAnswerTo(bytes, authenticator, secret, target.strict)) {
        why = "an answer came that does not verify: is the secret the same on both sides?";
        return;
      }
      if (read.code === request.code + 1) resolve({ kind: "ack", sent });
      else if (read.code === request.code + 2) {
        resolve({ kind: "nak", sent, errorCause: numberOf(read, ATTRIBUTES.errorCause) });
      }
    });
  });
  const repeat = async (): Promise<AaaAnswer> => {
    for (let waitMs = target.timeoutMs; sent < target.attempts; waitMs *= 2) {
      sent += 1;
      socket.send(packet, (error) => {
        if (error !== null) why = `it could not be sent (${reasonOf(error)})`;
      });
      await sleep(waitMs, undefined, { signal: over }).catch(() => undefined);
      if (over.aborted) break;
    }
    return unknown(sent, signal.aborted ? "this process ended" : why);
  };
  try {
    return await Promise.race([answer, repeat()]);
  } finally {
    answered.abort();
    // What still arrives is for nobody; without a listener it would be thrown.
    socket.removeAllListeners("message");
  }
}
