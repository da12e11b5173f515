/**
 * A login at the AAA with a password of ours (RFC 2865), to prove that it takes it. No CPE is in it: the NAS is we, the
 * station is a mark that our ingest knows again, and Authenticate-Only asks for no address, no session, nothing but yes or no.
 */
import {
  ATTRIBUTES,
  CODES,
  encodeAccessRequest,
  numberAttribute,
  textAttribute,
} from "../lib/radius-packet.ts";
import { chapPassword, papPassword } from "../lib/radius-password.ts";
import type { LoginAnswer, LoginTarget, LoginTester } from "../ports/outbound.ts";
import { exchange } from "./radius-exchange.ts";

/** Service-Type of RFC 2865, 5.6. */
const AUTHENTICATE_ONLY = 8;

const ANSWERS: ReadonlyMap<number, Exclude<LoginAnswer["kind"], "unknown">> = new Map([
  [CODES.accessAccept, "accept"],
  [CODES.accessReject, "reject"],
  [CODES.accessChallenge, "challenge"],
]);

type User = Parameters<LoginTester["login"]>[1];

interface Ground {
  readonly randomBytes: (count: number) => Uint8Array;
}

export function udpLoginTester({ randomBytes }: Ground): LoginTester {
  return {
    async login(target, user, signal) {
      const authenticator = Uint8Array.from(randomBytes(16));
      const [identifier = 0, chapIdentifier = 0] = randomBytes(2);
      const encode = (secret: Uint8Array): Uint8Array => {
        const attributes = attributesOf(target, user, { authenticator, chapIdentifier, secret });
        return encodeAccessRequest({ identifier, attributes }, authenticator, secret);
      };
      const answer = await exchange(target, encode, [...ANSWERS.keys()], signal);
      if (answer.kind === "unknown") return { kind: "unknown", why: answer.why };
      return { kind: ANSWERS.get(answer.packet.code) ?? "challenge" };
    },
  };
}

/** @throws RangeError: a name or password that no login can carry; then nothing is sent */
function attributesOf(
  { method, nasIdentifier }: LoginTarget,
  { name, password, station }: User,
  how: {
    readonly authenticator: Uint8Array;
    readonly chapIdentifier: number;
    readonly secret: Uint8Array;
  },
) {
  const octets = new TextEncoder().encode(password.open());
  const { authenticator, chapIdentifier, secret } = how;
  const all = [
    textAttribute(ATTRIBUTES.userName, name),
    method === "pap"
      ? papPassword(octets, authenticator, secret)
      : chapPassword(chapIdentifier, octets, authenticator),
    textAttribute(ATTRIBUTES.nasIdentifier, nasIdentifier),
    textAttribute(ATTRIBUTES.callingStationId, station),
    numberAttribute(ATTRIBUTES.serviceType, AUTHENTICATE_ONLY),
  ];
  return all.map((one) => {
    if (one === null) throw new RangeError("a name or password is too long for a RADIUS login");
    return one;
  });
}
