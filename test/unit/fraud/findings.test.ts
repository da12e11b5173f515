import { describe, expect, it } from "vitest";
import { evaluate } from "../../../src/fraud/evaluate.ts";
import type { Facts } from "../../../src/fraud/facts/facts.ts";
import {
  decide,
  dueAgain,
  NO_FINDINGS,
  reduceFindings,
  reportFirstDay,
  standingOf,
  type Ledger,
} from "../../../src/fraud/findings.ts";
import { SETTINGS } from "../../../src/fraud/settings.ts";
import { viewOf } from "../../../src/fraud/view-of.ts";
import { HONEST } from "../../support/fraud/honest.ts";
import { MISUSE } from "../../support/fraud/misuse.ts";
import { ALL_ON, run, shuffled } from "../../support/fraud/run.ts";
import {
  alien,
  CPT,
  DAY,
  digest,
  HOUR,
  MINUTE,
  order,
  own,
  random,
  T0,
  user,
  World,
} from "../../support/fraud/world.ts";

const CREDENTIAL = digest(user(1));
const change = { kind: "due", foci: [{ kind: "credential", id: CREDENTIAL }] } as const;
const judged = (facts: Facts, now: number, ledger: Ledger = NO_FINDINGS) =>
  reduceFindings(
    ledger,
    evaluate(change, viewOf(facts, now, SETTINGS, standingOf(ledger)), { P05: { enabled: false } }),
  );
const states = (ledger: Ledger) =>
  [...ledger.open.values()].map(({ pattern, state }) => `${pattern} ${state.kind}`);

function shared(ms = 3 * HOUR): World {
  const w = new World(1);
  w.customer(1);
  w.atHome(1, T0, 5 * HOUR);
  w.session({ user: user(1), mac: alien(1), from: T0 + HOUR, ms, nas: CPT, line: "cpt/9" });
  return w;
}

const until = (facts: Facts, at: number): Facts => ({
  ...facts,
  radius: facts.radius.filter(({ event }) => event.receivedAt.getTime() <= at),
});

describe("a finding", () => {
  it("is suspected at the second Start, confirmed by proof from both, and alarms once for each", () => {
    const { facts } = shared();
    let ledger = NO_FINDINGS;
    const told: string[] = [];
    for (let at = T0; at < T0 + 5 * HOUR; at += 2 * MINUTE) {
      const reduced = judged(until(facts, at), at, ledger);
      ledger = reduced.ledger;
      told.push(...reduced.notices.map(({ kind }) => kind));
    }
    expect(told).toEqual(["suspected", "confirmed"]);
    expect(states(ledger)).toEqual(["P01 confirmed"]);
  });

  it("that a late order explains is closed as a swap, and raised anew if both go on after its window", () => {
    const { facts } = shared();
    const at = T0 + 4 * HOUR;
    const { ledger } = judged(facts, at);
    const booked = {
      ...facts,
      services: facts.services.map((service) => ({
        ...service,
        orders: [order("swap", T0 + HOUR, { recordedAt: at })],
      })),
    };
    const explained = judged(booked, at, ledger);
    expect(explained.ledger.open.size).toBe(0);
    expect(explained.ledger.closed.map(({ state }) => state)).toMatchObject([{ as: "swap" }]);
    expect(dueAgain(explained.ledger, at).foci).toEqual([]);
    expect(dueAgain(explained.ledger, at + 2 * DAY).foci).toEqual([
      { kind: "credential", id: CREDENTIAL },
    ]);
    expect(judged(booked, at + 2 * DAY, explained.ledger).ledger.open.size).toBe(0);

    const w = new World(3);
    w.customer(1, { orders: [order("swap", T0)] });
    w.atHome(1, T0, 50 * HOUR, { intervalMs: HOUR });
    w.session({
      user: user(1),
      mac: alien(1),
      from: T0 + HOUR,
      ms: 48 * HOUR,
      nas: CPT,
      line: "cpt/9",
      intervalMs: HOUR,
    });
    expect(states(judged(until(w.facts, T0 + 20 * HOUR), T0 + 20 * HOUR).ledger)).toEqual([]);
    expect(states(judged(w.facts, T0 + 51 * HOUR).ledger)).toEqual(["P01 confirmed"]);
  });

  it("that a person closed does not come back by the same evidence, but by new", () => {
    const { facts } = shared();
    const at = T0 + 4.5 * HOUR;
    const { ledger } = judged(facts, at);
    const [key = ""] = ledger.open.keys();
    const closed = decide(ledger, key, "mistake", at);
    expect(judged(facts, at, closed).ledger.open.size).toBe(0);

    const w = new World(2);
    w.facts.services.push(...facts.services);
    w.facts.radius.push(...facts.radius);
    w.atHome(1, T0 + 8 * HOUR, 3 * HOUR);
    w.session({
      user: user(1),
      mac: alien(1),
      from: T0 + 9 * HOUR,
      ms: HOUR,
      nas: CPT,
      line: "cpt/9",
    });
    expect(states(judged(w.facts, T0 + 12 * HOUR, closed).ledger)).toEqual(["P01 confirmed"]);
  });

  it("that somebody has acted on takes evidence and keeps its state", () => {
    const { facts } = shared();
    const at = T0 + 2 * HOUR;
    const { ledger } = judged(until(facts, at), at);
    const [key = ""] = ledger.open.keys();
    const acted = decide(ledger, key, "actioned", at);
    const later = judged(facts, T0 + 5 * HOUR, acted);
    expect(states(later.ledger)).toEqual(["P01 actioned"]);
    expect(later.notices).toEqual([]);
    expect(later.ledger.open.get(key)?.evidence.lastAt).not.toBe(
      ledger.open.get(key)?.evidence.lastAt,
    );
  });

  it("of a suspicion that nobody proved is dropped after four intervals", () => {
    const w = new World(5);
    w.customer(1);
    w.atHome(1, T0, HOUR, { stop: null });
    w.session({
      user: user(1),
      mac: alien(1),
      from: T0 + HOUR + 2 * MINUTE,
      ms: HOUR,
      line: "jhb/1",
    });
    const early = judged(until(w.facts, T0 + 64 * MINUTE), T0 + 64 * MINUTE);
    expect(states(early.ledger)).toEqual(["P01 suspected"]);
    const late = judged(w.facts, T0 + 2 * HOUR, early.ledger);
    expect(late.ledger.open.size).toBe(0);
    expect(late.ledger.closed.map(({ state }) => state)).toMatchObject([{ as: "ended" }]);
  });

  it("of a group is one, whatever its size", () => {
    const w = new World(4);
    for (let n = 0; n < 340; n += 1) {
      w.sight(`SN${n}`, T0 + n, { wanMacs: [own(n)], secrets: [{ opens: "acs", digest: "s" }] });
    }
    const evaluation = evaluate(
      { kind: "due", foci: [{ kind: "secret", id: "s" }] },
      viewOf(w.facts, T0 + HOUR),
      ALL_ON,
    );
    const { ledger } = reduceFindings(NO_FINDINGS, evaluation);
    expect([...ledger.open.values()].map(({ members }) => members.length)).toEqual([340]);
  });

  it("shows every guard that was asked, and no secret", () => {
    const { ledger } = judged(shared().facts, T0 + 4 * HOUR);
    const [finding] = ledger.open.values();
    expect(finding?.evidence.guards.length).toBeGreaterThan(10);
    expect(finding?.evidence.exhibits.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["radius", "side", "binding"]),
    );
    expect(JSON.stringify(finding)).not.toContain(user(1));
    expect(JSON.parse(JSON.stringify(finding))).toEqual(finding);
  });
});

describe("the first day", () => {
  it("makes one report, and a finding only of what is proven anew", () => {
    const { facts } = shared();
    const early = T0 + 64 * MINUTE;
    const first = evaluate(change, viewOf(until(facts, early), early), {});
    const { ledger, notices } = reportFirstDay(NO_FINDINGS, first.verdicts);
    expect(notices).toMatchObject([
      { kind: "first_day", report: { patterns: [{ pattern: "P01", count: 1, confirmed: 0 }] } },
    ]);
    expect(judged(until(facts, early), early, ledger).notices).toEqual([]);
    expect(states(judged(facts, T0 + 4 * HOUR, ledger).ledger)).toEqual(["P01 confirmed"]);
  });
});

describe("any order, any repeat", () => {
  const cases = [
    ...MISUSE.filter(({ pattern }) => ["P01", "P02", "P05", "P06", "P12"].includes(pattern)),
    ...HONEST.filter(({ name }) => /spool|late|swap|LAC|clock|restart/.test(name)),
  ];
  const open = (ledger: Ledger): string =>
    JSON.stringify([...ledger.open.values()].sort((a, b) => (a.key < b.key ? -1 : 1)));

  it.for(cases.map((one, index) => ({ ...one, index })))(
    "ends in the same findings, byte for byte: $name",
    ({ build, index }) => {
      const world = new World(900 + index);
      build(world);
      const want = open(run(world.facts, { every: 60 }).ledger);
      for (const seed of [1, 2]) {
        const dice = random(seed);
        const late = ({ event, credential }: Facts["radius"][number]) => ({
          credential,
          event: {
            ...event,
            receivedAt: new Date(event.receivedAt.getTime() + 1 + Math.floor(dice() * 90_000)),
          },
        });
        const radius = world.facts.radius.flatMap((fact) => [fact, late(fact), late(fact)]);
        const tripled = { ...world.facts, radius: shuffled(radius, dice) };
        expect(open(run(tripled, { every: 60, shuffle: dice }).ledger)).toBe(want);
      }
    },
  );
});
