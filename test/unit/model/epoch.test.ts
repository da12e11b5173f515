import { describe, expect, it } from "vitest";
import { epochOf, isNewEpoch, type Epoch } from "../../../src/model/epoch.ts";

const BEFORE: Epoch = { bootstrapped: "2026-01-01", hardware: "A", software: "1.0" };

describe("another life of a device", () => {
  it.for<{ name: string; now: Partial<Epoch>; isNew: boolean }>([
    { name: "a reboot begins none: nothing of this turns", now: {}, isNew: false },
    { name: "a bootstrap begins one", now: { bootstrapped: "2026-02-01" }, isNew: true },
    { name: "another firmware begins one", now: { software: "2.0" }, isNew: true },
    { name: "so does an older one", now: { software: "0.9" }, isNew: true },
    { name: "other hardware begins one", now: { hardware: "B" }, isNew: true },
    {
      name: "what was not told differs from nothing (I5)",
      now: { bootstrapped: null, software: null },
      isNew: false,
    },
  ])("$name", ({ now, isNew }) => {
    expect(isNewEpoch(BEFORE, { ...BEFORE, ...now })).toBe(isNew);
    expect(isNewEpoch({ ...BEFORE, ...now }, BEFORE)).toBe(isNew);
  });

  it("the first bootstrap that an ACS tells of, after it told of none, begins one", () => {
    expect(isNewEpoch({ ...BEFORE, bootstrapped: "" }, BEFORE)).toBe(true);
  });

  it("is not known before anything was seen", () => {
    const facts = { hardwareVersion: null, softwareVersion: "1.0" };
    expect(isNewEpoch(null, epochOf(facts, null))).toBe(false);
  });
});
