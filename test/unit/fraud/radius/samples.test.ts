/** What each recorded body becomes. The expectations are read from the recordings and the page that comes with them. */
import { describe, expect, it } from "vitest";
import type { RadiusEvent } from "../../../../src/fraud/radius-event.ts";
import { eventOf, LAB_PASSWORDS, RECEIVED, SAMPLES } from "../../../support/radius-samples.ts";

/** What is left out is null, or false; `at` is the time of receipt. */
type Expected = Partial<
  Omit<RadiusEvent, "nas" | "line" | "session" | "user"> & {
    user: string;
    outer: boolean;
    nas: string;
    address: string;
    source: string;
    port: string;
    circuit: string;
    station: string;
  } & RadiusEvent["session"]
> & { readonly kind: RadiusEvent["kind"] };

const A = {
  ...{ user: "cpe-1001@isp.example", mac: "000c42aa0001", macRaw: "00:0C:42:AA:00:01" },
  ...{ nas: "bng-jhb-1", address: "192.0.2.10", port: "olt1/1/3:1001" },
  ...{ id: "81a0001f", unique: "ef597fbfe75e909f3aa56d64e14d19e6", multi: "m-81a0001f" },
  ...{ class: "61693a3030", framedAddress: "100.64.10.21" },
};
const B = {
  ...{ user: "cpe-1001@isp.example", mac: "d4ca6dbb0002", macRaw: "d4ca.6dbb.0002" },
  ...{ nas: "bng-cpt-1", address: "192.0.2.11", port: "eth-0/0/7:2044" },
  ...{ id: "0000a77c", unique: "5568160f5e09f19c79998fdee9b86e24", framedAddress: "100.64.77.9" },
};
const LOGIN = {
  ...{ user: "cpe-1002@isp.example", mac: "000c42aa0002", macRaw: "00-0c-42-aa-00-02" },
  ...{ nas: "bng-jhb-1", address: "192.0.2.10", port: "olt1/1/3:1002" },
};
const TUNNEL = {
  ...{ mac: "001d7e0a1b2c", macRaw: "00-1D-7E-0A-1B-2C" },
  ...{ nas: "127.0.0.1", address: "127.0.0.1" },
};
const HARDENED = { at: new Date("2026-11-22T21:58:29Z"), source: "127.0.0.1" };

const EXPECTED: Readonly<Record<string, Expected>> = {
  "01-accounting-on": { kind: "nas_on", nas: "bng-jhb-1", address: "192.0.2.10" },
  "02-cpe-a-start": { kind: "start", ...A },
  "03-cpe-a-interim": {
    ...{ kind: "interim", ...A, seconds: 300 },
    ...{ inOctets: 1_048_576n, outOctets: 734_003_200n },
  },
  "04-cpe-b-start-same-credential": { kind: "start", ...B },
  "05-cpe-b-interim-gigawords": {
    ...{ kind: "interim", ...B, seconds: 300 },
    ...{ inOctets: 2n ** 32n + 4_294_967_295n, outOctets: 2n * 2n ** 32n + 12n },
  },
  "06-cpe-a-stop": {
    ...{ kind: "stop", ...A, seconds: 1_200, terminateCause: "Lost-Carrier" },
    ...{ inOctets: 4_194_304n, outOctets: 1_468_006_400n },
  },
  "07-cpe-b-start-retransmit": {
    kind: "start",
    ...B,
    at: new Date("2026-11-22T23:59:25Z"),
    estimated: true,
  },
  "08-wimax-start-pseudo-identity": {
    ...{ kind: "start", user: "{am=1}anon@isp.example", outer: true },
    ...{ mac: "001d7e0a1b2c", macRaw: "0x001d7e0a1b2c", nas: "asn-gw-1", address: "192.0.2.30" },
    ...{ station: "0000c8000201", id: "wimax-asn-00ab12", multi: "0123456789abcdef" },
    ...{ unique: "37118d13dd665a7bc8396becb85511fb", class: "00ff10e9" },
    ...{ chargeable: "7375622d31303032", framedAddress: "100.64.30.5" },
  },
  "09-accounting-off": {
    ...{ kind: "nas_off", nas: "bng-cpt-1", address: "192.0.2.11", terminateCause: "Admin-Reboot" },
  },
  "10-post-auth-accept-default-config": { kind: "login", ...LOGIN },
  "11-post-auth-reject-bad-password-default-config": { kind: "login", ...LOGIN },
  "12-post-auth-reject-unknown-user-default-config": {
    ...{ kind: "login", ...LOGIN, user: "cpe-gone@isp.example" },
  },
  "13-post-auth-accept-hardened": { kind: "accept", ...LOGIN, ...HARDENED },
  "14-post-auth-reject-simultaneous-use-hardened": {
    ...{ kind: "reject", ...LOGIN, ...HARDENED, user: "cpe-1001@isp.example" },
    port: "olt1/1/3:1001",
  },
  "15-eap-ttls-inner-post-auth-default-config": {
    ...{ kind: "login", ...TUNNEL, user: "cpe-1002@isp.example" },
  },
  "16-eap-ttls-outer-post-auth-hardened": {
    ...{ kind: "accept", ...TUNNEL, ...HARDENED, user: "anon@isp.example", outer: true },
  },
  "17-raw-binary-mac-start": {
    ...{ kind: "start", ...HARDENED, user: "0123@isp.example" },
    ...{ mac: "001d7e0a9bff", macRaw: "0x001d7e0a9bff", nas: "192.0.2.30", address: "192.0.2.30" },
    ...{ id: "wimax-raw-1", unique: "21731a6f30f23c480d308dce27f38795" },
  },
  "18-hostile-user-name-and-multi-value": {
    ...{
      kind: "start",
      user: "a\"b\\c\n\\u00e9é😀'; drop",
      nas: "192.0.2.30",
      address: "192.0.2.30",
    },
    ...{ circuit: "olt1 eth 1/1/3:1001", id: "odd-1", unique: "aa6538e7ebde843964cad2d3796e7b5b" },
  },
  "19-start-with-raw-value-and-attr-num": {
    ...{
      kind: "start",
      user: A.user,
      mac: A.mac,
      macRaw: A.macRaw,
      nas: "raw",
      address: A.address,
    },
    ...{ id: "81a0ffff", unique: "50a5cb8e3d95de95d1a2db2810cc6c98" },
  },
  "20-stop-through-spool": {
    ...{ kind: "stop", ...A, seconds: 1_200, terminateCause: "Lost-Carrier" },
    ...{ inOctets: 4_194_304n, outOctets: 1_468_006_400n },
    ...{ at: new Date("2026-11-22T21:15:34Z"), source: "127.0.0.1" },
  },
};

function whole(expected: Expected): Omit<RadiusEvent, "key"> {
  const { kind, user, nas = null, address = null, source = null } = expected;
  return {
    kind,
    at: expected.at ?? RECEIVED,
    estimated: expected.estimated ?? expected.at === undefined,
    receivedAt: RECEIVED,
    user: user === undefined ? null : { normalised: user, outer: expected.outer ?? false },
    mac: expected.mac ?? null,
    macRaw: expected.macRaw ?? null,
    nas: { name: nas, claimedAddress: address, sourceAddress: source },
    line: {
      portId: expected.port ?? null,
      circuitId: expected.circuit ?? null,
      baseStation: expected.station ?? null,
    },
    session: {
      id: expected.id ?? null,
      unique: expected.unique ?? null,
      multi: expected.multi ?? null,
      class: expected.class ?? null,
      chargeable: expected.chargeable ?? null,
      seconds: expected.seconds ?? null,
      inOctets: expected.inOctets ?? null,
      outOctets: expected.outOctets ?? null,
      framedAddress: expected.framedAddress ?? null,
      terminateCause: expected.terminateCause ?? null,
    },
  };
}

describe("a recorded body becomes the event that it speaks of", () => {
  it.for(SAMPLES)("$file", (body) => {
    const { key, ...event } = eventOf(body);
    const expected = EXPECTED[body.file.replace(".wire.json", "")];
    expect(expected, "each sample has its line in the table").toBeDefined();
    if (expected !== undefined) expect(event).toEqual(whole(expected));
    expect(key).toMatch(/^[0-9a-f]{64}$/);
  });

  it("has a line for no sample that is not there", () => {
    expect(SAMPLES).toHaveLength(20);
    expect(Object.keys(EXPECTED)).toHaveLength(20);
  });

  it.for(SAMPLES)("$file leaves no password behind (I18)", (body) => {
    const shown = JSON.stringify(eventOf(body), (_key, value: unknown) =>
      typeof value === "bigint" ? value.toString() : value,
    );
    for (const password of LAB_PASSWORDS) expect(shown).not.toContain(password);
  });
});
