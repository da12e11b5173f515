import { describe, expect, it } from "vitest";
import type { EffectClass } from "../../../src/model/plan.ts";
import { bootedAt, owes } from "../../../src/reconcile/boot.ts";
import { plan } from "../../../src/reconcile/plan.ts";
import { fakeMapper, snapshotOf } from "../../support/fake-mapper.ts";

const READ_AT = new Date("2026-05-01T12:00:00Z");
const ago = (seconds: number): Date => new Date(READ_AT.getTime() - seconds * 1_000);

const mapperWith = (effects: Partial<EffectClass>) =>
  fakeMapper({
    "device.uptime": { observeOnly: true },
    "radio.channel-plan": { effects },
  });

describe("when a device booted", () => {
  const mapper = mapperWith({});
  it("is the moment of the read less its uptime in seconds", () => {
    expect(bootedAt(mapper, snapshotOf({ "device.uptime": 90 }), READ_AT)).toEqual(ago(90));
  });
  it("is not known where it does not say its uptime", () => {
    expect(bootedAt(mapper, snapshotOf({}), READ_AT)).toBeNull();
  });
});

describe("a reboot", () => {
  const AFTER = { reboot: "after" } as const;
  it.for<{ name: string; effects: Partial<EffectClass>; booted: Date | null; want: string }>([
    { name: "is not owed where no write wants one", effects: {}, booted: ago(900), want: "no" },
    { name: "is owed until a boot after the write", effects: AFTER, booted: ago(900), want: "yes" },
    { name: "is not owed after a boot", effects: AFTER, booted: ago(20), want: "no" },
    {
      name: "is taken as done by a boot seconds before the write: uptime counts seconds",
      effects: AFTER,
      booted: ago(63),
      want: "no",
    },
    {
      name: "hides the value where the map says so",
      effects: { ...AFTER, applies: "afterReboot" },
      booted: ago(900),
      want: "hidden",
    },
    {
      name: "is not owed by a device without an uptime, or it would reboot for ever",
      effects: AFTER,
      booted: null,
      want: "no",
    },
    {
      name: "that the device does by itself is not ours",
      effects: { reboot: "self" },
      booted: ago(900),
      want: "no",
    },
  ])("$name", ({ effects, booted, want }) => {
    const intent = { fields: ["frequencyPlan"], intendedAt: ago(60) } as const;
    expect(owes(intent, mapperWith(effects), booted)).toBe(want);
  });

  it("that is owed stands alone in a plan without drift, and at the end of any other", () => {
    const owing = new Set(["credentials"] as const);
    const steps = plan([{ kind: "equal", field: "credentials", believed: [] }], owing).steps;
    expect(steps).toMatchObject([{ fields: ["credentials"], operation: { kind: "reboot" } }]);
    expect(plan([], new Set()).steps).toEqual([]);
  });

  it("is awaited, not written around, by a field that shows its old value until then", () => {
    const drift = {
      kind: "drift",
      field: "frequencyPlan",
      values: new Map(),
      calls: [{ kind: "set", edits: [] }],
      effect: { interrupts: [], reboot: "after", applies: "afterReboot", settleMs: 0 },
      after: [],
      detail: "",
    } as const;
    const kinds = (owing: ReadonlySet<"frequencyPlan">) =>
      plan([drift], owing).steps.map(({ operation }) => operation.kind);
    expect(kinds(new Set())).toEqual(["set", "reboot"]);
    expect(kinds(new Set(["frequencyPlan"]))).toEqual(["reboot"]);
  });
});
