import { describe, expect, it } from "vitest";
import type { CallClass } from "../../../src/model/call-class.ts";
import type { Window } from "../../../src/model/records.ts";
import { disturbs, mayDisturb, type WindowAnswer } from "../../../src/reconcile/window.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
const hours = (from: number, to: number): Window => ({
  opensAt: new Date(NOW.getTime() + from * 3_600_000),
  closesAt: new Date(NOW.getTime() + to * 3_600_000),
});
const opens = (inHours: number): WindowAnswer => ({
  kind: "closed",
  opensAt: new Date(NOW.getTime() + inHours * 3_600_000),
});
const OPEN: WindowAnswer = { kind: "open" };

describe("whether a change that disturbs may run now", () => {
  it.for<{ name: string; windows: Window[]; cls?: CallClass; want: WindowAnswer }>([
    { name: "nobody asked for a window", windows: [], want: OPEN },
    { name: "inside one", windows: [hours(5, 6), hours(-1, 1)], want: OPEN },
    { name: "from its first moment", windows: [hours(0, 1)], want: OPEN },
    {
      name: "not at its end",
      windows: [hours(-1, 0)],
      want: { kind: "closed", opensAt: null },
    },
    { name: "the next one of several", windows: [hours(9, 10), hours(2, 3)], want: opens(2) },
    {
      name: "what a customer waits for passes (I14)",
      windows: [hours(2, 3)],
      cls: "urgent",
      want: OPEN,
    },
    { name: "a rollout does not (I14)", windows: [hours(2, 3)], cls: "rollout", want: opens(2) },
  ])("$name", ({ windows, cls = "drift", want }) => {
    expect(mayDisturb(windows, cls, NOW)).toEqual(want);
  });

  it.for([
    { name: "a plain write", interrupts: [], reboot: "none", want: false },
    {
      name: "one that cuts the customer's Wi-Fi",
      interrupts: ["wifi"],
      reboot: "none",
      want: true,
    },
    { name: "one that wants a reboot", interrupts: [], reboot: "after", want: true },
  ] as const)("$name: $want", ({ interrupts, reboot, want }) => {
    expect(disturbs({ interrupts, reboot, applies: "now", settleMs: 0 })).toBe(want);
  });
});
