/**
 * What deciding costs: everything of a pass between the answer of the ACS and the first call of the plan, for each shipped
 * map on its recorded tree, beside JSON.parse of the same readings. One core, nothing is awaited, nothing is kept from one
 * round to the next.
 */
import type { Mapper } from "../../src/mapping/mapper.ts";
import { effectiveOf } from "../../src/model/effective.ts";
import type { DeviceFacts } from "../../src/model/device.ts";
import type { Snapshot } from "../../src/model/parameter.ts";
import { logicalsOf } from "../../src/reconcile/carriers.ts";
import { diff } from "../../src/reconcile/diff.ts";
import { plan } from "../../src/reconcile/plan.ts";
import { aDocument, aProfile, CREDENTIALS } from "../support/records.ts";
import { answer, whole } from "../unit/mapping/device.ts";
import { MAP_NAMES, MAPS, mapperOf, readTree, type MapName } from "../unit/mapping/fixtures.ts";
import { figure, median, type Figure } from "./figure.ts";

const BATCHES = 7;
const BATCH_MS = 250;

/** The plan that the demo wants of each model that has a radio. */
const PLANS: { readonly [Name in MapName]?: { channelsKhz: number[]; bandwidthKhz: number } } = {
  "huawei-bm632w": { channelsKhz: [3532500, 3537500, 3542500], bandwidthKhz: 5000 },
  "talk-frequency-table": { channelsKhz: [2505000, 2515000, 2525000], bandwidthKhz: 10000 },
  "talk-channel-rules": { channelsKhz: [2505000, 2515000, 2525000], bandwidthKhz: 10000 },
};

/** Microseconds of one round of each, in turns, so that both see the same machine; the medians of the batches. */
function inTurns(...works: readonly (() => void)[]): number[] {
  const batches = works.map((): number[] => []);
  for (let batch = 0; batch <= BATCHES; batch += 1) {
    works.forEach((work, i) => {
      const begun = performance.now();
      let rounds = 0;
      while (performance.now() - begun < BATCH_MS) {
        work();
        rounds += 1;
      }
      // The first one is for the compiler.
      if (batch > 0) batches[i]?.push(((performance.now() - begun) * 1_000) / rounds);
    });
  }
  return batches.map(median);
}

/** What the ACS answers to the names that a pass asks for. */
function readBy(mapper: Mapper, name: MapName): Snapshot {
  const names = mapper.wanted([...mapper.bindings.keys()], null);
  return answer(readTree(name), names);
}

function decode(mapper: Mapper, snapshot: Snapshot): void {
  for (const logical of mapper.bindings.keys()) mapper.get(logical, snapshot);
}

/** Returns the number of steps, so that the bench can say that there was something to plan. */
function decide(name: MapName, facts: DeviceFacts, snapshot: Snapshot): number {
  const frequencyPlan = PLANS[name];
  const effective = effectiveOf(
    { owedRevocations: [] },
    frequencyPlan === undefined ? [] : [aProfile({ fields: { frequencyPlan } })],
    [aDocument({ fields: { credentials: CREDENTIALS }, secretDigest: "digest" })],
    null,
  );
  const selection = MAPS.select(facts);
  if (selection.kind !== "map") throw new Error(`${name}: ${selection.kind}`);
  const { mapper } = selection;
  mapper.wanted(logicalsOf(effective, mapper), null);
  decode(mapper, snapshot);
  return plan(diff(effective, mapper, snapshot, new Map())).steps.length;
}

function jsonOf(snapshot: Snapshot): string {
  return JSON.stringify(Object.fromEntries(snapshot.values));
}

function ofMap(name: MapName): Figure {
  const mapper = mapperOf(name);
  const snapshot = readBy(mapper, name);
  const facts = mapper.facts(snapshot);
  const steps = decide(name, facts, snapshot);
  const json = jsonOf(snapshot);
  const [ours = NaN, parse = NaN] = inTurns(
    () => decide(name, facts, snapshot),
    () => void JSON.parse(json),
  );
  return figure(
    `mapping/pass-${name}`,
    Math.round(1_000_000 / ours),
    "devices/s",
    `on one core, ${snapshot.values.size} readings, ${steps} steps planned, ${ours.toFixed(0)} us each; ` +
      `JSON.parse of the readings ${parse.toFixed(1)} us`,
  );
}

/** A device that was read whole, as after a firmware change. */
function ofLargestTree(): Figure {
  const trees = MAP_NAMES.map((name) => ({ name, snapshot: whole(readTree(name)) }));
  const largest = trees.reduce((a, b) => (b.snapshot.values.size > a.snapshot.values.size ? b : a));
  const mapper = mapperOf(largest.name);
  const json = jsonOf(largest.snapshot);
  const [ours = NaN, parse = NaN] = inTurns(
    () => {
      decode(mapper, largest.snapshot);
    },
    () => void JSON.parse(json),
  );
  return figure(
    "mapping/decode-largest-tree",
    ours / 1_000,
    "ms",
    `${largest.name}, ${largest.snapshot.values.size} parameters, ${mapper.bindings.size} bindings; ` +
      `JSON.parse of them ${(parse / 1_000).toFixed(3)} ms`,
  );
}

export function run(): Promise<readonly Figure[]> {
  return Promise.resolve([...MAP_NAMES.map(ofMap), ofLargestTree()]);
}
