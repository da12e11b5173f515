import { describe, expect, it } from "vitest";
import type { FieldName } from "../../../src/model/fields/index.ts";
import type { LogicalValue } from "../../../src/model/logical.ts";
import type { Assessment } from "../../../src/model/plan.ts";
import { NO_FAULTS } from "../../../src/model/records.ts";
import { exhausted, failureSignature } from "../../../src/reconcile/failures.ts";
import { FLASH, markOf } from "../../../src/reconcile/firmware.ts";
import { guard, type GuardFacts } from "../../../src/reconcile/guard.ts";
import { plan } from "../../../src/reconcile/plan.ts";
import { fakeMapper, snapshotOf, type Held } from "../../support/fake-mapper.ts";
import { setOf } from "../../support/operations.ts";

const NOW = new Date("2026-03-01T12:00:00Z");

function drift(field: FieldName, values: Record<string, LogicalValue> = {}): Assessment {
  return {
    kind: "drift",
    field,
    values: new Map(Object.entries(values)),
    calls: [setOf({ path: `Device.${field}`, value: { kind: "text", text: "x" } })],
    effect: { interrupts: [], reboot: "none", applies: "now", settleMs: 0 },
    after: [],
    detail: "differs",
  };
}

const mapper = fakeMapper({ "radio.scan-list": {}, "radio.running-frequency": {} });
const blind = fakeMapper({ "radio.scan-list": {} });

function facts(given: Partial<GuardFacts> = {}): GuardFacts {
  const assessments = given.assessments ?? [drift("frequencyPlan")];
  return {
    plan: plan(assessments),
    assessments,
    mapper,
    snapshot: snapshotOf({}),
    mode: "write",
    inScope: true,
    proof: "proven",
    status: { failures: {}, faults: NO_FAULTS },
    windows: [],
    class: "drift",
    now: NOW,
    ...given,
  };
}

const on = (running: Held): Pick<GuardFacts, "snapshot"> => ({
  snapshot: snapshotOf({ "radio.running-frequency": running }),
});
const list = (...channels: number[]): Pick<GuardFacts, "assessments" | "plan"> => {
  const assessments = [drift("frequencyPlan", { "radio.scan-list": channels })];
  return { assessments, plan: plan(assessments) };
};
const TWICE = { failures: { "frequencyPlan:ignored": 2 }, faults: NO_FAULTS };

describe("a plan may run", () => {
  it.for<{ name: string; reason?: string; given: Partial<GuardFacts>; want: string }>([
    { name: "when nothing is in its way", given: {}, want: "go" },
    { name: "not while the ACS is only observed", given: { mode: "observe" }, want: "ObserveMode" },
    { name: "not outside the scope", given: { inScope: false }, want: "OutOfScope" },
    {
      name: "not after two failures of the same kind (I15)",
      given: { status: TWICE },
      want: "RepeatedFailure",
    },
    {
      name: "after one failure of each of two kinds",
      reason: "they are not the same failure",
      given: {
        status: {
          failures: { "frequencyPlan:ignored": 1, "frequencyPlan:rejected:9002": 1 },
          faults: NO_FAULTS,
        },
      },
      want: "go",
    },
    {
      name: "when what failed twice is not in it",
      given: {
        status: {
          failures: { "credentials:ignored": 2, "credentials+frequencyPlan:ignored": 2 },
          faults: NO_FAULTS,
        },
      },
      want: "go",
    },
    {
      name: "not when a later step has failed twice (I15)",
      given: {
        assessments: [drift("credentials"), drift("frequencyPlan")],
        plan: {
          ...plan([drift("credentials")]),
          steps: [...plan([drift("credentials")]).steps, ...plan([drift("frequencyPlan")]).steps],
        },
        status: TWICE,
      },
      want: "RepeatedFailure",
    },
    { name: "when this device proves its map", given: { proof: "ours" }, want: "go" },
    {
      name: "not while another device proves the map",
      given: { proof: "other" },
      want: "MapUnproven",
    },
    {
      name: "not before a person has named the first device",
      given: { proof: "nobody" },
      want: "MapUnproven",
    },
    {
      name: "when the list keeps the running frequency",
      given: { ...list(1, 2), ...on(2) },
      want: "go",
    },
    {
      name: "not when the list loses the running frequency",
      given: { ...list(1, 3), ...on(2) },
      want: "RunningFrequencyLost",
    },
    {
      name: "not when the channel plan loses the running frequency",
      given: {
        assessments: [
          drift("frequencyPlan", { "radio.channel-plan": [{ centreKhz: 1, bandwidthKhz: 5 }] }),
        ],
        ...on(2),
      },
      want: "RunningFrequencyLost",
    },
    {
      name: "when only the bandwidth is written",
      given: { assessments: [drift("frequencyPlan", { "radio.bandwidth": 5 })], ...on(2) },
      want: "go",
    },
    {
      name: "when the map has no running frequency",
      reason: "plan and guard read it where the map has it",
      given: { ...list(1), ...on(2), mapper: blind },
      want: "go",
    },
  ])("$name", ({ given, want, reason }) => {
    const verdict = guard(facts(given));
    expect(verdict.kind === "go" ? "go" : verdict.reason, reason).toBe(want);
    if (verdict.kind === "hold") expect(verdict.detail).toMatch(/\S{3}/);
  });

  it("names the reason that the most has to change for first", () => {
    const bad: Partial<GuardFacts> = {
      ...list(1, 3),
      ...on(2),
      mode: "observe",
      inScope: false,
      status: TWICE,
      proof: "other",
    };
    const lift: (readonly [string, Partial<GuardFacts>])[] = [
      ["ObserveMode", { mode: "write" }],
      ["OutOfScope", { inScope: true }],
      ["RepeatedFailure", { status: { failures: {}, faults: NO_FAULTS } }],
      ["MapUnproven", { proof: "proven" }],
      ["RunningFrequencyLost", on(3)],
    ];
    let given = bad;
    for (const [reason, change] of lift) {
      expect(guard(facts(given))).toMatchObject({ kind: "hold", reason });
      given = { ...given, ...change };
    }
    expect(guard(facts(given))).toEqual({ kind: "go" });
  });
});

describe("what disturbs waits for its window", () => {
  const opensAt = new Date(NOW.getTime() + 3_600_000);
  const windows = [{ opensAt, closesAt: new Date(NOW.getTime() + 7_200_000) }];
  const cutting = (field: FieldName): Assessment => ({
    ...{ kind: "drift", field, values: new Map(), calls: [setOf()], after: [], detail: "" },
    effect: { interrupts: ["mgmt"], reboot: "none", applies: "now", settleMs: 0 },
  });

  it("and the hold says when that is", () => {
    const verdict = guard(facts({ assessments: [cutting("frequencyPlan")], windows }));
    expect(verdict).toMatchObject({ kind: "hold", reason: "OutsideWindow", untilMs: 3_600_000 });
  });
  it("but not what disturbs nobody, nor what a customer waits for (I14)", () => {
    expect(guard(facts({ windows }))).toEqual({ kind: "go" });
    const urgent = { assessments: [cutting("frequencyPlan")], class: "urgent" } as const;
    expect(guard(facts({ ...urgent, windows }))).toEqual({ kind: "go" });
  });
  it("and a harmless step before it goes on", () => {
    const assessments = [cutting("frequencyPlan"), drift("credentials")];
    expect(guard(facts({ assessments, windows }))).toEqual({ kind: "go" });
  });
});

describe("a firmware that failed twice (I15)", () => {
  const hop = { image: "fw", sha256: "a".repeat(64), over: "1", version: "2" };
  const file = { url: "", fileName: "", fileType: "", sizeBytes: 1 };
  const firmware: Assessment = {
    ...{ kind: "drift", field: "firmware", values: new Map(), after: [], detail: "" },
    calls: [{ kind: "download", hop, ...file }],
    effect: FLASH,
  };
  const after = (signature: string) =>
    guard(
      facts({
        assessments: [firmware],
        status: { failures: { [signature]: 2 }, faults: NO_FAULTS },
      }),
    ).kind;

  it("is not sent a third time, and another file is", () => {
    expect(after("firmware:notTaken@fw#aaaaaaaa")).toBe("hold");
    expect(after("firmware:notTaken@fw#bbbbbbbb")).toBe("go");
  });
  it("nor is one that was refused when it was sent", () => {
    const told = failureSignature(["firmware"], "rejected:9010", markOf(hop));
    expect(after(told)).toBe("hold");
  });
});

describe("the signature of a failure", () => {
  it("does not depend on the order of the fields", () => {
    expect(failureSignature(["frequencyPlan", "credentials"], "ignored")).toBe(
      failureSignature(["credentials", "frequencyPlan"], "ignored"),
    );
  });

  it.for<{ name: string; fields: FieldName[]; failures: Record<string, number>; want?: string }>([
    { name: "once is not enough", fields: ["firmware"], failures: { "firmware:ignored": 1 } },
    {
      name: "twice is",
      fields: ["firmware"],
      failures: { "firmware:ignored": 2 },
      want: "firmware:ignored",
    },
    {
      name: "a longer list of fields is another operation",
      fields: ["credentials"],
      failures: { "credentials+firmware:ignored": 2 },
    },
    {
      name: "a shorter one too",
      fields: ["credentials", "firmware"],
      failures: { "credentials:ignored": 2 },
    },
    { name: "no fields match nothing", fields: [], failures: { "firmware:ignored": 9 } },
  ])("$name", ({ fields, failures, want }) => {
    expect(exhausted(fields, failures)).toBe(want);
  });
});
