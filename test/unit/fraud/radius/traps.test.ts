/** The twelve traps that FreeRADIUS's bodies set for an ingest, one by one. */
import { describe, expect, it } from "vitest";
import {
  changed,
  eventOf,
  made,
  read,
  RECEIVED,
  sample,
  verdictOf,
  type Changes,
} from "../../../support/radius-samples.ts";

const START: Changes = { "Acct-Status-Type": "Start", "Acct-Session-Id": "s1" };
const start = (attributes: Changes) => eventOf(made("accounting", { ...START, ...attributes }));
const shownOf = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? one.toString() : one));

describe("trap 1: passwords leak", () => {
  const SECRETS = [
    ...[
      "User-Password",
      "CHAP-Password",
      "CHAP-Challenge",
      "MS-CHAP-Response",
      "MS-CHAP2-Response",
    ],
    ...["MS-CHAP-Challenge", "EAP-Message", "State", "Message-Authenticator", "Cleartext-Password"],
    ...["Tunnel-Password", "MS-MPPE-Send-Key", "Module-Failure-Message", "Anything-Else"],
  ];

  it.for(SECRETS)("drops %s before anything sees the body (I18)", (name) => {
    for (const number of ["13", "02"]) {
      const result = read(changed(number, { [name]: "canary-7f3a" }));
      expect(result.kind).toBe("event");
      expect(shownOf(result)).not.toContain("canary");
    }
  });

  it("shows nothing of a body that is poison, not even the names that it does not know", () => {
    const result = read(made("accounting", { "canary-name": "canary", "User-Password": "canary" }));
    expect(shownOf(result)).not.toContain("canary");
    expect(result).toMatchObject({ kind: "poison", poison: { shape: { others: 2 } } });
  });

  it.for([
    ["10", true],
    ["11", true],
    ["15", true],
    ["13", false],
    ["02", false],
  ] as const)("tells a node that does not scrub: sample %s", ([number, unscrubbed]) => {
    expect(read(sample(number))).toMatchObject({ unscrubbed });
  });
});

describe("trap 2: no verdict in the body", () => {
  it.for([
    ["Access-Accept", "accept"],
    ["Access-Reject", "reject"],
    ["2", "accept"],
    ["3", "reject"],
    ["", "login"],
    ["Access-Challenge", "login"],
  ] as const)("a verdict of '%s' is %s", ([verdict, kind]) => {
    expect(eventOf(changed("13", { "Tmp-String-2": verdict })).kind).toBe(kind);
  });

  it("takes no message of a module for one", () => {
    const message = "pap: Cleartext password does not match";
    expect(eventOf(changed("13", { "Module-Failure-Message": message })).kind).toBe("accept");
    expect(eventOf(sample("11")).kind).toBe("login");
  });
});

describe("trap 3: dates are local text", () => {
  it("believes the epoch that our policy adds, and not the text beside it", () => {
    expect(eventOf(sample("13"))).toMatchObject({
      at: new Date("2026-11-22T21:58:29Z"),
      estimated: false,
    });
  });

  it.for([
    ["missing", null],
    ["0", 0],
  ] as const)("estimates from the time of receipt when the epoch is %s", ([, epoch]) => {
    const event = eventOf(changed("13", { "Tmp-Integer-0": epoch }));
    expect(event).toMatchObject({ at: RECEIVED, estimated: true });
  });

  it("takes off the delay that the packet names, and only then", () => {
    const delayed = changed("20", { "Tmp-Integer-0": null });
    expect(eventOf(delayed).at).toEqual(new Date(RECEIVED.getTime() - 3_871_000));
    expect(eventOf(sample("20")).at).toEqual(new Date("2026-11-22T21:15:34Z"));
  });
});

describe("trap 4: UTF-8 arrives as mojibake", () => {
  const name = "José@isp.example";
  const mojibake = Buffer.from(name).toString("latin1");

  it("reads each character as a byte, and the bytes as UTF-8", () => {
    expect(start({ "User-Name": mojibake }).user?.normalised).toBe("josé@isp.example");
  });

  it("reads raw bytes alike, as a build with unsigned characters sends them", () => {
    const escaped = made("accounting", { ...START, "NAS-Port-Id": mojibake });
    const text = JSON.stringify(JSON.parse(escaped.bytes.toString("latin1")));
    const raw = { ...escaped, bytes: Buffer.from(text, "latin1") };
    expect(raw.bytes.includes(Buffer.from("é"))).toBe(true);
    const printed = { ...escaped, bytes: Buffer.from(text.replaceAll(/[\x80-\xff]/g, escapeOf)) };
    expect(printed.bytes.toString()).toContain("\\u00c3\\u00a9");
    expect(eventOf(raw).line.portId).toBe(name);
    expect(eventOf(printed)).toEqual(eventOf(raw));
  });

  it("keeps the bytes where they are no text, and takes them for no user name", () => {
    const event = start({ "User-Name": "a\u00e9b", "NAS-Port-Id": "p\u00e9" });
    expect([event.user, event.line.portId]).toEqual([null, "0x70e9"]);
  });

  it("takes a composed and a decomposed name for the same", () => {
    const [composed, decomposed] = ["José", "Jose\u0301"].map((one) =>
      start({ "User-Name": Buffer.from(one).toString("latin1") }),
    );
    expect(decomposed?.user).toEqual(composed?.user);
  });
});

function escapeOf(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

describe("trap 5: a binary MAC", () => {
  it("reads six raw bytes, from the hex copy and without it", () => {
    expect(eventOf(sample("17")).mac).toBe("001d7e0a9bff");
    const alone = eventOf(changed("17", { "Tmp-String-1": null }));
    expect([alone.mac, alone.macRaw]).toEqual(["001d7e0a9bff", "0x001d7e0a9bff"]);
  });

  it("has no NUL in what will be stored, whichever attribute holds it", () => {
    const nul = "x\u0000y";
    const event = start({
      ...{ "User-Name": nul, "Calling-Station-Id": nul, "NAS-Identifier": nul, "NAS-Port-Id": nul },
      ...{ "Acct-Session-Id": nul, "Acct-Unique-Session-Id": nul, "Acct-Multi-Session-Id": nul },
      ...{ "Acct-Terminate-Cause": nul, "ADSL-Agent-Circuit-Id": nul, "NAS-IP-Address": nul },
    });
    expect(shownOf(event)).not.toContain("\\u0000");
    expect(event).toMatchObject({ user: null, nas: { name: "0x780079", claimedAddress: null } });
  });
});

describe("trap 6: octets in two forms", () => {
  it.for([
    ["as hex, up to 3.2.3", "0x0000c8000201"],
    ["escaped like text, from 3.2.4 on", "\u0000\u0000\u00c8\u0000\u0002\u0001"],
  ] as const)("reads them %s", ([, value]) => {
    const event = eventOf(
      changed("08", { "WiMAX-BS-Id": value, Class: value, "Chargeable-User-Identity": value }),
    );
    expect(event.line.baseStation).toBe("0000c8000201");
    expect([event.session.class, event.session.chargeable]).toEqual(Array(2).fill("0000c8000201"));
  });

  it.for([
    ["0x6f6c74312f31", "olt1/1"],
    ["olt1/1", "olt1/1"],
    ["0x00ff", "0x00ff"],
    ["0x6f6", "0x6f6"],
    ["0x", null],
  ] as const)("shows a circuit %s as %s", ([value, circuit]) => {
    expect(start({ "ADSL-Agent-Circuit-Id": value }).line.circuitId).toBe(circuit);
  });
});

describe("trap 7: slashes are escaped", () => {
  it("once, and they are unescaped once", () => {
    expect(sample("06").bytes.toString()).toContain("olt1\\/1\\/3:1001");
    expect(eventOf(sample("06")).line.portId).toBe("olt1/1/3:1001");
    expect(start({ "Cisco-AVPair": ["x=1", "circuit-id-tag=olt1/1/3"] }).line.circuitId).toBe(
      "olt1/1/3",
    );
  });
});

describe("trap 8: some numbers are texts", () => {
  it("reads both forms by the name of the attribute", () => {
    const texts = changed("05", {
      ...{ "Acct-Session-Time": "300", "Acct-Input-Octets": "4294967295" },
      ...{ "Acct-Input-Gigawords": "1", "Acct-Output-Octets": "12", "Acct-Output-Gigawords": "2" },
    });
    expect(eventOf(texts)).toEqual(eventOf(sample("05")));
    expect(verdictOf(sample("08"))).toBe("event start");
  });

  it.for(["Start", "start", 1, "1"])("reads a status of %s", (status) => {
    expect(verdictOf(changed("02", { "Acct-Status-Type": status }))).toBe("event start");
  });
});

describe("trap 9: counters of 64 bits in two attributes", () => {
  it.for([
    [4_294_967_295, 4_294_967_295, 2n ** 64n - 1n],
    [0, 1, 2n ** 32n],
    [7, null, 7n],
    [null, 2, 2n ** 33n],
    [null, null, null],
  ] as const)("octets %s and gigawords %s are %s", ([octets, gigawords, total]) => {
    const event = start({ "Acct-Input-Octets": octets, "Acct-Input-Gigawords": gigawords });
    expect(event.session.inOctets).toBe(total);
  });
});

describe("trap 10: the outer identity is not the credential", () => {
  it.for([
    ["15", {}, false, "came out of the tunnel"],
    ["16", {}, true, "the EAP method has an inner identity"],
    ["16", { "User-Name": "cpe-1002@isp.example" }, true, "whatever stands outside"],
    ["16", { "EAP-Type": 21 }, true, "as a number too"],
    ["16", { "EAP-Type": "TLS", "User-Name": "cpe-9@isp.example" }, false, "no tunnel"],
    ["08", {}, true, "WiMAX decorates a pseudonym"],
    ["02", { "User-Name": "@isp.example" }, true, "nobody of a realm (RFC 7542)"],
    ["02", { "User-Name": "anonymous" }, true, "the customary name of nobody"],
    ["02", { "User-Name": "anonas@isp.example" }, false, "a name that only begins so"],
    ["02", {}, false, "a plain login"],
  ] as const)("sample %s with %j: outer %s, as %s", ([number, changes, outer]) => {
    expect(eventOf(changed(number, changes)).user?.outer).toBe(outer);
  });
});

describe("trap 11: the source address is not in the body", () => {
  it("tells what the NAS claims from where the packet came from", () => {
    const { nas } = eventOf(changed("20", { "Tmp-String-0": "203.0.113.7" }));
    expect(nas).toMatchObject({ claimedAddress: "192.0.2.10", sourceAddress: "203.0.113.7" });
  });

  it.for(["", "not an address", "1.2.3.4; drop table"])("knows none in '%s'", (address) => {
    expect(eventOf(changed("20", { "Tmp-String-0": address })).nas.sourceAddress).toBeNull();
  });
});
// Trap 12, the address that spills the user name into access logs: integration/http/radius.test.ts.
