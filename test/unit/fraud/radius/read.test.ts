import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { POISON } from "../../../../src/fraud/radius/poison.ts";
import { stationOf } from "../../../../src/fraud/radius/mac.ts";
import { readRadius } from "../../../../src/fraud/radius/read.ts";
import { mutated } from "../../../support/radius-mutations.ts";
import {
  changed,
  eventOf,
  made,
  RECEIVED,
  sample,
  verdictOf,
  type Sample,
} from "../../../support/radius-samples.ts";

describe("what is no record is poison, with the reason", () => {
  const text = (body: string): Sample => ({ ...sample("02"), bytes: Buffer.from(body, "latin1") });
  it.for([
    ["", "poison not_json"],
    ["User-Name=cpe-1001", "poison not_json"],
    ['{"User-Name":', "poison not_json"],
    ["\uFEFF{}", "poison not_json"],
    ["null", "poison not_an_object"],
    ["[]", "poison not_an_object"],
    ["{}", "poison no_status Acct-Status-Type"],
    ['{"Acct-Status-Type":"Start"}', "poison bad_attribute Acct-Status-Type"],
    ['{"Acct-Status-Type":{"value":[{}]}}', "poison bad_attribute Acct-Status-Type"],
    ['{"Acct-Status-Type":{"value":[]}}', "poison no_status Acct-Status-Type"],
    ['{"__proto__":{"Acct-Status-Type":{"value":["Start"]}}}', "poison no_status Acct-Status-Type"],
  ] as const)("%s: %s", ([body, verdict]) => {
    expect(verdictOf(text(body))).toBe(verdict);
  });

  it.for([
    [
      "a status of a tunnel",
      { "Acct-Status-Type": "Tunnel-Start" },
      "unknown_status Acct-Status-Type",
    ],
    [
      "no session",
      { "Acct-Session-Id": null, "Acct-Unique-Session-Id": null },
      "no_session Acct-Session-Id",
    ],
    ["a time below 0", { "Acct-Session-Time": -1 }, "bad_attribute Acct-Session-Time"],
    ["a half octet", { "Acct-Input-Octets": 0.5 }, "bad_attribute Acct-Input-Octets"],
    ["more than 32 bits", { "Tmp-Integer-0": 2 ** 32 }, "bad_attribute Tmp-Integer-0"],
    [
      "a local date for an epoch",
      { "Tmp-Integer-0": "Nov 22 2026 22:55:34 SAST" },
      "bad_attribute Tmp-Integer-0",
    ],
  ] as const)("%s", ([, changes, verdict]) => {
    expect(verdictOf(changed("03", changes))).toBe(`poison ${verdict}`);
  });

  it("however deep it is nested", () => {
    expect(verdictOf(text("[".repeat(60_000)))).toBe("poison not_json");
    expect(verdictOf(text("[".repeat(9_000) + "]".repeat(9_000)))).toBe("poison not_an_object");
  });

  it("but nothing in a login is", () => {
    expect(verdictOf(made("post-auth", {}))).toBe("event login");
  });
});

describe("a MAC in any of its forms", () => {
  const hex = (text: string) => Buffer.from(text, "latin1").toString("hex");
  it.for([
    "00:0C:42:AA:00:01",
    "00-0c-42-aa-00-01",
    "000c.42aa.0001",
    "000C42AA0001",
    "0x000c42aa0001",
    " 00:0c:42:aa:00:01 ",
    "\u0000\u000c\u0042\u00aa\u0000\u0001",
  ])("%j, as it stands and as a hex copy", (value) => {
    expect(stationOf(value, null).mac).toBe("000c42aa0001");
    expect(stationOf(null, hex(value)).mac).toBe("000c42aa0001");
    expect(stationOf("\ufffd mangled", hex(value)).mac).toBe("000c42aa0001");
  });

  it.for([
    "",
    "00:0C:42:AA:00",
    "00:0C:42:AA:00:01:02",
    "00:0C-42:AA:00:01",
    "+27 21 555 0100",
    "000c42aa000g",
    "00:00:00:00:00:00",
    "ff-ff-ff-ff-ff-ff",
    "00:0C:42:AA:00:01/pppoe-17",
  ])("%j is unparsed, which is never a mismatch", (value) => {
    expect(stationOf(value, null).mac).toBeNull();
  });

  it.for(["xyz", "123", ""])("falls back to the value when the copy %j is no hex", (copy) => {
    expect(stationOf("00:0C:42:AA:00:01", copy).mac).toBe("000c42aa0001");
  });
});

describe("the key of a record is that of every transmission", () => {
  const keyOf = (body: Sample, receivedAt = RECEIVED) => eventOf(body, receivedAt).key;
  const LATER = new Date("2026-11-24T00:00:00Z");

  it.for([
    ["a retransmitted Start", sample("04"), sample("07")],
    ["a Stop as it was, and out of a spool an hour later", sample("06"), sample("20")],
    [
      "another source port and id",
      sample("03"),
      changed("03", { "Packet-Src-Port": 1, "Packet-Id": 7 }),
    ],
    ["a number printed as text", sample("03"), changed("03", { "Acct-Session-Time": "300" })],
  ] as const)("%s", ([, one, other]) => {
    expect(keyOf(other, LATER)).toBe(keyOf(one));
  });

  it.for([
    ["another session time", sample("03"), changed("03", { "Acct-Session-Time": 600 })],
    ["another kind", sample("03"), changed("03", { "Acct-Status-Type": "Stop" })],
    ["another second", sample("20"), changed("20", { "Tmp-Integer-0": 1_795_382_135 })],
    ["another session", sample("03"), changed("03", { "Acct-Unique-Session-Id": "f00" })],
    ["an accept and a reject", sample("13"), changed("13", { "Tmp-String-2": "Access-Reject" })],
    [
      "inside and outside of a tunnel",
      sample("15"),
      changed("15", { "FreeRADIUS-Proxied-To": null }),
    ],
    [
      "interims without any time but with other totals",
      changed("03", { "Event-Timestamp": null, "Acct-Session-Time": null }),
      changed("03", { "Event-Timestamp": null, "Acct-Session-Time": null, "Acct-Input-Octets": 2 }),
    ],
  ] as const)("%s are two records", ([, one, other]) => {
    expect(keyOf(other)).not.toBe(keyOf(one));
  });
});

describe("an Accounting-On is of its NAS and makes no session", () => {
  it.for(["01", "09"])("sample %s", (number) => {
    expect(eventOf(sample(number))).toMatchObject({
      user: null,
      session: { id: null, unique: null },
    });
  });
});

describe("whatever the bytes, a body is an event or poison with a known reason (I20)", () => {
  it("for samples that were cut, mixed, retyped and filled with bytes", () => {
    fc.assert(
      fc.property(mutated, ({ bytes, endpoint }) => {
        const result = readRadius(bytes, endpoint, RECEIVED);
        if (result.kind === "poison") {
          expect(Object.keys(POISON)).toContain(result.poison.reason);
          return;
        }
        const { event } = result;
        expect(Number.isNaN(event.at.getTime())).toBe(false);
        expect(event.mac ?? "000000000000").toMatch(/^[0-9a-f]{12}$/);
        const shown = JSON.stringify(event, (_key, value: unknown) =>
          typeof value === "bigint" ? value.toString() : value,
        );
        expect(shown).not.toMatch(/\\u0000|\\ud[89a-f]/i);
      }),
      { numRuns: Number(process.env["RADIUS_RUNS"] ?? 1_000) },
    );
  });
});
