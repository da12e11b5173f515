import { describe, expect, it } from "vitest";
import { estimate, type Estimate, type EstimateFacts } from "../../../src/reconcile/estimate.ts";

const NOW = new Date("2026-11-22T11:40:00Z");
const MINUTE = 60_000;
const at = (ms: number): Date => new Date(NOW.getTime() + ms);

function facts(given: Partial<EstimateFacts>): EstimateFacts {
  return {
    now: NOW,
    state: "queued",
    dueAt: NOW,
    ahead: 0,
    perMinute: 4.6,
    callP50Ms: 4_000,
    callP90Ms: 8_000,
    blocked: false,
    probed: { devices: 31, share: 0.025 },
    ...given,
  };
}

describe("the next moment", () => {
  it.for<{ name: string; reason?: string; given: Partial<EstimateFacts>; want: Estimate }>([
    {
      name: "46 devices before it at 4.6 a minute: in 10 minutes, and in twice that where p90 is twice p50",
      given: { ahead: 46 },
      want: { kind: "range", from: at(10 * MINUTE), to: at(20 * MINUTE + 8_000) },
    },
    {
      name: "nobody before it: behind the call in flight at the latest",
      given: {},
      want: { kind: "range", from: NOW, to: at(8_000) },
    },
    {
      name: "due later: those before it go on till then",
      given: { ahead: 46, dueAt: at(8 * MINUTE) },
      want: { kind: "range", from: at(10 * MINUTE), to: at(12 * MINUTE + 8_000) },
    },
    {
      name: "due long ago: from now on",
      given: { dueAt: at(-60 * MINUTE) },
      want: { kind: "range", from: NOW, to: at(8_000) },
    },
    {
      name: "no rate yet, and some before it: not before one call of each",
      given: { ahead: 10, perMinute: null },
      want: { kind: "notBefore", at: at(40_000) },
    },
    {
      name: "nothing measured at all: not before it is due",
      given: { ahead: 10, perMinute: null, callP50Ms: null, callP90Ms: null, dueAt: at(MINUTE) },
      want: { kind: "notBefore", at: at(MINUTE) },
    },
    {
      name: "a rate of nothing is no rate",
      given: { ahead: 1, perMinute: 0 },
      want: { kind: "notBefore", at: at(4_000) },
    },
    { name: "nothing is due", given: { dueAt: null }, want: { kind: "nothing" } },
    { name: "being worked on", given: { state: "applying", ahead: 9 }, want: { kind: "now" } },
    {
      name: "away: no moment, and how often it is looked for",
      reason: "31 devices of 4 s in a fortieth of the time: one round in 83 min, whatever is due",
      given: { state: "offline", ahead: 3 },
      want: { kind: "offline", everyMs: (31 * 4_000) / 0.025 },
    },
    {
      name: "away alone: not more often than the engine looks",
      given: { state: "offline", probed: { devices: 1, share: 1 } },
      want: { kind: "offline", everyMs: 75_000 },
    },
    {
      name: "away, and no call was measured",
      given: { state: "offline", callP50Ms: null },
      want: { kind: "offline", everyMs: null },
    },
    {
      name: "held: when it is looked at, and no promise",
      given: { blocked: true, dueAt: at(MINUTE) },
      want: { kind: "blocked", at: at(MINUTE) },
    },
    {
      name: "held and away: the hold comes first",
      given: { blocked: true, state: "offline", dueAt: null },
      want: { kind: "blocked", at: null },
    },
  ])("$name", ({ given, want, reason }) => {
    expect(estimate(facts(given)), reason).toEqual(want);
  });
});
