/** What is done about a finding by itself: every doubt ends in doing nothing. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CAPS,
  foreignOf,
  respond,
  SHADOW_MS,
  STALE_MS,
  type Response,
  type Situation,
} from "../../../src/fraud/response.ts";

const NOW = Date.parse("2026-11-27T12:00:00Z");
const NONE = { lately: 0, today: 0 };
const LIVE: Situation = {
  step: "disconnect",
  onSince: NOW - SHADOW_MS,
  state: "confirmed",
  lastSeenAt: NOW,
  protected: false,
  subject: { kind: "sessions", count: 1 },
  rotating: false,
  counts: { shadow: NONE, live: NONE },
  now: NOW,
};
const short = (response: Response): string =>
  response.kind === "respond"
    ? `${response.mode} ${response.verdict} ${response.reason}`
    : response.kind;
const counts = (lately: number, today: number) => ({ shadow: NONE, live: { lately, today } });

describe("a response", () => {
  it.for<[string, Partial<Situation>, string]>([
    [
      "to a confirmed finding, a month after it was switched on, acts",
      {},
      "live act misuse_confirmed",
    ],
    ["that nobody switched on is none", { onSince: null }, "none"],
    ["to a suspicion is none", { state: "suspected" }, "none"],
    ["to what a person has decided is none", { state: "actioned" }, "none"],
    ["to what is closed is none", { state: "closed" }, "none"],
    [
      "a ms before the month is over is noted only",
      { onSince: NOW - SHADOW_MS + 1 },
      "shadow act misuse_confirmed",
    ],
    ["on a protected device is refused", { protected: true }, "live refuse protected"],
    [
      "on a protected device would be refused, which shadow shows",
      { protected: true, onSince: NOW },
      "shadow refuse protected",
    ],
    [
      "to what nothing was seen of for a day is refused",
      { lastSeenAt: NOW - STALE_MS - 1 },
      "live refuse stale",
    ],
    [
      "where no other session runs is refused",
      { subject: { kind: "sessions", count: 0 } },
      "live refuse no_session",
    ],
    [
      "where the customer's side is not known is refused",
      { subject: { kind: "none", why: "own_side_unknown" } },
      "live refuse own_side_unknown",
    ],
    [
      "to a credential of nobody is refused",
      { step: "rotate", subject: { kind: "none", why: "no_service" } },
      "live refuse no_service",
    ],
    [
      "that is the sixth in ten minutes is refused",
      { counts: counts(CAPS.lately, CAPS.lately) },
      "live refuse cap_lately",
    ],
    [
      "that is the fifth in ten minutes acts",
      { counts: counts(CAPS.lately - 1, 9) },
      "live act misuse_confirmed",
    ],
    [
      "that is the eleventh of a day is refused",
      { counts: counts(0, CAPS.today) },
      "live refuse cap_today",
    ],
    ["waits for a new password before it cuts", { rotating: true }, "wait"],
    [
      "that is the rotation itself waits for none",
      { step: "rotate", subject: { kind: "service" }, rotating: true },
      "live act misuse_confirmed",
    ],
  ])("%s", ([, change, want]) => {
    expect(short(respond({ ...LIVE, ...change }))).toBe(want);
  });

  it("acts only where nothing at all stands against it, whatever the situation", () => {
    const count = fc.record({ lately: fc.nat(12), today: fc.nat(12) });
    const situation = fc.record({
      step: fc.constantFrom("rotate", "disconnect"),
      onSince: fc.option(fc.integer({ min: NOW - 2 * SHADOW_MS, max: NOW })),
      state: fc.constantFrom("suspected", "confirmed", "actioned", "closed"),
      lastSeenAt: fc.integer({ min: NOW - 2 * STALE_MS, max: NOW }),
      protected: fc.boolean(),
      subject: fc.constantFrom(
        { kind: "service" },
        { kind: "sessions", count: 0 },
        { kind: "sessions", count: 2 },
        { kind: "none", why: "own_side_unknown" },
      ),
      rotating: fc.boolean(),
      counts: fc.record({ shadow: count, live: count }),
      now: fc.constant(NOW),
    }) as fc.Arbitrary<Situation>;
    fc.assert(
      fc.property(situation, (given) => {
        const acts = short(respond(given)) === "live act misuse_confirmed";
        if (!acts) return;
        expect(given.onSince).toBeLessThanOrEqual(NOW - SHADOW_MS);
        expect([given.state, given.protected]).toEqual(["confirmed", false]);
        expect(given.counts.live.lately).toBeLessThan(5);
        expect(given.counts.live.today).toBeLessThan(10);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("sessions of others", () => {
  const running = [{ mac: "a" }, { mac: "b" }, { mac: "c" }, { mac: null }];
  const macs = (...of: string[]): ReadonlySet<string> => new Set(of);
  it.for<[string, Parameters<typeof foreignOf>[1], string]>([
    [
      "the side that is not the bound box",
      { ended: false, sides: macs("a", "b"), own: macs("a") },
      "b",
    ],
    [
      "none where neither side is known to be the bound box",
      { ended: false, sides: macs("a", "b"), own: macs("x") },
      "unknown",
    ],
    [
      "none where no MAC of the bound box is known",
      { ended: false, sides: macs("b"), own: macs() },
      "unknown",
    ],
    [
      "the only side, where the finding is about a foreign box alone",
      { ended: false, sides: macs("b"), own: macs("x") },
      "b",
    ],
    [
      "none of a box that the finding does not speak of",
      { ended: false, sides: macs("a"), own: macs("a") },
      "",
    ],
    [
      "all of them after the end of the service",
      { ended: true, sides: macs("b"), own: macs() },
      "a b c -",
    ],
  ])("are %s", ([, of, want]) => {
    const found = foreignOf(running, of);
    const text =
      found === "own_side_unknown" ? "unknown" : found.map(({ mac }) => mac ?? "-").join(" ");
    expect(text).toBe(want);
  });
});
