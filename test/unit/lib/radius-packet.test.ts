/** RADIUS packets: the vectors of the standard, and any packet there and back. */
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addressAttribute,
  ATTRIBUTES,
  CODES,
  decodePacket,
  encodeAnswer,
  encodeRequest,
  isAnswerTo,
  numberAttribute,
  numberOf,
  textAttribute,
  type RadiusPacket,
} from "../../../src/lib/radius-packet.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const secretOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function packetOf(bytes: Uint8Array): RadiusPacket {
  const read = decodePacket(bytes);
  if ("kind" in read) throw new Error(read.why);
  return read;
}

const bytes = (min: number, max: number) => fc.uint8Array({ minLength: min, maxLength: max });
const secret = bytes(1, 64);
const byte = fc.integer({ min: 0, max: 255 });
/** Any but the Message-Authenticator, which is ours to make. */
const attribute = fc.record({
  type: byte.filter((type) => type !== ATTRIBUTES.messageAuthenticator),
  value: bytes(0, 253),
});
const attributes = fc.array(attribute, { maxLength: 12 });

describe("a known packet", () => {
  // RFC 2865, 7.1: nemo logs in by telnet; the secret is xyzzy5461.
  const asked = hex("0f403f9473978057bd83d5cb98f4227a");
  const accept = hex(
    "0200002686fe220e7624ba2a1005f6bf9b55e0b20606000000010f06000000000e06c0a80103",
  );

  it("of RFC 2865 is read, and its Response Authenticator is right for its secret alone", () => {
    expect(packetOf(accept)).toMatchObject({ code: 2, identifier: 0 });
    expect(packetOf(accept).attributes.map(({ type }) => type)).toEqual([6, 15, 14]);
    expect(isAnswerTo(accept, asked, secretOf("xyzzy5461"), false)).toBe(true);
    expect(isAnswerTo(accept, asked, secretOf("xyzzy5462"), false)).toBe(false);
    expect(isAnswerTo(accept, asked, secretOf("xyzzy5461"), true), "it has no signature").toBe(
      false,
    );
  });

  // Test case 2 for HMAC-MD5 there; then the same function of Node beside ours.
  it("is signed by the HMAC-MD5 of RFC 2202", () => {
    const mac = createHmac("md5", "Jefe").update("what do ya want for nothing?").digest("hex");
    expect(mac).toBe("750c783e6ab0b503eaa86e310a5db738");
    const packet = encodeRequest({ code: 40, identifier: 7, attributes: [] }, secretOf("Jefe"));
    const blank = Buffer.from(packet);
    blank.fill(0, 4, 20);
    blank.fill(0, 22, 38);
    expect(Buffer.from(packet.subarray(22, 38)).toString("hex")).toBe(
      createHmac("md5", "Jefe").update(blank).digest("hex"),
    );
  });
});

describe("any packet", () => {
  it("comes back as it went, with its signature first", () => {
    fc.assert(
      fc.property(byte, byte, attributes, secret, (code, identifier, given, key) => {
        const read = packetOf(encodeRequest({ code, identifier, attributes: given }, key));
        expect([read.code, read.identifier]).toEqual([code, identifier]);
        expect(read.attributes[0]?.type).toBe(ATTRIBUTES.messageAuthenticator);
        expect(read.attributes.slice(1)).toEqual(given);
      }),
    );
  });

  it("is the same for the same content, so that a repeat may be sent as it is", () => {
    fc.assert(
      fc.property(byte, attributes, secret, (identifier, given, key) => {
        const packet = { code: CODES.disconnectRequest, identifier, attributes: given };
        expect(encodeRequest(packet, key)).toEqual(encodeRequest(packet, key));
      }),
    );
  });

  it("is believed as an answer as it was made, and with no bit of it turned", () => {
    fc.assert(
      fc.property(attributes, secret, bytes(16, 16), fc.nat(), (given, key, request, at) => {
        const packet = { code: CODES.disconnectAck, identifier: 1, attributes: given };
        const answer = encodeAnswer(packet, request, key);
        expect(isAnswerTo(answer, request, key, true)).toBe(true);
        // As a socket gives it: checked in place, twice, and left as it was.
        const received = Buffer.from(answer);
        expect(isAnswerTo(received, request, key, true)).toBe(true);
        expect(isAnswerTo(received, request, key, true)).toBe(true);
        const turned = Uint8Array.from(answer);
        // The length is checked before: what is cut off is malformed.
        const place = [0, 1, ...Array.from({ length: answer.length - 4 }, (_, n) => n + 4)];
        const index = place[at % place.length] ?? 0;
        turned[index] = (turned[index] ?? 0) ^ 1;
        expect(isAnswerTo(turned, request, key, true)).toBe(false);
      }),
    );
  });

  it("of any bytes is a packet or malformed, and never thrown (I20)", () => {
    fc.assert(
      fc.property(bytes(0, 600), secret, (given, key) => {
        const read = decodePacket(given);
        if ("kind" in read) expect(read.why).not.toBe("");
        else isAnswerTo(given, new Uint8Array(16), key, false);
      }),
      { numRuns: 1_000 },
    );
  });

  it.for([
    ["19 octets", "28010014".padEnd(38, "0"), "shorter than a header"],
    ["a length below 20", "28010013".padEnd(40, "0"), "its length is out of range"],
    ["a length past its end", "28010015".padEnd(40, "0"), "shorter than it says"],
    [
      "an attribute of length 0",
      `${"28010016".padEnd(40, "0")}0100`,
      "an attribute reaches past its end",
    ],
    [
      "an attribute past the end",
      `${"28010016".padEnd(40, "0")}0103`,
      "an attribute reaches past its end",
    ],
  ] as const)("%s is malformed", ([, text, why]) => {
    expect(decodePacket(hex(text))).toEqual({ kind: "malformed", why });
  });

  it("with padding behind its length is read without it", () => {
    const packet = encodeRequest({ code: 40, identifier: 3, attributes: [] }, secretOf("s"));
    expect(packetOf(Uint8Array.from([...packet, 1, 2, 3]))).toEqual(packetOf(packet));
  });
});

describe("an attribute", () => {
  it("of a number or of text comes back", () => {
    const four = numberAttribute(ATTRIBUTES.errorCause, 503);
    expect(
      numberOf(
        {
          ...packetOf(
            encodeRequest({ code: 42, identifier: 0, attributes: [four] }, secretOf("s")),
          ),
        },
        ATTRIBUTES.errorCause,
      ),
    ).toBe(503);
    expect(textAttribute(1, "é")?.value).toEqual(Uint8Array.from([0xc3, 0xa9]));
  });

  it("that is too long, or no address, is none", () => {
    expect(textAttribute(1, "a".repeat(253))?.value).toHaveLength(253);
    expect(textAttribute(1, "é".repeat(127))).toBeNull();
    expect(addressAttribute(4, "192.0.2.11")?.value).toEqual(Uint8Array.from([192, 0, 2, 11]));
    for (const text of ["192.0.2", "192.0.2.256", "192.0.2.011", "2001:db8::1", "", "a.b.c.d"])
      expect(addressAttribute(4, text), text).toBeNull();
  });
});
