/**
 * One RADIUS request and its answer over UDP. Each has a socket of its own, connected to its receiver: what comes from
 * elsewhere never arrives, and an identifier is never used by two at once. A repeat is the same packet from the same port,
 * so that the other side can tell it from a second request.
 *
 * A wrong secret looks like silence: the other side drops what it cannot verify, and so do we (then said in `why`).
 */
import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../lib/errors.ts";
import { decodePacket, isAnswerTo, type RadiusPacket } from "../lib/radius-packet.ts";
import type { Secret } from "../lib/secret.ts";

export interface RadiusServer {
  readonly host: string;
  readonly port: number;
  readonly secret: Secret;
  readonly attempts: number;
  readonly timeoutMs: number;
  readonly strict: boolean;
}

export type Exchanged =
  | { readonly kind: "answer"; readonly sent: number; readonly packet: RadiusPacket }
  | { readonly kind: "unknown"; readonly sent: number; readonly why: string };

/**
 * @param encode makes the packet, with the secret as octets
 * @param codes of answers; any other code is none
 */
export async function exchange(
  server: RadiusServer,
  encode: (secret: Uint8Array) => Uint8Array,
  codes: readonly number[],
  signal: AbortSignal,
): Promise<Exchanged> {
  let socket: Socket | null = null;
  try {
    const { address, family } = await lookup(server.host);
    socket = createSocket(family === 6 ? "udp6" : "udp4");
    await connected(socket, server.port, address);
    const secret = new TextEncoder().encode(server.secret.open());
    return await sendUntilAnswered(
      socket,
      { server, secret, packet: encode(secret), codes },
      signal,
    );
  } catch (error) {
    return { kind: "unknown", sent: 0, why: reasonOf(error) };
  } finally {
    socket?.close();
  }
}

/** A code of the system where there is one: messages of sockets hold addresses. */
function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : messageOf(error);
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

interface Asked {
  readonly server: RadiusServer;
  readonly secret: Uint8Array;
  readonly packet: Uint8Array;
  readonly codes: readonly number[];
}

/** Sends, and repeats with doubled waits, until an answer that is one; then the socket is the caller's again. */
async function sendUntilAnswered(
  socket: Socket,
  { server, secret, packet, codes }: Asked,
  signal: AbortSignal,
): Promise<Exchanged> {
  const authenticator = packet.slice(4, 20);
  let sent = 0;
  let why = "no answer";
  const answered = new AbortController();
  const over = AbortSignal.any([answered.signal, signal]);
  const answer = new Promise<Exchanged>((resolve) => {
    // The other host says that nobody listens, or a router that it is not there: one that restarts does that too.
    socket.on("error", (error) => {
      why = `no answer (${reasonOf(error)})`;
    });
    socket.on("message", (bytes) => {
      const read = decodePacket(bytes);
      if ("kind" in read || read.identifier !== packet[1]) return;
      if (!isAnswerTo(bytes, authenticator, secret, server.strict)) {
        why = "an answer came that does not verify: is the secret the same on both sides?";
        return;
      }
      if (codes.includes(read.code)) resolve({ kind: "answer", sent, packet: read });
    });
  });
  const repeat = async (): Promise<Exchanged> => {
    for (let waitMs = server.timeoutMs; sent < server.attempts; waitMs *= 2) {
      if (over.aborted) break;
      sent += 1;
      socket.send(packet, (error) => {
        if (error !== null) why = `it could not be sent (${reasonOf(error)})`;
      });
      await sleep(waitMs, undefined, { signal: over }).catch(() => undefined);
    }
    return { kind: "unknown", sent, why: signal.aborted ? "this process ended" : why };
  };
  try {
    return await Promise.race([answer, repeat()]);
  } finally {
    answered.abort();
    // What still arrives is for nobody; without a listener it would be thrown.
    socket.removeAllListeners("message");
  }
}
