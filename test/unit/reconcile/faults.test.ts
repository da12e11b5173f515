import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Ending } from "../../../src/model/conclusion.ts";
import type { FieldName } from "../../../src/model/fields/index.ts";
import type { Assessment } from "../../../src/model/plan.ts";
import { NO_FAULTS } from "../../../src/model/records.ts";
import {
  isQuarantined,
  memoryAfter,
  remembered,
  type FailureFacts,
  type Memory,
} from "../../../src/reconcile/failures.ts";
import { classOf, codeOf, faultOf, FAULTS } from "../../../src/reconcile/faults.ts";
import { judge, suspectOf, type Loss } from "../../../src/reconcile/losses.ts";
import { withoutBlocked, withoutSpent, withoutStopped } from "../../../src/reconcile/withheld.ts";
import { aStatus } from "../../support/records.ts";
import { setOf } from "../../support/operations.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOW = new Date("2026-03-01T12:00:00Z");
const after = (ms: number): Date => new Date(NOW.getTime() + ms);

const refused = (how: string, ...fields: FieldName[]): Ending => ({
  kind: "refused",
  fields: fields.length === 0 ? ["credentials"] : fields,
  how,
  detail: "no",
  assessments: [],
});
const AWAY: Ending = { kind: "away", reason: "NoSignOfLife", detail: "not online" };
const HELD: Ending = { kind: "held", reason: "RepeatedFailure", detail: "", assessments: [] };
const EQUAL: Ending = {
  kind: "settled",
  assessments: [{ kind: "equal", field: "credentials", believed: [] }],
};
const lost = (intent: number, verdict: Loss["verdict"] = "lost"): Loss => ({
  intent,
  fields: ["credentials"],
  verdict,
});
const verified = (id: number): FailureFacts["settled"] => [
  { id, fields: ["credentials"], verdict: "verified" },
];

function drift(field: FieldName): Assessment {
  return {
    kind: "drift",
    field,
    values: new Map(),
    calls: [setOf({ path: `Device.${field}`, value: { kind: "text", text: "x" } })],
    effect: { interrupts: [], reboot: "none", applies: "now", settleMs: 0 },
    after: [],
    detail: "differs",
  };
}

describe("the table of fault codes", () => {
  it("has every code of CWMP from 9000 to 9020, each with a class and a meaning", () => {
    for (let code = 9000; code <= 9020; code += 1) {
      expect(FAULTS.get(code)?.meaning, String(code)).toMatch(/\S{3}/);
    }
  });

  it.for<{ class: string; codes: number[] }>([
    { class: "stop", codes: [9000, 9003, 9005, 9006, 9007, 9008, 9009, 9012, 9013, 9018, 9019, 0] },
    { class: "wait", codes: [9004, 9010, 9011, 9014, 9015, 9016, 9017, 9020, 404] },
    { class: "retry", codes: [9001, 9002, 9800, 9899, 201, 31_337] },
  ])("$class: $codes", ({ class: cls, codes }) => {
    for (const code of codes) expect(faultOf(code).class, String(code)).toBe(cls);
  });

  it("is asked by how an operation failed, whatever that says (I20)", () => {
    expect([codeOf("rejected:9007"), codeOf("ignored"), codeOf("lost")]).toEqual([
      9007,
      undefined,
      undefined,
    ]);
    fc.assert(
      fc.property(fc.string(), (how) => {
        expect(["retry", "wait", "stop"]).toContain(classOf(how));
      }),
    );
  });
});

describe("what is remembered of failures (I15)", () => {
  /** The same device, pass after pass; each a minute after the one before. */
  type Steps = readonly (readonly [Ending, Partial<FailureFacts>?])[];
  function walk(steps: Steps): Memory {
    let before = aStatus();
    steps.forEach(([ending, given = {}], n) => {
      const facts: FailureFacts = {
        before,
        generation: "g1",
        under: "map 1.0",
        settled: [],
        loss: null,
        now: after(n * MINUTE),
        ...given,
      };
      before = { ...before, ...memoryAfter(ending, facts), generation: facts.generation };
    });
    return before;
  }

  it.for<{
    name: string;
    steps: Steps;
    /** ms after noon; null: none. */
    notBefore: number | null;
    held: boolean;
    inRow: number;
  }>([
    { name: "nothing", steps: [[EQUAL]], notBefore: null, held: false, inRow: 0 },
    {
      name: "what may pass by itself waits a minute",
      steps: [[refused("rejected:9002")]],
      notBefore: MINUTE,
      held: false,
      inRow: 1,
    },
    {
      name: "what has to come free waits longer",
      steps: [[refused("rejected:9004")]],
      notBefore: 30 * MINUTE,
      held: false,
      inRow: 1,
    },
    {
      name: "a second fault waits four times as long",
      steps: [[refused("rejected:9001")], [refused("rejected:9002")]],
      notBefore: MINUTE + 4 * MINUTE,
      held: false,
      inRow: 2,
    },
    {
      name: "three faults in a row, whatever they are, hold it for a day",
      steps: [[refused("rejected:9001")], [refused("ignored")], [refused("rejected:9002")]],
      notBefore: 2 * MINUTE + DAY,
      held: true,
      inRow: 3,
    },
    {
      name: "a success in between ends the row",
      steps: [
        [refused("rejected:9001")],
        [refused("ignored")],
        [EQUAL, { settled: verified(1) }],
        [refused("rejected:9002")],
      ],
      notBefore: 3 * MINUTE + MINUTE,
      held: false,
      inRow: 1,
    },
    {
      name: "what is never taken is tried at no time",
      steps: [[refused("rejected:9007")]],
      notBefore: null,
      held: false,
      inRow: 1,
    },
    {
      name: "one loss is remembered and holds nothing",
      steps: [[AWAY, { loss: lost(1) }]],
      notBefore: null,
      held: false,
      inRow: 1,
    },
    {
      name: "two losses are a quarantine whose day has not begun",
      steps: [
        [AWAY, { loss: lost(1) }],
        [AWAY, { loss: lost(2) }],
      ],
      notBefore: null,
      held: true,
      inRow: 2,
    },
    {
      name: "it begins when the device is back",
      steps: [[AWAY, { loss: lost(1) }], [AWAY, { loss: lost(2) }], [HELD], [HELD]],
      notBefore: 2 * MINUTE + DAY,
      held: true,
      inRow: 2,
    },
    {
      name: "a loss that its site shares is none",
      steps: [
        [AWAY, { loss: lost(1, "excused") }],
        [AWAY, { loss: lost(2, "excused") }],
      ],
      notBefore: null,
      held: false,
      inRow: 0,
    },
    {
      name: "that the write was done nevertheless does not make a loss forgotten",
      steps: [
        [AWAY, { loss: lost(1) }],
        [EQUAL, { settled: verified(1) }],
        [AWAY, { loss: lost(2) }],
      ],
      notBefore: null,
      held: true,
      inRow: 1,
    },
    {
      name: "a later write without a loss does",
      steps: [
        [AWAY, { loss: lost(1) }],
        [EQUAL, { settled: verified(2) }],
        [AWAY, { loss: lost(3) }],
      ],
      notBefore: null,
      held: false,
      inRow: 1,
    },
    {
      name: "another firmware starts again",
      steps: [[refused("rejected:9002")], [refused("rejected:9002"), { under: "map 2.0" }]],
      notBefore: MINUTE + MINUTE,
      held: false,
      inRow: 1,
    },
    {
      name: "not having been read in between forgets nothing",
      steps: [[refused("rejected:9002")], [AWAY, { under: null }], [refused("rejected:9002")]],
      notBefore: 2 * MINUTE + DAY,
      held: true,
      inRow: 2,
    },
  ])("$name", ({ steps, notBefore, held, inRow }) => {
    const memory = walk(steps);
    const now = after((steps.length - 1) * MINUTE);
    expect(memory.faults.notBefore).toEqual(notBefore === null ? null : after(notBefore));
    expect(isQuarantined(memory, now)).toBe(held);
    expect(memory.faults.inRow).toBe(inRow);
  });

  it("lets it be tried once more when the day is over, and holds it again at the first failure", () => {
    const held = walk([[refused("rejected:9002")], [refused("rejected:9002")]]);
    const later = after(2 * DAY);
    expect(isQuarantined(held, later)).toBe(false);
    const facts = { generation: "g1", under: null, settled: [], loss: null, now: later };
    const before = aStatus({ ...held });
    const again = memoryAfter(refused("rejected:9002"), { ...facts, before });
    expect(again.faults.notBefore).toEqual(after(3 * DAY));
  });

  it("keeps which loss was judged, whatever else is wanted by now", () => {
    const faults = { ...NO_FAULTS, judged: 7, inRow: 2 };
    const { failures, faults: kept } = remembered(
      { generation: "g1", failures: { "credentials:lost": 1 }, faults },
      "g2",
      null,
    );
    expect([failures, kept.inRow, kept.judged]).toEqual([{}, 0, 7]);
  });
});

describe("whether a device was lost by a write", () => {
  const sent = (id: number, agoMs: number, settleMs = 0) => ({
    id,
    changeId: "c",
    fields: ["credentials"] as const,
    generation: "g1",
    intendedAt: after(-agoMs),
    outcome: "accepted" as const,
    reboot: false,
    edits: [],
    ticket: "",
    settleMs,
    download: null,
  });

  it.for([
    { name: "nothing was sent", given: [], want: undefined },
    { name: "not yet", given: [sent(1, 4 * MINUTE)], want: undefined },
    { name: "for longer than a write may take", given: [sent(1, 6 * MINUTE)], want: 1 },
    {
      name: "not while it may still boot",
      given: [sent(1, 6 * MINUTE, 10 * MINUTE)],
      want: undefined,
    },
    { name: "the last one", given: [sent(1, 60 * MINUTE), sent(2, 6 * MINUTE)], want: 2 },
    {
      name: "not when nobody knows whether it was sent",
      given: [{ ...sent(1, 6 * MINUTE), outcome: null }],
      want: undefined,
    },
  ])("$name", ({ given, want }) => {
    expect(suspectOf(given, null, NOW, 5 * MINUTE)?.id).toBe(want);
    expect(suspectOf(given, 9, NOW, 5 * MINUTE), "judged before").toBeUndefined();
  });

  it.for([
    { others: 20, seen: 5, gone: 0, want: "lost" },
    { others: 20, seen: 4, gone: 0, want: "undecided" },
    { others: 2, seen: 2, gone: 0, want: "lost" },
    { others: 0, seen: 0, gone: 0, want: "undecided" },
    { others: 20, seen: 5, gone: 1, want: "undecided" },
    { others: 20, seen: 8, gone: 1, want: "lost" },
    { others: 20, seen: 5, gone: 5, want: "excused" },
    { others: 20, seen: 0, gone: 2, want: "excused" },
  ])(
    "$seen of $others neighbours seen since and $gone gone with it: $want (I9)",
    ({ want, ...n }) => {
      expect(judge(n)).toBe(want);
    },
  );
});

describe("differences that are reported and not corrected", () => {
  const given = [drift("credentials"), drift("frequencyPlan")];
  const reasonsOf = (list: readonly Assessment[]): string[] =>
    list.map((one) => (one.kind === "cannot" ? one.reason : one.kind));

  it("a field that was refused for good, with what the code means and what ends it", () => {
    const left = withoutStopped(given, { "frequencyPlan:rejected:9007": 1 });
    expect(reasonsOf(left)).toEqual(["drift", "WriteRejected"]);
    const [, stopped] = left;
    if (stopped?.kind !== "cannot") throw new Error("not stopped");
    expect(stopped.detail).toContain(faultOf(9007).meaning);
    expect(stopped.detail).toContain("releases");
  });

  it("not one that may pass by itself", () => {
    const failures = { "frequencyPlan:rejected:9002": 2, "credentials:ignored": 1 };
    expect(withoutStopped(given, failures)).toEqual(given);
  });

  it("a field that is blocked for the model, on the map and firmware of the block alone", () => {
    const ground = { mapHash: "m", firmware: "1.0" };
    const block = { ...ground, operation: "credentials", devices: ["A", "B", "C"] };
    expect(reasonsOf(withoutBlocked(given, [block], ground))).toEqual(["BlockedForModel", "drift"]);
    for (const other of [
      { ...ground, mapHash: "n" },
      { ...ground, firmware: "1.1" },
    ]) {
      expect(withoutBlocked(given, [block], other)).toEqual(given);
    }
  });

  it("a field that was written in six passes of a day, for what is wanted now", () => {
    const six = { field: "credentials", generation: "g1", times: 6 } as const;
    expect(reasonsOf(withoutSpent(given, [six], "g1"))).toEqual(["AttemptsSpent", "drift"]);
    expect(withoutSpent(given, [six], "g2")).toEqual(given);
    expect(withoutSpent(given, [{ ...six, times: 5 }], "g1")).toEqual(given);
  });
});
