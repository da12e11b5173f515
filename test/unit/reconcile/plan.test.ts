import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FieldName } from "../../../src/model/fields/index.ts";
import type { Operation } from "../../../src/model/parameter.ts";
import type { Assessment, EffectClass, Interruption, Step } from "../../../src/model/plan.ts";
import { editsOf, setOf } from "../../support/operations.ts";
import { plan } from "../../../src/reconcile/plan.ts";

type Drift = Extract<Assessment, { kind: "drift" }>;

const HARMLESS: EffectClass = { interrupts: [], reboot: "none", applies: "now", settleMs: 0 };
const CUTS: EffectClass = {
  interrupts: ["mgmt"],
  reboot: "none",
  applies: "now",
  settleMs: 90_000,
};

function drift(
  field: FieldName,
  effect: EffectClass = HARMLESS,
  texts: readonly string[] = ["x"],
): Drift {
  const calls = texts.map((text, i) =>
    setOf({ path: `Device.${field}.${i}`, value: { kind: "text", text } }),
  );
  return {
    kind: "drift",
    field,
    values: new Map(),
    calls,
    effect,
    after: [],
    detail: `${field} differs`,
  };
}

/** Fields of each step, in order. */
const order = (assessments: readonly Assessment[]) =>
  plan(assessments).steps.map(({ fields }) => fields);

describe("the steps of a plan", () => {
  it.for<{ name: string; reason?: string; given: Assessment[]; want: FieldName[][] }>([
    { name: "there are none without drift", given: [], want: [] },
    {
      name: "only drift leads to a step",
      given: [
        { kind: "equal", field: "credentials", believed: [] },
        { kind: "unknown", field: "firmware", detail: "" },
        { kind: "cannot", field: "frequencyPlan", reason: "ValueRefused", detail: "" },
        { kind: "unmapped", field: "firmware", detail: "" },
      ],
      want: [],
    },
    {
      name: "value-only fields of one effect class go in one call",
      given: [drift("frequencyPlan"), drift("credentials")],
      want: [["credentials", "frequencyPlan"]],
    },
    {
      name: "fields of different effect classes go apart, the lower phase first",
      given: [drift("frequencyPlan"), drift("credentials", { ...HARMLESS, interrupts: ["wan"] })],
      want: [["credentials"], ["frequencyPlan"]],
    },
    {
      name: "what can cut management goes last, whatever its phase",
      given: [drift("credentials", CUTS), drift("frequencyPlan")],
      want: [["frequencyPlan"], ["credentials"]],
    },
    {
      name: "what can cut management goes alone, even beside its like",
      given: [drift("frequencyPlan", CUTS), drift("credentials", CUTS)],
      want: [["credentials"], ["frequencyPlan"]],
    },
    {
      name: "a reboot cuts management",
      given: [drift("credentials", { ...HARMLESS, reboot: "self" }), drift("frequencyPlan")],
      want: [["frequencyPlan"], ["credentials"]],
    },
    {
      name: "a field of several calls takes a step for each, the others go with the first",
      given: [drift("credentials"), drift("frequencyPlan", HARMLESS, ["a", "b", "c"])],
      want: [["credentials", "frequencyPlan"], ["frequencyPlan"], ["frequencyPlan"]],
    },
  ])("$name", ({ given, want, reason }) => {
    expect(order(given), reason).toEqual(want);
  });

  it("carry the longest time to settle of what they write, and its reasons", () => {
    const [step] = plan([
      drift("credentials", { ...HARMLESS, settleMs: 1 }),
      drift("frequencyPlan", { ...HARMLESS, settleMs: 7 }),
    ]).steps;
    expect(step?.effect.settleMs).toBe(7);
    expect(step?.reason).toBe("credentials differs; frequencyPlan differs");
  });
});

const effect = fc.record<EffectClass>({
  interrupts: fc.subarray<Interruption>(["mgmt", "radio", "wan"]),
  reboot: fc.constantFrom("none", "none", "after", "self"),
  applies: fc.constantFrom("now", "now", "afterReboot"),
  settleMs: fc.nat({ max: 9 }),
});
const texts = fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 3 });
const drifts = fc
  .tuple(
    fc.subarray<FieldName>(["credentials", "firmware", "frequencyPlan"]),
    fc.array(fc.tuple(effect, texts), { minLength: 3, maxLength: 3 }),
  )
  .map(([fields, given]) =>
    fields.map((field, i) => drift(field, given[i]?.[0] ?? HARMLESS, given[i]?.[1])),
  );

const setting = (steps: readonly Step[]): Operation[] =>
  steps.map(({ operation }) => operation).filter(({ kind }) => kind === "set");

describe("every plan", () => {
  it("writes each edit once, in the order of its field", () => {
    fc.assert(
      fc.property(drifts, (given) => {
        const { steps } = plan(given);
        for (const one of given) {
          const mine = setting(steps)
            .flatMap(editsOf)
            .filter(({ path }) => path.startsWith(`Device.${one.field}.`));
          expect(mine).toEqual(one.calls.flatMap(editsOf));
        }
      }),
    );
  });

  it("costs a write and a read for each step", () => {
    fc.assert(
      fc.property(drifts, (given) => {
        const { calls, steps } = plan(given);
        expect(calls).toBe(2 * steps.length);
        expect(setting(steps).length).toBeGreaterThanOrEqual(
          Math.max(0, ...given.map((one) => one.calls.length)),
        );
      }),
    );
  });

  it("has what can cut management at its end, one field in each such call", () => {
    const cuts = ({ interrupts, reboot }: EffectClass) =>
      interrupts.includes("mgmt") || reboot === "self";
    fc.assert(
      fc.property(drifts, (given) => {
        const steps = plan(given).steps.filter(({ operation }) => operation.kind === "set");
        const cutting = steps.map((step) => {
          const any = given.some((one) => step.fields.includes(one.field) && cuts(one.effect));
          if (any) expect(step.fields).toHaveLength(1);
          return any;
        });
        expect(cutting).toEqual([...cutting].sort((a, b) => Number(a) - Number(b)));
      }),
    );
  });

  it("reboots once, as its last call, if anything in it wants a reboot behind it", () => {
    fc.assert(
      fc.property(drifts, (given) => {
        const kinds = plan(given).steps.map(({ operation }) => operation.kind);
        const wanted = given.filter(({ effect: { reboot } }) => reboot === "after");
        expect(kinds.filter((kind) => kind === "reboot")).toHaveLength(Math.min(1, wanted.length));
        if (wanted.length > 0) expect(kinds.at(-1)).toBe("reboot");
      }),
    );
  });

  it("has the same hash whenever it is made, whatever the order of the assessments (I13)", () => {
    fc.assert(
      fc.property(drifts, (given) => {
        const once = plan(given);
        expect(plan(given)).toEqual(once);
        expect(plan([...given].reverse()).hash).toBe(once.hash);
      }),
    );
  });

  it("has another hash when any edit is another (I13)", () => {
    const change = fc.tuple(fc.nat(), fc.constantFrom("text", "path", "secret", "drop"));
    fc.assert(
      fc.property(drifts, change, (given, [at, how]) => {
        fc.pre(given.length > 0);
        const index = at % given.length;
        const changed = given.map((one, i): Drift => {
          if (i !== index) return one;
          const [first, ...rest] = one.calls;
          const [edit] = first === undefined ? [] : editsOf(first);
          if (edit === undefined) throw new Error("no edit");
          if (how === "drop") return { ...one, calls: rest.length > 0 ? rest : [setOf()] };
          if (how === "path")
            return { ...one, calls: [setOf({ ...edit, path: `${edit.path}x` }), ...rest] };
          const value =
            how === "text"
              ? ({ kind: "text", text: "other" } as const)
              : ({ kind: "secret", logical: "wan.ppp.password" } as const);
          return { ...one, calls: [setOf({ ...edit, value }), ...rest] };
        });
        expect(plan(changed).hash).not.toBe(plan(given).hash);
      }),
    );
  });

  it("leaves the assessments as they were", () => {
    const given = Object.freeze([drift("frequencyPlan"), drift("credentials")]) as Drift[];
    plan(given);
    expect(given.map(({ field }) => field)).toEqual(["frequencyPlan", "credentials"]);
  });
});
