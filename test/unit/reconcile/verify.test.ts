import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FieldName } from "../../../src/model/fields/index.ts";
import type { Assessment } from "../../../src/model/plan.ts";
import type { OpenIntent } from "../../../src/model/records.ts";
import { settle, stepTook, type IntentVerdict, type Looks } from "../../../src/reconcile/verify.ts";
import { setOf } from "../../support/operations.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
const WAIT = { accepted: 10_000, unknown: 4_000 };

function assessment(field: FieldName, kind: Assessment["kind"], calls = 1): Assessment {
  switch (kind) {
    case "equal":
      return { kind, field, believed: [] };
    case "drift":
      return {
        kind,
        field,
        values: new Map(),
        calls: Array.from({ length: calls }, () => setOf()),
        effect: { interrupts: [], reboot: "none", applies: "now", settleMs: 0 },
        after: [],
        detail: "",
      };
    case "cannot":
      return { kind, field, reason: "ValueRefused", detail: "" };
    case "unmapped":
    case "unknown":
      return { kind, field, detail: "" };
  }
}

function intent(given: Partial<OpenIntent> & { readonly agoMs?: number } = {}): OpenIntent {
  const { agoMs = 1_000, ...rest } = given;
  return {
    id: 1,
    changeId: "c1",
    fields: ["credentials"],
    generation: "g1",
    intendedAt: new Date(NOW.getTime() - agoMs),
    outcome: "accepted",
    reboot: false,
    edits: [],
    ticket: "",
    settleMs: 0,
    download: null,
    ...rest,
  };
}

/** No write here wants a reboot behind it, and each is the only call of its change. */
const ALONE: Looks = { boots: () => "no", took: () => false };

interface Case {
  readonly name: string;
  readonly reason?: string;
  readonly given: Parameters<typeof intent>[0];
  readonly sees: Assessment[];
  readonly want: IntentVerdict | "waiting";
}

const EQUAL = [assessment("credentials", "equal")];
const DRIFT = [assessment("credentials", "drift")];

describe("what was sent is settled by a later read alone (I3, I4)", () => {
  it.for<Case>([
    { name: "accepted and shown", given: {}, sees: EQUAL, want: "verified" },
    { name: "done and shown", given: { outcome: "done" }, sees: EQUAL, want: "verified" },
    {
      name: "nobody knows, and shown",
      given: { outcome: "unknown" },
      sees: EQUAL,
      want: "verified",
    },
    {
      name: "we died before the answer, and shown",
      reason: "the intent stood before the call, so the read may prove it",
      given: { outcome: null },
      sees: EQUAL,
      want: "verified",
    },
    { name: "shown long after its time", given: { agoMs: 9e8 }, sees: EQUAL, want: "verified" },
    { name: "accepted a moment ago and not shown", given: {}, sees: DRIFT, want: "waiting" },
    {
      name: "accepted, at the very end of its time",
      reason: "the time is over after it, not at it",
      given: { agoMs: WAIT.accepted },
      sees: DRIFT,
      want: "waiting",
    },
    {
      name: "accepted, its time over",
      given: { agoMs: WAIT.accepted + 1 },
      sees: DRIFT,
      want: "ignored",
    },
    {
      name: "done, its time over",
      given: { outcome: "done", agoMs: 10_001 },
      sees: DRIFT,
      want: "ignored",
    },
    {
      name: "unknown, while the call may still be under way",
      given: { outcome: "unknown", agoMs: WAIT.unknown },
      sees: DRIFT,
      want: "waiting",
    },
    {
      name: "unknown, its time over",
      reason: "nobody ignored it: perhaps it never arrived",
      given: { outcome: "unknown", agoMs: WAIT.unknown + 1 },
      sees: DRIFT,
      want: "lost",
    },
    {
      name: "a crash, its call perhaps under way",
      given: { outcome: null, agoMs: 4_000 },
      sees: DRIFT,
      want: "waiting",
    },
    {
      name: "a crash, its time over",
      given: { outcome: null, agoMs: 4_001 },
      sees: DRIFT,
      want: "lost",
    },
    {
      name: "sent after now, by a clock that was set back",
      given: { agoMs: -60_000 },
      sees: DRIFT,
      want: "waiting",
    },
    {
      name: "something else is wanted, and not shown",
      given: { generation: "g0" },
      sees: DRIFT,
      want: "superseded",
    },
    {
      name: "something else is wanted, and shown",
      reason: "what the read shows is the new wish; that the old one was ever there nobody saw",
      given: { generation: "g0" },
      sees: EQUAL,
      want: "superseded",
    },
    {
      name: "its field is not wanted any more",
      given: { generation: "g0" },
      sees: [],
      want: "superseded",
    },
    {
      name: "its field was not read (I5)",
      reason: "a read without the field says nothing about it",
      given: { agoMs: 9e8 },
      sees: [assessment("credentials", "unknown")],
      want: "waiting",
    },
    {
      name: "only one of its fields is shown",
      given: { fields: ["credentials", "frequencyPlan"], agoMs: 10_001 },
      sees: [...EQUAL, assessment("frequencyPlan", "drift")],
      want: "ignored",
    },
    {
      name: "all of its fields are shown, another one differs",
      given: {},
      sees: [...EQUAL, assessment("frequencyPlan", "drift")],
      want: "verified",
    },
    {
      name: "the device cannot take it any more",
      given: { agoMs: 10_001 },
      sees: [assessment("credentials", "cannot")],
      want: "ignored",
    },
  ])("$name: $want", ({ given, sees, want, reason }) => {
    const sent = intent(given);
    const { settled, waiting } = settle([sent], sees, "g1", NOW, WAIT, false, ALONE);
    if (want === "waiting") {
      expect(waiting, reason).toEqual([sent]);
      expect(settled, reason).toEqual([]);
    } else {
      expect(waiting, reason).toEqual([]);
      expect(settled, reason).toEqual([{ id: 1, fields: sent.fields, verdict: want }]);
    }
  });

  it.each([
    { outcome: "accepted", agoMs: 1_000, want: "verified" },
    { outcome: "done", agoMs: 9e8, want: "verified" },
    { outcome: "unknown", agoMs: 4_001, want: "lost" },
  ] as const)(
    "$outcome, one call of several, and less is left to be done than before it: $want, and of no field",
    ({ outcome, agoMs, want }) => {
      const looks: Looks = { ...ALONE, took: () => true };
      const { settled } = settle(
        [intent({ outcome, agoMs })],
        DRIFT,
        "g1",
        NOW,
        WAIT,
        false,
        looks,
      );
      expect(settled).toEqual([
        { id: 1, fields: want === "verified" ? [] : ["credentials"], verdict: want },
      ]);
    },
  );

  it("as lost, not as ignored, when the device was away in between (I9)", () => {
    const sent = intent({ agoMs: 10_001 });
    expect(settle([sent], DRIFT, "g1", NOW, WAIT, true, ALONE).settled).toEqual([
      { id: 1, fields: sent.fields, verdict: "lost" },
    ]);
  });

  it("each intent once, in the order in which they were sent", () => {
    const sent = [
      intent({ id: 1, generation: "g0" }),
      intent({ id: 2 }),
      intent({ id: 3, agoMs: 99_999 }),
    ];
    const { settled, waiting } = settle(sent, DRIFT, "g1", NOW, WAIT, false, ALONE);
    expect(settled.map(({ id, verdict }) => [id, verdict])).toEqual([
      [1, "superseded"],
      [3, "ignored"],
    ]);
    expect(waiting.map(({ id }) => id)).toEqual([2]);
  });

  it("never as verified by a read that shows a difference, whatever the rest (I4)", () => {
    const kinds = fc.constantFrom<Assessment["kind"]>(
      "equal",
      "drift",
      "unknown",
      "cannot",
      "unmapped",
    );
    fc.assert(
      fc.property(
        fc.subarray<FieldName>(["credentials", "frequencyPlan"], { minLength: 1 }),
        fc.tuple(kinds, kinds),
        fc.constantFrom<OpenIntent["outcome"]>("done", "accepted", "unknown", null),
        fc.constantFrom("g0", "g1"),
        fc.integer({ min: -20_000, max: 20_000 }),
        (fields, [first, second], outcome, generation, agoMs) => {
          const sees = [assessment("credentials", first), assessment("frequencyPlan", second)];
          const sent = intent({ fields, outcome, generation, agoMs });
          const { settled, waiting } = settle([sent], sees, "g1", NOW, WAIT, false, ALONE);
          expect(settled.length + waiting.length).toBe(1);
          const all = sees
            .filter(({ field }) => fields.includes(field))
            .every(({ kind }) => kind === "equal");
          if (settled[0]?.verdict === "verified") expect([all, generation]).toEqual([true, "g1"]);
        },
      ),
    );
  });
});

describe("a write that wants a reboot behind it", () => {
  it.for<{
    name: string;
    given: Parameters<typeof intent>[0];
    sees: Assessment[];
    boot: "no" | "yes" | "hidden";
    want: IntentVerdict | "waiting" | "owing";
  }>([
    { name: "shown, and not booted", given: {}, sees: EQUAL, boot: "yes", want: "owing" },
    { name: "shown, and booted since", given: {}, sees: EQUAL, boot: "no", want: "verified" },
    { name: "hidden until it boots", given: {}, sees: DRIFT, boot: "hidden", want: "owing" },
    {
      name: "hidden, however long it takes until somebody may reboot it",
      given: { agoMs: 999_999 },
      sees: DRIFT,
      boot: "hidden",
      want: "owing",
    },
    {
      name: "hidden, and nobody knows whether it was done: not taken for done",
      given: { outcome: null },
      sees: DRIFT,
      boot: "hidden",
      want: "waiting",
    },
    {
      name: "the reboot itself, on its way",
      given: { reboot: true },
      sees: EQUAL,
      boot: "yes",
      want: "waiting",
    },
    {
      name: "the reboot itself, overdue",
      given: { reboot: true, agoMs: 10_001 },
      sees: EQUAL,
      boot: "yes",
      want: "ignored",
    },
    {
      name: "the reboot itself, seen in its uptime",
      given: { reboot: true },
      sees: EQUAL,
      boot: "no",
      want: "verified",
    },
    {
      name: "something else is wanted now",
      given: { generation: "g0" },
      sees: EQUAL,
      boot: "yes",
      want: "superseded",
    },
  ])("$name: $want", ({ given, sees, boot, want }) => {
    const sent = intent(given);
    const { settled, waiting, owing } = settle([sent], sees, "g1", NOW, WAIT, false, {
      ...ALONE,
      boots: () => boot,
    });
    const found = [
      ...settled.map(({ verdict }) => verdict),
      ...waiting.map(() => "waiting"),
      ...owing.map(() => "owing"),
    ];
    expect(found).toEqual([want]);
  });
});

describe("a step took effect", () => {
  it.for<{
    name: string;
    fields?: FieldName[];
    before: Assessment[];
    after: Assessment[];
    want: boolean;
  }>([
    { name: "when its field is equal now", before: DRIFT, after: EQUAL, want: true },
    { name: "not when as much is left as before", before: DRIFT, after: DRIFT, want: false },
    {
      name: "when fewer calls are left",
      before: [assessment("credentials", "drift", 3)],
      after: [assessment("credentials", "drift", 2)],
      want: true,
    },
    {
      name: "not when more calls are left",
      before: [assessment("credentials", "drift", 2)],
      after: [assessment("credentials", "drift", 3)],
      want: false,
    },
    {
      name: "not when the field was not read (I5)",
      before: DRIFT,
      after: [assessment("credentials", "unknown")],
      want: false,
    },
    {
      name: "not when the field cannot be written any more",
      before: DRIFT,
      after: [assessment("credentials", "cannot")],
      want: false,
    },
    { name: "not when the field has gone", before: DRIFT, after: [], want: false },
    {
      name: "not when only one of its fields moved",
      fields: ["credentials", "frequencyPlan"],
      before: [...DRIFT, assessment("frequencyPlan", "drift")],
      after: [...EQUAL, assessment("frequencyPlan", "drift")],
      want: false,
    },
    {
      name: "when only fields of other steps still differ",
      before: [...DRIFT, assessment("frequencyPlan", "drift")],
      after: [...EQUAL, assessment("frequencyPlan", "drift")],
      want: true,
    },
  ])("$name", ({ fields = ["credentials"], before, after, want }) => {
    expect(stepTook(fields, before, after)).toBe(want);
  });
});
