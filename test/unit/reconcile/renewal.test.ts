import { describe, expect, it } from "vitest";
import type { Mapper } from "../../../src/mapping/mapper.ts";
import { NO_FACTS } from "../../../src/model/device.ts";
import type { SecretState } from "../../../src/model/records.ts";
import { renewal, type Renewal, type RenewalFacts } from "../../../src/reconcile/renewal.ts";
import { Secret } from "../../../src/lib/secret.ts";
import { fakeMapper, snapshotOf, type Held } from "../../support/fake-mapper.ts";
import { CREDENTIALS, wants } from "../../support/records.ts";

const HOUR = 3_600_000;
const NOW = new Date("2026-03-02T12:00:00Z");
const ago = (hours: number): Date => new Date(NOW.getTime() - hours * HOUR);

const MAPPER = fakeMapper({ "wan.ppp.credential": {}, "wan.ppp.password": { secret: true } });
const USER = "Device.X_FAKE.wan.ppp.credential";
const USED: Record<string, Held> = {
  "wan.ppp.credential": { user: CREDENTIALS.username, realm: CREDENTIALS.realm },
};
const READ: Record<string, Held> = { ...USED, "wan.ppp.password": new Secret("") };
const WRITTEN: SecretState = { digest: "digest-1", origin: "written", epoch: null };
const FACTS = { ...NO_FACTS, softwareVersion: "1.0" };

function given(change: Partial<RenewalFacts> = {}): RenewalFacts {
  return {
    effective: wants({ credentials: CREDENTIALS }),
    mapper: MAPPER,
    stored: {
      readAt: ago(18),
      mapHash: MAPPER.hash,
      snapshot: snapshotOf(READ),
      informIntervalMs: null,
      epoch: null,
    },
    facts: FACTS,
    secretStates: new Map([["wan.ppp.password", WRITTEN]]),
    names: [USER],
    remembered: snapshotOf(USED),
    readAt: ago(1),
    now: NOW,
    goodForMs: 20 * HOUR,
    ...change,
  };
}

const withVersion = (softwareVersion: string): Mapper => ({
  ...MAPPER,
  facts: () => ({ ...NO_FACTS, softwareVersion }),
});
const GONE = { kind: "failed", code: 9005, text: "" } as const;
const absent = { values: new Map([...snapshotOf(READ).values, [USER, GONE]]), covered: [] };

interface Case {
  readonly name: string;
  readonly reason: string;
  readonly given: Partial<RenewalFacts>;
  readonly want: Extract<Renewal, { kind: "left" }>["why"];
}

describe("what an ACS remembers stands for the read that falls due", () => {
  it("where it shows all that is wanted, newer than the last read", () => {
    const renewed = renewal(given());
    expect(renewed).toMatchObject({ kind: "renewed", facts: FACTS });
    if (renewed.kind !== "renewed") return;
    // The secret is known to be there from the last read; what the ACS remembers of it was never looked at.
    expect([...renewed.snapshot.values.keys()].sort()).toEqual(
      [USER, "Device.X_FAKE.wan.ppp.password"].sort(),
    );
  });

  it("but not a moment longer than a read of that time would", () => {
    expect(renewal(given({ readAt: ago(20) })).kind).toBe("left");
    expect(
      renewal(
        given({
          readAt: new Date(ago(20).getTime() + 1),
          stored: { ...given().stored, readAt: ago(23) },
        }),
      ).kind,
    ).toBe("renewed");
  });

  it.for<Case>([
    {
      name: "it is older than what makes a read due",
      reason: "it would put nothing off",
      given: { readAt: ago(20.5) },
      want: "too_old",
    },
    {
      name: "it is not newer than the last read",
      reason: "that one proved the last write, and this may be of before it (I4)",
      given: { readAt: ago(18) },
      want: "not_newer",
    },
    {
      name: "it is hardly newer than the last read",
      reason: "the ACS dates our own read later than we do, and a read that was asked for is made",
      given: { readAt: ago(16.1) },
      want: "not_newer",
    },
    {
      name: "a wanted value is not remembered",
      reason: "unread is unknown (I5)",
      given: { remembered: snapshotOf({}) },
      want: "incomplete",
    },
    {
      name: "a value differs",
      reason: "a difference is acted on after a read of the CPE, never from memory",
      given: {
        remembered: snapshotOf({ "wan.ppp.credential": { user: "mallory", realm: "isp.example" } }),
      },
      want: "differs",
    },
    {
      name: "nothing is known of what the secret is",
      reason: "the first comparison is a read's (I6)",
      given: { secretStates: new Map() },
      want: "differs",
    },
    {
      name: "the secret was changed in its record",
      reason: "it has to be written",
      given: { effective: wants({ credentials: CREDENTIALS }, { digest: "digest-2" }) },
      want: "differs",
    },
    {
      name: "it runs another firmware",
      reason: "new firmware may move and reset parameters: a full read",
      given: { mapper: withVersion("2.0") },
      want: "another",
    },
    {
      name: "nothing is wanted",
      reason: "nothing is proven by nothing",
      given: { effective: wants({}), names: [] },
      want: "differs",
    },
    {
      name: "a name that the CPE had not is wanted, and is still not known",
      reason: "it does not exist, and what is wanted cannot be there",
      given: {
        stored: {
          readAt: ago(18),
          mapHash: MAPPER.hash,
          snapshot: absent,
          informIntervalMs: null,
          epoch: null,
        },
        remembered: snapshotOf({}),
      },
      want: "differs",
    },
  ])("not where $name", ({ given: change, want, reason }) => {
    expect(renewal(given(change)), reason).toEqual({ kind: "left", why: want });
  });
});
