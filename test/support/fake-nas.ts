/**
 * A NAS that takes Disconnect- and CoA-Requests on a UDP socket and behaves as a test says. It has a way of its own to build
 * and check packets, by Node's crypto, so that a mistake in ours is none that both share.
 */
import { createHash, createHmac } from "node:crypto";
import { createSocket } from "node:dgram";

export interface NasRequest {
  readonly code: number;
  readonly identifier: number;
  readonly port: number;
  readonly bytes: Buffer;
  /** By type, the first of each. */
  readonly attributes: ReadonlyMap<number, Buffer>;
  /** Are authenticator and Message-Authenticator right, and is there the latter? */
  readonly verified: boolean;
}

export type NasAnswer =
  | "ack"
  | "silence"
  | { readonly nak: number | null }
  /** Signed with another secret, for another identifier, with a broken or without a Message-Authenticator. */
  | "wrong-secret"
  | "wrong-identifier"
  | "wrong-signature"
  | "unsigned";

export interface FakeNas {
  readonly port: number;
  /** In the order of their coming, also those that do not verify. */
  readonly requests: NasRequest[];
  /** By how many came before. A NAS drops what does not verify, whatever is said here. */
  behave: (index: number, request: NasRequest) => NasAnswer;
  close(): Promise<void>;
}

const zeros = Buffer.alloc(16);
const md5 = (...parts: Buffer[]): Buffer => createHash("md5").update(Buffer.concat(parts)).digest();

function attributesOf(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 20; at < bytes.length; at += bytes[at + 1] ?? 255) {
    const type = bytes[at] ?? 0;
    if (!found.has(type)) found.set(type, bytes.subarray(at + 2, at + (bytes[at + 1] ?? 0)));
  }
  return found;
}

function isVerified(bytes: Buffer, secret: Buffer): boolean {
  const bare = Buffer.concat([bytes.subarray(0, 4), zeros, bytes.subarray(20)]);
  if (!md5(bare, secret).equals(bytes.subarray(4, 20))) return false;
  const signature = attributesOf(bytes).get(80);
  if (signature?.length !== 16) return false;
  const blank = Buffer.from(bare);
  zeros.copy(blank, signature.byteOffset - bytes.byteOffset);
  return createHmac("md5", secret).update(blank).digest().equals(signature);
}

function answerTo(request: NasRequest, answer: NasAnswer, given: string): Buffer | null {
  if (answer === "silence") return null;
  const secret = Buffer.from(answer === "wrong-secret" ? "another" : given);
  const isNak = typeof answer === "object";
  const causes: Buffer[] = [];
  if (isNak && answer.nak !== null) {
    const cause = Buffer.alloc(6);
    cause.set([101, 6]);
    cause.writeUInt32BE(answer.nak, 2);
    causes.push(cause);
  }
  const signature = Buffer.concat([Buffer.from([80, 18]), zeros]);
  const attributes = Buffer.concat([...causes, ...(answer === "unsigned" ? [] : [signature])]);
  const head = Buffer.alloc(4);
  head[0] = request.code + (isNak ? 2 : 1);
  head[1] = request.identifier ^ (answer === "wrong-identifier" ? 1 : 0);
  head.writeUInt16BE(20 + attributes.length, 2);
  const asked = request.bytes.subarray(4, 20);
  if (answer !== "unsigned") {
    const mac = createHmac("md5", secret)
      .update(Buffer.concat([head, asked, attributes]))
      .digest();
    if (answer === "wrong-signature") mac[0] = (mac[0] ?? 0) ^ 1;
    mac.copy(attributes, attributes.length - 16);
  }
  return Buffer.concat([head, md5(head, asked, attributes, secret), attributes]);
}

export async function startNas(secret: string): Promise<FakeNas> {
  const socket = createSocket("udp4");
  socket.on("message", (bytes, { port, address }) => {
    const request: NasRequest = {
      ...{ code: bytes[0] ?? 0, identifier: bytes[1] ?? 0, port, bytes },
      attributes: attributesOf(bytes),
      verified: isVerified(bytes, Buffer.from(secret)),
    };
    nas.requests.push(request);
    if (!request.verified) return;
    const answer = answerTo(request, nas.behave(nas.requests.length - 1, request), secret);
    if (answer !== null) socket.send(answer, port, address);
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, "127.0.0.1", resolve);
  });
  const nas: FakeNas = {
    port: socket.address().port,
    requests: [],
    behave: () => "ack",
    close: () =>
      new Promise((resolve) => {
        socket.close(() => {
          resolve();
        });
      }),
  };
  return nas;
}
