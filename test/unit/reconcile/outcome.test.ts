import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/lib/errors.ts";
import { CALL_CLASSES, type CallClass } from "../../../src/model/call-class.ts";
import type { Conclusion, Ending } from "../../../src/model/conclusion.ts";
import { FIELD_NAMES, type FieldName } from "../../../src/model/fields/index.ts";
import type { Assessment } from "../../../src/model/plan.ts";
import { NO_FAULTS } from "../../../src/model/records.ts";
import {
  CONDITION_TYPES,
  REASONS,
  STATES,
  type Reason,
  type State,
} from "../../../src/model/status.ts";
import { guard } from "../../../src/reconcile/guard.ts";
import { conclude, type OutcomeFacts } from "../../../src/reconcile/outcome.ts";
import { plan } from "../../../src/reconcile/plan.ts";
import { EMPTY_SNAPSHOT } from "../../../src/model/parameter.ts";
import { fakeMapper } from "../../support/fake-mapper.ts";
import { aStatus } from "../../support/records.ts";
import { setOf } from "../../support/operations.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = new Date("2026-03-01T12:00:00Z");

function facts(given: Partial<OutcomeFacts> = {}): OutcomeFacts {
  return {
    before: aStatus(),
    generation: "g1",
    workGen: 4,
    workClass: "drift",
    spread: 0.5,
    evidenceBudgetMs: DAY,
    readHours: null,
    provingReadMs: null,
    settled: [],
    informIntervalMs: null,
    under: null,
    loss: null,
    revocationOwed: false,
    ledger: { executed: [], doubted: null, lookAgainMs: null },
    now: NOW,
    ...given,
  };
}

const equal = (field: FieldName): Assessment => ({ kind: "equal", field, believed: [] });
const drifting = (field: FieldName): Assessment => ({
  kind: "drift",
  field,
  values: new Map(),
  calls: [setOf({ path: `Device.${field}`, value: { kind: "text", text: "x" } })],
  effect: { interrupts: [], reboot: "none", applies: "now", settleMs: 0 },
  after: [],
  detail: "differs",
});
const settled = (...assessments: Assessment[]): Ending => ({ kind: "settled", assessments });
const flashing = (
  reason: Reason,
  away: Extract<Ending, { kind: "flashing" }>["away"],
  ...assessments: Assessment[]
): Ending => ({ kind: "flashing", reason, detail: "sent", inMs: 2 * MINUTE, assessments, away });
const held = (reason: Reason, ...assessments: Assessment[]): Ending => ({
  kind: "held",
  reason,
  detail: "because",
  assessments,
});
const refused = (how: string, ...fields: FieldName[]): Ending => ({
  kind: "refused",
  fields,
  how,
  detail: "no",
  assessments: [],
});
const AWAY: Ending = { kind: "away", reason: "NoSignOfLife", detail: "not online" };
const TROUBLE: Ending = { kind: "trouble", reason: "AcsNotAnswering", detail: "timeout" };

const statusOf = (conclusion: Conclusion, type: (typeof CONDITION_TYPES)[number]) =>
  conclusion.conditions.find((condition) => condition.type === type)?.status;

interface Case {
  readonly name: string;
  readonly reason?: string;
  readonly given: Ending;
  readonly facts?: Partial<OutcomeFacts>;
  readonly want: { readonly state: State; readonly reason: Reason; readonly message?: string };
  /** Class and ms, or null when nothing is due. */
  readonly next: readonly [CallClass, number] | null;
}

describe("the ending of a pass becomes a state, a reason and a next moment", () => {
  it.for<Case>([
    {
      name: "nothing is wanted",
      given: { kind: "unmanaged" },
      want: { state: "unmanaged", reason: "NoDesiredState" },
      next: null,
    },
    {
      name: "nothing is wanted, and a revocation is owed (I11)",
      given: { kind: "unmanaged" },
      facts: { revocationOwed: true },
      want: { state: "unmanaged", reason: "RevocationOwed" },
      next: null,
    },
    {
      name: "all is equal",
      reason: "the next read comes well inside the budget, spread by the device's id",
      given: settled(equal("credentials"), equal("frequencyPlan")),
      want: { state: "converged", reason: "Reconciled" },
      next: ["read", 0.825 * DAY],
    },
    {
      name: "a firmware is fetched",
      given: flashing("FirmwareSent", null, drifting("firmware")),
      want: { state: "unverified", reason: "FirmwareSent", message: "sent" },
      next: ["drift", 2 * MINUTE],
    },
    {
      name: "a firmware is fetched, and an urgent change waits for that: it is said, and stays urgent",
      given: flashing("FirmwareSent", null, drifting("credentials"), drifting("firmware")),
      facts: { workClass: "urgent" },
      want: {
        ...{ state: "unverified", reason: "FirmwareSent" },
        message: "sent; nothing else is written meanwhile: credentials has to wait",
      },
      next: ["urgent", 2 * MINUTE],
    },
    {
      name: "a firmware soaks",
      given: flashing("FirmwareSoaking", null, equal("firmware")),
      facts: { workClass: "read" },
      want: { state: "unverified", reason: "FirmwareSoaking", message: "sent" },
      next: ["drift", 2 * MINUTE],
    },
    {
      name: "a device boots into its firmware: away, and not offline",
      given: flashing("FirmwareSent", { lost: null }),
      want: { state: "unverified", reason: "FirmwareSent" },
      next: ["probe", 2 * MINUTE],
    },
    {
      name: "a device does not come back from its firmware",
      given: flashing("NotReturned", { lost: { image: "fw-2" } }),
      want: { state: "failed", reason: "NotReturned" },
      next: ["probe", 2 * MINUTE],
    },
    {
      name: "what is asked waits for an Inform, and the ACS knows when that comes",
      given: { kind: "waiting", detail: "", inMs: 7 * MINUTE, sent: true },
      facts: { informIntervalMs: HOUR },
      want: { state: "unverified", reason: "AwaitingInform" },
      next: ["drift", 7 * MINUTE],
    },
    {
      name: "what is asked waits for an Inform, of a CPE that was read with an interval",
      given: { kind: "waiting", detail: "", inMs: null, sent: true },
      facts: { informIntervalMs: HOUR },
      want: { state: "unverified", reason: "AwaitingInform" },
      next: ["drift", HOUR],
    },
    {
      name: "what is asked waits for an Inform, and nobody knows the interval",
      given: { kind: "waiting", detail: "", inMs: null, sent: true },
      want: { state: "unverified", reason: "AwaitingInform" },
      next: ["drift", 5 * MINUTE],
    },
    {
      name: "away, and something else than its ACS told of it a moment ago: its line is up before it informs",
      given: AWAY,
      facts: {
        workClass: "returning",
        before: aStatus({ reachable: false, contactAt: new Date(NOW.getTime() - 40_000) }),
      },
      want: { state: "offline", reason: "NoSignOfLife" },
      next: ["returning", 30_000],
    },
    {
      name: "away, and what told of it is too long ago: it is looked for within the budget again (I9)",
      given: AWAY,
      facts: {
        workClass: "returning",
        before: aStatus({ reachable: false, contactAt: new Date(NOW.getTime() - 80_000) }),
      },
      want: { state: "offline", reason: "NoSignOfLife" },
      next: ["probe", 75_000],
    },
    {
      name: "away, a moment after it was there: nothing has told of it since (I9)",
      given: AWAY,
      facts: {
        workClass: "returning",
        before: aStatus({ reachable: true, contactAt: new Date(NOW.getTime() - 40_000) }),
      },
      want: { state: "offline", reason: "NoSignOfLife" },
      next: ["probe", 75_000],
    },
    {
      name: "all is equal on the device that proves its map",
      given: settled(equal("credentials")),
      facts: { provingReadMs: 5 * MINUTE, workClass: "urgent" },
      want: { state: "converged", reason: "Reconciled" },
      next: ["urgent", 5 * MINUTE],
    },
    {
      name: "a field is not in the map",
      given: settled(equal("credentials"), { kind: "unmapped", field: "firmware", detail: "" }),
      want: { state: "unmapped", reason: "FieldUnsupported" },
      next: ["read", 0.825 * DAY],
    },
    {
      name: "a field cannot be held by the device",
      given: settled({
        kind: "cannot",
        field: "frequencyPlan",
        reason: "ValueRefused",
        detail: "",
      }),
      want: { state: "failed", reason: "ValueRefused" },
      next: ["read", 0.825 * DAY],
    },
    {
      name: "the map leads nowhere on this device",
      reason: "a person has to mend the map; the device refused nothing",
      given: settled({ kind: "cannot", field: "credentials", reason: "NoInstance", detail: "" }),
      want: { state: "unmapped", reason: "NoInstance" },
      next: ["read", 0.825 * DAY],
    },
    {
      name: "a field can only be observed",
      given: settled({ kind: "cannot", field: "firmware", reason: "ObserveOnlyField", detail: "" }),
      want: { state: "drifted", reason: "ObserveOnlyField" },
      next: ["read", 0.825 * DAY],
    },
    {
      name: "a field was not read (I5)",
      given: settled(equal("credentials"), { kind: "unknown", field: "firmware", detail: "" }),
      facts: { workClass: "read" },
      want: { state: "unknown", reason: "FieldUnread" },
      next: ["drift", 5 * MINUTE],
    },
    {
      name: "all steps are done, and something else differs by now (I4)",
      reason: "a step that changes another field must not be called converged",
      given: settled(equal("credentials"), drifting("frequencyPlan")),
      want: { state: "drifted", reason: "DifferenceFound" },
      next: ["drift", 0],
    },
    {
      name: "more differs than was seen at first",
      given: held("DifferenceFound", drifting("frequencyPlan")),
      want: { state: "drifted", reason: "DifferenceFound" },
      next: ["drift", 0],
    },
    {
      name: "a person holds it",
      given: held("HeldByPerson"),
      facts: { workClass: "urgent" },
      want: { state: "held", reason: "HeldByPerson" },
      next: ["urgent", HOUR],
    },
    {
      name: "a stop is in force",
      given: held("Stopped"),
      facts: { workClass: "probe" },
      want: { state: "held", reason: "Stopped" },
      next: ["drift", HOUR],
    },
    {
      name: "the ACS is only observed",
      given: held("ObserveMode", drifting("credentials")),
      want: { state: "drifted", reason: "ObserveMode" },
      next: ["read", 0.825 * DAY],
    },
    {
      name: "it would lose its running frequency",
      given: held("RunningFrequencyLost", drifting("frequencyPlan")),
      want: { state: "drifted", reason: "RunningFrequencyLost" },
      next: ["read", 0.825 * DAY],
    },
    {
      name: "it is out of scope and was never asked (I5)",
      reason: "drifted says that it differs, and nobody looked",
      given: held("OutOfScope"),
      want: { state: "unknown", reason: "OutOfScope" },
      next: ["read", 0.825 * DAY],
    },
    {
      name: "two profiles disagree, and it was never asked (I5)",
      given: held("ProfileConflict"),
      want: { state: "unknown", reason: "ProfileConflict" },
      next: ["read", 0.825 * DAY],
    },
    {
      name: "another device proves the map",
      given: held("MapUnproven", drifting("credentials")),
      want: { state: "queued", reason: "MapUnproven" },
      next: ["drift", 10 * MINUTE],
    },
    {
      name: "the operation failed twice already (I15)",
      given: held("RepeatedFailure", drifting("credentials")),
      want: { state: "quarantined", reason: "RepeatedFailure" },
      next: ["drift", DAY],
    },
    {
      name: "no sign of life (I9)",
      reason: "offline is deferral: the next look is a probe, and no failure is counted",
      given: AWAY,
      facts: { workClass: "urgent" },
      want: { state: "offline", reason: "NoSignOfLife" },
      next: ["probe", 75 * SECOND],
    },
    {
      name: "the CPE could not be read (I9)",
      given: { kind: "away", reason: "ReadFailed", detail: "" },
      want: { state: "offline", reason: "ReadFailed" },
      next: ["probe", 75 * SECOND],
    },
    {
      name: "the ACS does not know it",
      given: { kind: "away", reason: "NotSeenByAcs", detail: "" },
      want: { state: "unknown", reason: "NotSeenByAcs" },
      next: ["probe", 10 * MINUTE],
    },
    {
      name: "the ACS gave no usable answer",
      reason: "that says nothing about the device, which keeps its state",
      given: TROUBLE,
      facts: { before: aStatus({ state: "drifted" }), workClass: "urgent" },
      want: { state: "drifted", reason: "AcsNotAnswering" },
      next: ["urgent", 15 * SECOND],
    },
    {
      name: "no map fits",
      given: { kind: "unmapped", reason: "MapNotFound", detail: "" },
      want: { state: "unmapped", reason: "MapNotFound" },
      next: ["read", 0.825 * DAY],
    },
    {
      name: "written and not seen yet",
      given: {
        kind: "pending",
        reason: "WriteAccepted",
        detail: "",
        assessments: [drifting("credentials")],
      },
      facts: { workClass: "rollout" },
      want: { state: "unverified", reason: "WriteAccepted" },
      next: ["rollout", 10 * SECOND],
    },
    {
      name: "perhaps written",
      given: { kind: "pending", reason: "WriteUnknown", detail: "", assessments: [] },
      want: { state: "unverified", reason: "WriteUnknown" },
      next: ["drift", 10 * SECOND],
    },
    {
      name: "refused once",
      given: refused("rejected:9002", "credentials"),
      want: { state: "drifted", reason: "WriteRejected" },
      next: ["drift", MINUTE],
    },
    {
      name: "ignored once",
      given: refused("ignored", "credentials"),
      want: { state: "drifted", reason: "WriteIgnored" },
      next: ["drift", MINUTE],
    },
    {
      name: "handed over",
      reason: "nothing is known that was not known",
      given: { kind: "released", reason: "LeaseLost", detail: "" },
      facts: { before: aStatus({ state: "converged", reason: "Reconciled" }), workClass: "urgent" },
      want: { state: "converged", reason: "Reconciled" },
      next: ["urgent", 0],
    },
    {
      name: "a mistake of ours",
      given: { kind: "failed", error: new AppError("internal", "no secret for wan.ppp.password") },
      want: { state: "failed", reason: "InternalError" },
      next: ["drift", 15 * MINUTE],
    },
  ])("$name", ({ given, facts: around, want, next, reason }) => {
    const conclusion = conclude(given, facts(around));
    expect(conclusion, reason).toMatchObject(want);
    expect(conclusion.message, "there is always something to read").not.toBe(undefined);
    if (next === null) expect(conclusion.next).toBeNull();
    else expect(conclusion.next, reason).toMatchObject({ class: next[0], inMs: next[1] });
  });
});

describe("an operation that failed twice in the same way is not tried a third time (I15)", () => {
  /** The same device, pass after pass. */
  type Passes = readonly (Ending | readonly [Ending, Partial<OutcomeFacts>])[];
  function passes(...endings: Passes): Conclusion[] {
    let before = aStatus();
    return endings.map((entry) => {
      const [ending, around] = "kind" in entry ? [entry, {}] : entry;
      const given = facts({ before, ...around });
      const conclusion = conclude(ending, given);
      before = { ...before, ...conclusion, generation: given.generation, reachable: true };
      return conclusion;
    });
  }
  const states = (...endings: Passes) => passes(...endings).map(({ state }) => state);
  const verified: Partial<OutcomeFacts> = {
    settled: [{ id: 1, fields: ["credentials"], verdict: "verified" }],
  };

  it.for<{ name: string; reason?: string; given: Passes; want: State[] }>([
    {
      name: "the second failure puts it into quarantine",
      given: [refused("ignored", "credentials"), refused("ignored", "credentials")],
      want: ["drifted", "quarantined"],
    },
    {
      name: "the order of the fields is no difference",
      given: [
        refused("ignored", "credentials", "frequencyPlan"),
        refused("ignored", "frequencyPlan", "credentials"),
      ],
      want: ["drifted", "quarantined"],
    },
    {
      name: "another way to fail is another failure",
      given: [refused("ignored", "credentials"), refused("rejected:9002", "credentials")],
      want: ["drifted", "drifted"],
    },
    {
      name: "another field is another operation",
      given: [refused("ignored", "credentials"), refused("ignored", "frequencyPlan")],
      want: ["drifted", "drifted"],
    },
    {
      name: "a look in between forgets nothing",
      given: [refused("ignored", "credentials"), AWAY, TROUBLE, refused("ignored", "credentials")],
      want: ["drifted", "offline", "offline", "quarantined"],
    },
    {
      name: "a new wish starts again",
      given: [
        refused("ignored", "credentials"),
        [refused("ignored", "credentials"), { generation: "g2" }],
        [refused("ignored", "credentials"), { generation: "g2" }],
      ],
      want: ["drifted", "drifted", "quarantined"],
    },
    {
      name: "a verified write starts again",
      given: [
        refused("ignored", "credentials"),
        [settled(equal("credentials")), verified],
        refused("ignored", "credentials"),
      ],
      want: ["drifted", "converged", "drifted"],
    },
    {
      name: "a verified write of another field does not",
      given: [
        refused("ignored", "frequencyPlan"),
        [settled(equal("credentials")), verified],
        refused("ignored", "frequencyPlan"),
      ],
      want: ["drifted", "converged", "quarantined"],
    },
    {
      name: "no sign of life ends no quarantine: that state comes before offline",
      reason: "design section 3, precedence",
      given: [refused("ignored", "credentials"), refused("ignored", "credentials"), AWAY, AWAY],
      want: ["drifted", "quarantined", "quarantined", "quarantined"],
    },
    {
      name: "a new wish ends it, even when the device is away",
      given: [
        refused("ignored", "credentials"),
        refused("ignored", "credentials"),
        [AWAY, { generation: "g2" }],
      ],
      want: ["drifted", "quarantined", "offline"],
    },
    {
      name: "a device that turned out equal is free",
      given: [
        refused("ignored", "credentials"),
        refused("ignored", "credentials"),
        settled(equal("credentials")),
      ],
      want: ["drifted", "quarantined", "converged"],
    },
  ])("$name", ({ given, want, reason }) => {
    expect(states(...given), reason).toEqual(want);
  });

  it("for 24 hours, with the reason and the condition", () => {
    const last = passes(refused("ignored", "credentials"), refused("ignored", "credentials")).at(
      -1,
    );
    expect(last).toMatchObject({ reason: "RepeatedFailure", next: { inMs: DAY } });
    expect(last?.message).toContain("credentials");
    expect(last && statusOf(last, "Quarantined")).toBe("true");
  });

  it("and the guard knows the same failure by the same name", () => {
    const last = passes(
      refused("rejected:9002", "credentials"),
      refused("rejected:9002", "credentials"),
    ).at(-1);
    const assessments = [drifting("credentials")];
    const verdict = guard({
      plan: plan(assessments),
      assessments,
      mapper: fakeMapper({}),
      snapshot: EMPTY_SNAPSHOT,
      mode: "write",
      inScope: true,
      proof: "proven",
      status: { failures: last?.failures ?? {}, faults: last?.faults ?? NO_FAULTS },
      windows: [],
      class: "drift",
      now: NOW,
    });
    expect(verdict).toMatchObject({ kind: "hold", reason: "RepeatedFailure" });
  });

  it("keeps looking for a device that is away in quarantine, and says that it is not there", () => {
    const last = passes(
      refused("ignored", "credentials"),
      refused("ignored", "credentials"),
      AWAY,
    ).at(-1);
    expect(last).toMatchObject({
      state: "quarantined",
      reason: "RepeatedFailure",
      next: { class: "probe" },
    });
    expect(last && statusOf(last, "Quarantined")).toBe("true");
    expect(last && statusOf(last, "Reachable")).toBe("false");
  });
});

describe("conditions", () => {
  it("say unknown, not false, of what nobody has seen (I5)", () => {
    for (const ending of [AWAY, held("OutOfScope"), held("HeldByPerson")]) {
      const before = aStatus({ state: "converged", reason: "Reconciled" });
      expect(statusOf(conclude(ending, facts({ before })), "Converged")).toBe("unknown");
    }
    expect(
      statusOf(conclude(held("ObserveMode", drifting("credentials")), facts()), "Converged"),
    ).toBe("false");
  });

  it("move their since only with their status", () => {
    const first = conclude(AWAY, facts());
    const later = new Date(NOW.getTime() + HOUR);
    const before = aStatus({ ...first, reachable: false });
    const again = conclude({ ...AWAY, detail: "still not" }, facts({ before, now: later }));
    for (const condition of again.conditions) expect(condition.since).toBe(NOW.toISOString());
    const back = conclude(settled(equal("credentials")), facts({ before, now: later }));
    const since = Object.fromEntries(back.conditions.map((one) => [one.type, one.since]));
    expect(since["Reachable"]).toBe(later.toISOString());
    expect(since["Converged"]).toBe(later.toISOString());
    expect(since["Held"]).toBe(NOW.toISOString());
  });

  it("speak about the work that was seen", () => {
    const { conditions } = conclude(settled(equal("credentials")), facts({ workGen: 17 }));
    expect(new Set(conditions.map(({ generation }) => generation))).toEqual(new Set([17]));
  });

  it("keep what a pass could not find out", () => {
    const seen = conclude(settled(equal("credentials")), facts());
    const before = aStatus({ ...seen, reachable: true });
    const after = conclude(TROUBLE, facts({ before }));
    expect(statusOf(after, "Reachable")).toBe("true");
    expect(statusOf(after, "Mapped")).toBe("true");
    expect(after.reachable).toBeNull();
  });

  it("tell of a revocation from the first day until it is proven, and that it was (I11)", () => {
    const none = conclude(settled(equal("credentials")), facts());
    expect(statusOf(none, "RevocationOwed")).toBeUndefined();
    const owed = conclude(AWAY, facts({ revocationOwed: true }));
    expect(statusOf(owed, "RevocationOwed")).toBe("true");
    const before = aStatus({ ...owed, reachable: null });
    const proven = conclude(settled(equal("credentials")), facts({ before }));
    expect(proven.conditions.find(({ type }) => type === "RevocationOwed")).toMatchObject({
      status: "false",
      reason: "RevocationProven",
    });
  });
});

describe("events", () => {
  it("tell a move once, and nothing when nothing moved", () => {
    const first = conclude(AWAY, facts());
    expect(first.events).toMatchObject([
      { type: "StateChanged", data: { from: "queued", to: "offline", reason: "NoSignOfLife" } },
    ]);
    const again = conclude(AWAY, facts({ before: aStatus({ ...first, reachable: false }) }));
    expect(again.events).toEqual([]);
  });

  it("tell each intent that was settled, whatever the ending", () => {
    const given = facts({
      settled: [
        { id: 1, fields: ["credentials"], verdict: "verified" },
        { id: 2, fields: ["firmware"], verdict: "ignored" },
        { id: 3, fields: ["firmware"], verdict: "lost" },
        { id: 4, fields: ["firmware"], verdict: "superseded" },
      ],
    });
    const { events } = conclude({ kind: "released", reason: "Stopped", detail: "" }, given);
    expect(events.map(({ type, data }) => [type, data["verdict"]])).toEqual([
      ["ChangeVerified", "verified"],
      ["ChangeIgnored", "ignored"],
      ["ChangeSettled", "lost"],
      ["ChangeSettled", "superseded"],
    ]);
  });
});

const reason = fc.constantFrom(...(Object.keys(REASONS) as Reason[]));
const field = fc.constantFrom(...FIELD_NAMES);
const assessment: fc.Arbitrary<Assessment> = fc.oneof(
  field.map(equal),
  field.map(drifting),
  field.map((name): Assessment => ({ kind: "unmapped", field: name, detail: "" })),
  field.map((name): Assessment => ({ kind: "unknown", field: name, detail: "" })),
  fc
    .tuple(
      field,
      fc.constantFrom<Reason>("ValueRefused", "ObserveOnlyField", "ForeignValue", "NoInstance"),
    )
    .map(([name, why]): Assessment => ({ kind: "cannot", field: name, reason: why, detail: "" })),
);
const assessments = fc.uniqueArray(assessment, { selector: (one) => one.field });
const detail = fc.string({ maxLength: 5 });
const ending: fc.Arbitrary<Ending> = fc.oneof(
  fc.constant<Ending>({ kind: "unmanaged" }),
  fc.record({ kind: fc.constant("held" as const), reason, detail, assessments }),
  fc.record({ kind: fc.constant("away" as const), reason, detail }),
  fc.record({ kind: fc.constant("trouble" as const), reason, detail }),
  fc.record({ kind: fc.constant("unmapped" as const), reason, detail }),
  fc.record({ kind: fc.constant("settled" as const), assessments }),
  fc.record({ kind: fc.constant("pending" as const), reason, detail, assessments }),
  fc.record({
    kind: fc.constant("refused" as const),
    fields: fc.uniqueArray(field, { minLength: 1 }),
    how: fc.constantFrom("ignored", "rejected:9007"),
    detail,
    assessments,
  }),
  fc.record({
    kind: fc.constant("flashing" as const),
    reason,
    detail,
    inMs: fc.nat({ max: HOUR }),
    assessments,
    away: fc.constantFrom(null, { lost: null }, { lost: { image: "fw-2" } }),
  }),
  fc.record({ kind: fc.constant("released" as const), reason, detail }),
  fc.record({
    kind: fc.constant("failed" as const),
    error: fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.constant(undefined),
      fc.string().map((text) => new Error(text)),
    ),
  }),
);
const around = fc
  .record({
    state: fc.constantFrom(...STATES),
    reason,
    generation: fc.constantFrom("g1", "g2"),
    failures: fc.dictionary(
      fc.constantFrom("credentials:ignored", "frequencyPlan:rejected:9007"),
      fc.integer({ min: 1, max: 3 }),
    ),
    workClass: fc.constantFrom(...CALL_CLASSES),
    spread: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    provingReadMs: fc.option(fc.nat({ max: HOUR })),
    revocationOwed: fc.boolean(),
  })
  .map(({ state, reason: why, generation, failures, ...rest }) =>
    facts({ before: aStatus({ state, reason: why, generation, failures }), ...rest }),
  );

describe("whatever the ending and whatever was before (I20)", () => {
  it("there is a conclusion, with a next moment unless nothing is managed", () => {
    fc.assert(
      fc.property(ending, around, (given, facts) => {
        const conclusion = conclude(given, facts);
        expect(STATES).toContain(conclusion.state);
        expect(REASONS).toHaveProperty(conclusion.reason);
        expect(conclusion.next === null).toBe(given.kind === "unmanaged");
        const { inMs } = conclusion.next ?? { inMs: 0 };
        expect(Number.isInteger(inMs) && inMs >= 0 && inMs <= DAY).toBe(true);
        for (const condition of conclusion.conditions) {
          expect(CONDITION_TYPES).toContain(condition.type);
          expect(REASONS).toHaveProperty(condition.reason);
        }
        const types = conclusion.conditions.map(({ type }) => type);
        expect(new Set(types).size).toBe(types.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it("only a read that shows every field equal makes it converged (I4)", () => {
    fc.assert(
      fc.property(ending, around, (given, facts) => {
        const conclusion = conclude(given, facts);
        if (conclusion.state === facts.before.state) return;
        if (conclusion.state !== "converged") return;
        expect(given.kind).toBe("settled");
        if (given.kind === "settled") {
          expect(given.assessments.every(({ kind }) => kind === "equal")).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("drifted and failed are said only of a device that was seen, or that failed by ourselves (I5)", () => {
    fc.assert(
      fc.property(ending, around, (given, facts) => {
        const { state } = conclude(given, facts);
        if (state === facts.before.state || state !== "drifted") return;
        expect(["settled", "held", "refused"]).toContain(given.kind);
        if (given.kind === "held") expect(given.assessments.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it("offline is no failure: it adds none, and says not reachable (I9)", () => {
    fc.assert(
      fc.property(around, (facts) => {
        const { failures, reachable } = conclude(AWAY, facts);
        const sameWish = facts.before.generation === facts.generation;
        expect(failures).toEqual(sameWish ? facts.before.failures : {});
        expect(reachable).toBe(false);
      }),
    );
  });

  it("a conclusion is a function of its arguments, and leaves them as they were", () => {
    fc.assert(
      fc.property(ending, around, (given, facts) => {
        const before = JSON.stringify(facts);
        expect(conclude(given, facts)).toEqual(conclude(given, facts));
        expect(JSON.stringify(facts)).toBe(before);
      }),
    );
  });
});
