/** Passwords in logins: the two examples of RFC 2865, section 7, and any password there and back. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePacket, encodeAccessRequest, isAnswerTo } from "../../../src/lib/radius-packet.ts";
import { chapPassword, papPassword } from "../../../src/lib/radius-password.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const octets = (text: string): Uint8Array => new TextEncoder().encode(text);
const shown = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("hex");
const SECRET = octets("xyzzy5461");

/** The packets as they are printed there. */
const NEMO = hex(
  "010000380f403f9473978057bd83d5cb98f4227a01066e656d6f02120dbe708d93d413ce3196e43f782a0aee0406c0a80110050600000003",
);
const FLOPSY = hex(
  "010100472aee86f08d0d55969ca5978e0d3367a20108666c6f7073790313" +
    "16e97557c316185895f293ff634407727504" +
    "06c0a801100506000000140606000000020706000000" +
    "01",
);

function attributesOf(bytes: Uint8Array) {
  const read = decodePacket(bytes);
  if ("kind" in read) throw new Error(read.why);
  return {
    authenticator: read.authenticator,
    of: new Map(read.attributes.map((a) => [a.type, a.value])),
  };
}

describe("the examples of RFC 2865", () => {
  it("7.1: nemo's password is hidden as it stands there", () => {
    const { authenticator, of } = attributesOf(NEMO);
    const made = papPassword(octets("arctangent"), authenticator, SECRET);
    expect(shown(of.get(2))).toBe("0dbe708d93d413ce3196e43f782a0aee");
    expect(shown(made?.value)).toBe(shown(of.get(2)));
  });

  it("7.2: flopsy's answer to the challenge is as it stands there, and so is the server's", () => {
    const { authenticator, of } = attributesOf(FLOPSY);
    const made = chapPassword(0x16, octets("arctangent"), authenticator);
    expect(shown(made.value)).toBe(shown(of.get(3)));
    const accept = hex(
      "0201003815efbc7dab26cfa3dc34d9c03c8601a40606000000020706000000010806fffffffe0a06000000020d06000000010c06000005dc",
    );
    expect(isAnswerTo(accept, authenticator, SECRET, false)).toBe(true);
  });
});

describe("a hidden password", () => {
  it("is read by who knows the secret, whatever its length", () => {
    const bytes = (min: number, max: number) => fc.uint8Array({ minLength: min, maxLength: max });
    fc.assert(
      fc.property(bytes(1, 128), bytes(16, 16), bytes(1, 40), (password, authenticator, secret) => {
        const hidden = papPassword(password, authenticator, secret)?.value ?? new Uint8Array();
        expect(hidden.length % 16).toBe(0);
        let before = Buffer.from(authenticator);
        const read: number[] = [];
        for (let at = 0; at < hidden.length; at += 16) {
          const mask = createHash("md5").update(secret).update(before).digest();
          before = Buffer.from(hidden.slice(at, at + 16));
          read.push(...before.map((octet, index) => octet ^ (mask[index] ?? 0)));
        }
        expect(read.slice(0, password.length)).toEqual([...password]);
        expect(read.slice(password.length).every((octet) => octet === 0)).toBe(true);
      }),
    );
  });

  it.for([[0], [129]] as const)("of %d octets cannot be sent", ([length]) => {
    expect(papPassword(new Uint8Array(length), new Uint8Array(16), SECRET)).toBeNull();
  });
});

describe("an Access-Request", () => {
  it("keeps its random authenticator, and is signed over it", () => {
    const authenticator = hex("0f403f9473978057bd83d5cb98f4227a");
    const packet = encodeAccessRequest({ identifier: 9, attributes: [] }, authenticator, SECRET);
    expect([packet[0], packet[1], packet.length]).toEqual([1, 9, 38]);
    expect(shown(packet.slice(4, 20))).toBe(shown(authenticator));
    expect(packet[20]).toBe(80);
  });
});
