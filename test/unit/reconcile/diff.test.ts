import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/lib/secret.ts";
import type { FieldName, FieldValues } from "../../../src/model/fields/index.ts";
import type { LogicalValue } from "../../../src/model/logical.ts";
import type { Assessment } from "../../../src/model/plan.ts";
import type { SecretState } from "../../../src/model/records.ts";
import { logicalsOf } from "../../../src/reconcile/carriers.ts";
import { diff } from "../../../src/reconcile/diff.ts";
import {
  fakeMapper,
  snapshotOf,
  written,
  type FakeBinding,
  type Held,
} from "../../support/fake-mapper.ts";
import { CREDENTIALS, FIRMWARE, PLAN, wants } from "../../support/records.ts";
import { editsOf } from "../../support/operations.ts";

type Wanted = { readonly [Name in FieldName]?: FieldValues[Name] };

const PPP: Record<string, FakeBinding> = {
  "wan.ppp.credential": {},
  "wan.ppp.password": { secret: true },
};
const RADIO: Record<string, FakeBinding> = {
  "radio.scan-list": { effects: { interrupts: ["radio", "mgmt"], settleMs: 60_000 } },
  "radio.bandwidth": { effects: { interrupts: ["radio"], settleMs: 5_000 } },
};
const VERSION: Record<string, FakeBinding> = { "device.software-version": { observeOnly: true } };
const ALL = { ...PPP, ...RADIO, ...VERSION };

const IN_PLACE: Record<string, Held> = {
  "wan.ppp.credential": { user: CREDENTIALS.username, realm: CREDENTIALS.realm },
  "wan.ppp.password": new Secret("never shown"),
  "radio.scan-list": PLAN.channelsKhz,
  "radio.bandwidth": PLAN.bandwidthKhz,
  "device.software-version": FIRMWARE.version,
};
const WRITTEN: SecretState = { digest: "digest-1", origin: "written", epoch: null };
const ASSUMED: SecretState = { digest: "digest-1", origin: "assumed", epoch: null };

interface Given {
  readonly map?: Record<string, FakeBinding>;
  readonly wanted: Wanted;
  /** What the device holds that differs from `IN_PLACE`; null was not in the answer. */
  readonly holds?: Record<string, Held | null>;
  readonly covered?: boolean;
  readonly remembered?: SecretState;
  readonly digest?: string;
}

function assessed({
  map = ALL,
  wanted,
  holds = {},
  covered = false,
  remembered,
  digest,
}: Given): Assessment {
  const held = Object.entries({ ...IN_PLACE, ...holds }).filter(([, value]) => value !== null);
  const secrets = new Map(
    remembered === undefined ? [] : [["wan.ppp.password", remembered] as const],
  );
  const snapshot = snapshotOf(Object.fromEntries(held), { covered });
  const effective = wants(wanted, digest === undefined ? {} : { digest });
  const [assessment, ...others] = diff(effective, fakeMapper(map), snapshot, secrets);
  expect(others).toEqual([]);
  if (assessment === undefined) throw new Error("no assessment");
  return assessment;
}

/** Logical names that the calls write, in order, calls apart. */
function writes(assessment: Assessment): string[][] {
  if (assessment.kind !== "drift") return [];
  return assessment.calls.map((call) =>
    editsOf(call).map(({ path }) => path.replace("Device.X_FAKE.", "")),
  );
}

describe("what was not seen is not drift (I5)", () => {
  it.for<{ name: string; reason: string; given: Given; want: object }>([
    {
      name: "a parameter that was not in the answer",
      reason: "nothing may be concluded from silence",
      given: { wanted: { frequencyPlan: PLAN }, holds: { "radio.scan-list": null } },
      want: { kind: "unknown" },
    },
    {
      name: "a parameter that the CPE could not read",
      reason: "a failed reading inside a good answer is not an empty value",
      given: { wanted: { frequencyPlan: PLAN }, holds: { "radio.scan-list": { is: "failed" } } },
      want: { kind: "unknown" },
    },
    {
      name: "a parameter with a nil value",
      reason: "nil is not empty",
      given: { wanted: { frequencyPlan: PLAN }, holds: { "radio.bandwidth": { is: "nil" } } },
      want: { kind: "unknown" },
    },
    {
      name: "one parameter of two",
      reason: "the difference in the other one may be half of the truth",
      given: {
        wanted: { frequencyPlan: PLAN },
        holds: { "radio.scan-list": [1], "radio.bandwidth": null },
      },
      want: { kind: "unknown" },
    },
    {
      name: "a value that can be read, beside a companion that was not",
      reason:
        "the map refuses to write on the basis of what was not read: the device refused nothing",
      given: {
        map: { ...RADIO, "radio.scan-list": { refuses: "unread" } },
        wanted: { frequencyPlan: PLAN },
        holds: { "radio.scan-list": [1] },
      },
      want: { kind: "unknown" },
    },
    {
      name: "a secret whose place was not read, when its user name has to change",
      reason: "the password cannot be written with the name, so neither is written",
      given: {
        wanted: { credentials: CREDENTIALS },
        holds: { "wan.ppp.credential": { user: "other", realm: "" }, "wan.ppp.password": null },
      },
      want: { kind: "unknown" },
    },
    {
      name: "a value that the map cannot decode",
      reason: "foreign is not drift: it may mean more than our map knows",
      given: { wanted: { frequencyPlan: PLAN }, holds: { "radio.scan-list": { is: "foreign" } } },
      want: { kind: "cannot", reason: "ForeignValue" },
    },
    {
      name: "a parameter that the device does not have",
      reason: "missing is not empty; there is nowhere to write to",
      given: {
        wanted: { frequencyPlan: PLAN },
        holds: { "radio.scan-list": null },
        covered: true,
      },
      want: { kind: "cannot", reason: "ParameterAbsent" },
    },
    {
      name: "a right value with a wrong companion",
      reason:
        "nonconforming is its own observation, and the only one of these that leads to a write",
      given: {
        wanted: { frequencyPlan: PLAN },
        holds: { "radio.bandwidth": { is: "nonconforming", value: PLAN.bandwidthKhz } },
      },
      want: { kind: "drift" },
    },
  ])("$name", ({ given, want, reason }) => {
    expect(assessed(given), reason).toMatchObject(want);
  });

  it("for no mixture of readings: drift needs every plain parameter to have been seen", () => {
    const held = fc.constantFrom<Held | null>(
      null,
      { is: "failed" },
      { is: "nil" },
      { is: "foreign" },
      [1, 2],
      PLAN.channelsKhz,
      PLAN.bandwidthKhz,
    );
    fc.assert(
      fc.property(held, held, fc.boolean(), (list, bandwidth, covered) => {
        const holds = { "radio.scan-list": list, "radio.bandwidth": bandwidth };
        const assessment = assessed({ wanted: { frequencyPlan: PLAN }, holds, covered });
        const seen = [list, bandwidth].every(
          (one) => one !== null && (typeof one === "number" || Array.isArray(one)),
        );
        if (!seen) expect(["unknown", "cannot"]).toContain(assessment.kind);
        if (assessment.kind === "equal") {
          expect([list, bandwidth]).toEqual([PLAN.channelsKhz, PLAN.bandwidthKhz]);
        }
      }),
    );
  });
});

describe("a secret that reads back empty never causes a write (I6)", () => {
  it.for<{ name: string; reason: string; given: Given; want: object; writes?: string[][] }>([
    {
      name: "nothing remembered",
      reason: "that we do not know is no evidence: it is assumed, never written by us",
      given: { wanted: { credentials: CREDENTIALS } },
      want: { kind: "equal", believed: ["wan.ppp.password"] },
    },
    {
      name: "the same digest, written by us",
      reason: "nothing changed",
      given: { wanted: { credentials: CREDENTIALS }, remembered: WRITTEN },
      want: { kind: "equal", believed: [] },
    },
    {
      name: "the same digest, assumed",
      reason: "assumed stays assumed, and is not recorded again",
      given: { wanted: { credentials: CREDENTIALS }, remembered: ASSUMED },
      want: { kind: "equal", believed: [] },
    },
    {
      name: "another digest",
      reason: "the desired value changed, and only it is written",
      given: { wanted: { credentials: CREDENTIALS }, remembered: WRITTEN, digest: "digest-2" },
      want: { kind: "drift", detail: "wan.ppp.password was changed in its record" },
      writes: [["wan.ppp.password"]],
    },
    {
      name: "another digest than the assumed one",
      reason: "an assumption is a memory like any other",
      given: { wanted: { credentials: CREDENTIALS }, remembered: ASSUMED, digest: "digest-2" },
      want: { kind: "drift" },
      writes: [["wan.ppp.password"]],
    },
    {
      name: "a changed user name",
      reason: "a new name with the old password would cut the line: both go in one call",
      given: {
        wanted: { credentials: CREDENTIALS },
        holds: { "wan.ppp.credential": { user: "other", realm: "isp.example" } },
        remembered: WRITTEN,
      },
      want: { kind: "drift" },
      writes: [["wan.ppp.credential", "wan.ppp.password"]],
    },
    {
      name: "a changed user name and nothing remembered",
      reason: "the same: what is written does not depend on what is remembered",
      given: {
        wanted: { credentials: CREDENTIALS },
        holds: { "wan.ppp.credential": { user: "", realm: "" } },
      },
      want: { kind: "drift" },
      writes: [["wan.ppp.credential", "wan.ppp.password"]],
    },
    {
      name: "a record without a password",
      reason: "billing said nothing about it, so nothing is said about it",
      given: {
        wanted: { credentials: { username: "mia", realm: "isp.example" } },
        remembered: WRITTEN,
        digest: "digest-2",
      },
      want: { kind: "equal", believed: [] },
    },
    {
      name: "a password that the map can only observe",
      reason: "the field cannot be written, and the device refused nothing",
      given: {
        map: { ...PPP, "wan.ppp.password": { secret: true, observeOnly: true } },
        wanted: { credentials: CREDENTIALS },
        remembered: WRITTEN,
        digest: "digest-2",
      },
      want: { kind: "cannot", reason: "ObserveOnlyField" },
    },
  ])("$name", ({ given, want, reason, writes: calls = [] }) => {
    const assessment = assessed(given);
    expect(assessment, reason).toMatchObject(want);
    expect(writes(assessment), reason).toEqual(calls);
  });

  it("and its value stands in no assessment (I18)", () => {
    const drift = assessed({
      wanted: { credentials: CREDENTIALS },
      remembered: WRITTEN,
      digest: "x",
    });
    expect(drift.kind).toBe("drift");
    expect(
      JSON.stringify({ ...drift, values: drift.kind === "drift" ? [...drift.values] : [] }),
    ).not.toContain("canary");
  });
});

describe("a field that the map does not carry", () => {
  it.for<{ name: string; given: Given; detail: RegExp }>([
    {
      name: "is unmapped when no carrier is bound",
      given: { map: RADIO, wanted: { credentials: CREDENTIALS } },
      detail: /binds none of: wan\.ppp\.credential \+ wan\.ppp\.password, or wimax/,
    },
    {
      name: "is unmapped when a carrier is bound by half",
      given: { map: { "wan.ppp.credential": {} }, wanted: { credentials: CREDENTIALS } },
      detail: /binds none of/,
    },
    {
      name: "is unmapped when two carriers are bound, and says so",
      given: {
        map: { ...PPP, "wimax.auth.identity": {}, "wimax.auth.password": { secret: true } },
        wanted: { credentials: CREDENTIALS },
      },
      detail: /binds several of/,
    },
  ])("$name", ({ given, detail }) => {
    const assessment = assessed(given);
    expect(assessment.kind).toBe("unmapped");
    expect(assessment).toHaveProperty("detail", expect.stringMatching(detail));
  });

  it("is unmapped through a general map, even where the device holds what is wanted", () => {
    const general = { ...fakeMapper(ALL), general: true, nearest: 'x: modelName is "a"' };
    const snapshot = snapshotOf(IN_PLACE);
    expect(diff(wants({ credentials: CREDENTIALS }), general, snapshot, new Map())).toEqual([
      {
        kind: "unmapped",
        field: "credentials",
        detail:
          'only the general map fake-map fits (nearest is x: modelName is "a"); nothing is written through it; plumb map learn proposes one',
      },
    ]);
  });

  it("asks for no parameter to be read", () => {
    const effective = wants({ credentials: CREDENTIALS, frequencyPlan: PLAN });
    expect(logicalsOf(effective, fakeMapper(RADIO))).toEqual([
      "radio.scan-list",
      "radio.bandwidth",
    ]);
    expect(logicalsOf(effective, fakeMapper({ "radio.scan-list": {} }))).toEqual([
      "radio.scan-list",
    ]);
  });
});

describe("a difference", () => {
  it("in a field that can only be observed is told and not written", () => {
    const given = { wanted: { firmware: { version: "V2" } } };
    expect(assessed(given)).toMatchObject({ kind: "cannot", reason: "ObserveOnlyField" });
    expect(assessed({ wanted: { firmware: FIRMWARE } })).toMatchObject({ kind: "equal" });
  });

  it.for([
    ["table_full", "ValueRefused"],
    ["domain", "ValueRefused"],
    ["no_instance", "NoInstance"],
    ["ambiguous_instance", "AmbiguousInstance"],
    ["absent", "ParameterAbsent"],
  ] as const)("that its map refuses with %s is not sent, and says %s", ([refuses, reason]) => {
    const map = { ...RADIO, "radio.scan-list": { refuses } };
    const given = { map, wanted: { frequencyPlan: PLAN }, holds: { "radio.scan-list": [1] } };
    expect(assessed(given)).toMatchObject({ kind: "cannot", reason });
  });

  it("in a part that the map does not have is no difference", () => {
    const map = { "radio.scan-list": {} };
    expect(assessed({ map, wanted: { frequencyPlan: PLAN } })).toMatchObject({ kind: "equal" });
  });

  it("has the effects of what it writes and of nothing else", () => {
    const wanted = { frequencyPlan: PLAN };
    expect(assessed({ wanted, holds: { "radio.bandwidth": 1 } })).toMatchObject({
      effect: { interrupts: ["radio"], reboot: "none", settleMs: 5_000 },
    });
    expect(
      assessed({ wanted, holds: { "radio.bandwidth": 1, "radio.scan-list": [1] } }),
    ).toMatchObject({
      effect: { interrupts: ["mgmt", "radio"], reboot: "none", settleMs: 60_000 },
    });
  });

  it("lays the calls of several parameters side by side", () => {
    const map = { ...RADIO, "radio.scan-list": { rowPerCall: true } };
    const holds = { "radio.scan-list": [1, 2, 3], "radio.bandwidth": 1 };
    const assessment = assessed({ map, wanted: { frequencyPlan: PLAN }, holds });
    expect(writes(assessment)).toEqual([
      ["radio.scan-list#0", "radio.bandwidth"],
      ["radio.scan-list#1"],
      ["radio.scan-list#2"],
    ]);
  });
});

describe("after the calls", () => {
  it("nothing differs any more, whatever the device held (I7)", () => {
    const list = fc.array(fc.nat({ max: 5 }), { maxLength: 4 });
    const user = fc.constantFrom("mia", "other", "");
    fc.assert(
      fc.property(
        list,
        fc.nat({ max: 3 }),
        user,
        fc.boolean(),
        (channels, bandwidth, name, known) => {
          const mapper = fakeMapper({ ...PPP, ...RADIO });
          const effective = wants({ credentials: CREDENTIALS, frequencyPlan: PLAN });
          const secrets = new Map<string, SecretState>(
            known ? [["wan.ppp.password", WRITTEN]] : [],
          );
          let snapshot = snapshotOf({
            "radio.scan-list": channels,
            "radio.bandwidth": bandwidth,
            "wan.ppp.credential": { user: name, realm: "isp.example" },
            "wan.ppp.password": new Secret(""),
          });
          for (const assessment of diff(effective, mapper, snapshot, secrets)) {
            if (assessment.kind !== "drift") continue;
            const values = Object.fromEntries(assessment.values) as Record<string, LogicalValue>;
            snapshot = written(snapshot, assessment.calls, values);
            if (assessment.values.has("wan.ppp.password")) secrets.set("wan.ppp.password", WRITTEN);
          }
          for (const after of diff(effective, mapper, snapshot, secrets))
            expect(after.kind).toBe("equal");
        },
      ),
      { numRuns: 200 },
    );
  });
});
