/**
 * A RADIUS server that takes Access-Requests on a UDP socket and knows some users. It reads passwords and checks and signs
 * packets in a way of its own, by Node's crypto and RFC 2865, so that a mistake in ours is none that both share.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createSocket } from "node:dgram";

export interface AaaRequest {
  readonly identifier: number;
  readonly authenticator: Buffer;
  readonly bytes: Buffer;
  readonly attributes: ReadonlyMap<number, Buffer>;
  /** Is there a Message-Authenticator, and is it right? */
  readonly signed: boolean;
  /** Does the password fit what this server knows of the user? */
  readonly fits: boolean;
}

export type AaaBehaviour =
  /** Accept or reject, by the password. */
  | "honest"
  | "challenge"
  | "silence"
  /** Accepts, and does what nobody should believe. */
  | "wrong-secret"
  | "wrong-signature"
  | "other-request";

export interface FakeAaa {
  readonly port: number;
  readonly requests: AaaRequest[];
  /** Passwords by user name, with its realm. */
  readonly users: Map<string, string>;
  behave: AaaBehaviour;
  close(): Promise<void>;
}

const md5 = (...parts: Buffer[]): Buffer => createHash("md5").update(Buffer.concat(parts)).digest();
const ACCEPT = 2;
const REJECT = 3;
const CHALLENGE = 11;

function attributesOf(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 20; at < bytes.length; at += bytes[at + 1] ?? 255) {
    found.set(bytes[at] ?? 0, bytes.subarray(at + 2, at + (bytes[at + 1] ?? 0)));
  }
  return found;
}

function isSigned(bytes: Buffer, attributes: Map<number, Buffer>, secret: Buffer): boolean {
  const signature = attributes.get(80);
  if (signature?.length !== 16) return false;
  const blank = Buffer.from(bytes);
  blank.fill(
    0,
    signature.byteOffset - bytes.byteOffset,
    signature.byteOffset - bytes.byteOffset + 16,
  );
  return timingSafeEqual(createHmac("md5", secret).update(blank).digest(), signature);
}

/** RFC 2865, 5.2, read backwards. */
function unhidden(hidden: Buffer, authenticator: Buffer, secret: Buffer): string {
  let before = authenticator;
  const blocks: Buffer[] = [];
  for (let at = 0; at < hidden.length; at += 16) {
    const block = hidden.subarray(at, at + 16);
    const mask = md5(secret, before);
    blocks.push(Buffer.from(block.map((octet, index) => octet ^ (mask[index] ?? 0))));
    before = block;
  }
  return Buffer.concat(blocks).toString("utf8").replace(/\0+$/, "");
}

function fits(
  attributes: Map<number, Buffer>,
  authenticator: Buffer,
  secret: Buffer,
  users: ReadonlyMap<string, string>,
): boolean {
  const password = users.get(attributes.get(1)?.toString("utf8") ?? "");
  if (password === undefined) return false;
  const [hidden, chap] = [attributes.get(2), attributes.get(3)];
  if (hidden !== undefined) return unhidden(hidden, authenticator, secret) === password;
  if (chap === undefined) return false;
  const challenge = attributes.get(60) ?? authenticator;
  return md5(chap.subarray(0, 1), Buffer.from(password), challenge).equals(chap.subarray(1));
}

function answerOf(request: AaaRequest, behave: AaaBehaviour, given: string): Buffer | null {
  if (behave === "silence") return null;
  const verdict = request.fits ? ACCEPT : REJECT;
  const code = behave === "honest" ? verdict : behave === "challenge" ? CHALLENGE : ACCEPT;
  const secret = Buffer.from(behave === "wrong-secret" ? "another" : given);
  const asked = behave === "other-request" ? Buffer.alloc(16, 7) : request.authenticator;
  const attributes = Buffer.concat([Buffer.from([80, 18]), Buffer.alloc(16)]);
  const head = Buffer.from([code, request.identifier, 0, 20 + attributes.length]);
  const mac = createHmac("md5", secret)
    .update(Buffer.concat([head, asked, attributes]))
    .digest();
  if (behave === "wrong-signature") mac[0] = (mac[0] ?? 0) ^ 1;
  mac.copy(attributes, 2);
  return Buffer.concat([head, md5(head, asked, attributes, secret), attributes]);
}

export async function startAaa(secret: string): Promise<FakeAaa> {
  const socket = createSocket("udp4");
  socket.on("message", (bytes, { port, address }) => {
    if (bytes[0] !== 1) return;
    const key = Buffer.from(secret);
    const attributes = attributesOf(bytes);
    const authenticator = bytes.subarray(4, 20);
    const request: AaaRequest = {
      ...{ identifier: bytes[1] ?? 0, authenticator, bytes, attributes },
      signed: isSigned(bytes, attributes, key),
      fits: fits(attributes, authenticator, key, aaa.users),
    };
    aaa.requests.push(request);
    // As a server that minds CVE-2024-3596: what is not signed is not looked at.
    if (!request.signed) return;
    const answer = answerOf(request, aaa.behave, secret);
    if (answer !== null) socket.send(answer, port, address);
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, "127.0.0.1", resolve);
  });
  const aaa: FakeAaa = {
    port: socket.address().port,
    requests: [],
    users: new Map(),
    behave: "honest",
    close: () =>
      new Promise((resolve) => {
        socket.close(() => {
          resolve();
        });
      }),
  };
  return aaa;
}
