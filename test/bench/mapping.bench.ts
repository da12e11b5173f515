/**
 * What deciding costs: everything of a pass between the answer of the ACS and the first call of the plan, for every model
 * whose tree ships, beside JSON.parse of the same readings; and where the time of a pass goes. One core, nothing is
 * awaited; views and selections are kept as in a running server, and each round begins with a snapshot of its own.
 */
import type { Mapper } from "../../src/mapping/mapper.ts";
import { DICTIONARY } from "../../src/mapping/dictionary/index.ts";
import { settledSelection } from "../../src/mapping/tools/settle.ts";
import { samples } from "../../src/mapping/dictionary/samples.ts";
import { Secret } from "../../src/lib/secret.ts";
import type { DeviceFacts } from "../../src/model/device.ts";
import { effectiveOf } from "../../src/model/effective.ts";
import type { LogicalValue } from "../../src/model/logical.ts";
import type { Snapshot } from "../../src/model/parameter.ts";
import { factsOf } from "../../src/model/tree/facts.ts";
import { snapshotOf } from "../../src/model/tree/snapshot.ts";
import { logicalsOf } from "../../src/reconcile/carriers.ts";
import { diff } from "../../src/reconcile/diff.ts";
import { plan } from "../../src/reconcile/plan.ts";
import { aDocument, CREDENTIALS } from "../support/records.ts";
import { MAPS, TREES } from "../unit/mapping/fixtures.ts";
import { figure, median, type Figure } from "./figure.ts";

const BATCHES = 5;
const BATCH_MS = 150;

/** Microseconds of one round of each, in turns, so that all see the same machine; the medians of the batches. */
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

interface Device {
  readonly name: string;
  readonly facts: DeviceFacts;
  readonly mapper: Mapper;
  /** What the ACS answers to the names that the first pass asks for. */
  readonly answer: Snapshot;
  /** For every binding that may be written and is there, a value that it does not hold. */
  readonly wishes: readonly (readonly [string, LogicalValue])[];
}

function wishFor(mapper: Mapper, logical: string, answer: Snapshot): LogicalValue | undefined {
  const type = DICTIONARY.get(logical)?.type;
  if (type === undefined || mapper.bindings.get(logical)?.observeOnly !== false) return undefined;
  return samples(type.domain).find((value) => {
    if (!(value instanceof Secret) && type.never(value) !== undefined) return false;
    const put = mapper.put(logical, value, answer);
    return put.kind === "edits" && put.calls.length > 0;
  });
}

const DEVICES: readonly Device[] = TREES.flatMap(({ name, tree }): Device[] => {
  const facts = factsOf(tree);
  const selection = settledSelection(MAPS, facts, snapshotOf(tree));
  if (selection.kind !== "map" || selection.mapper.general) return [];
  const { mapper } = selection;
  const answer = snapshotOf(tree, mapper.wanted([...mapper.bindings.keys()], null));
  const wishes = [...mapper.bindings.keys()].flatMap((logical) => {
    const wish = wishFor(mapper, logical, answer);
    return wish === undefined ? [] : [[logical, wish] as const];
  });
  return [{ name, facts, mapper, answer, wishes }];
});

/** A read of its own: nothing that was found in the last round helps in this one. */
const fresh = ({ values, covered }: Snapshot): Snapshot => ({ values, covered });

const EFFECTIVE = effectiveOf(
  { owedRevocations: [] },
  [],
  [aDocument({ fields: { credentials: CREDENTIALS }, secretDigest: "digest" })],
  null,
);

const select = ({ facts }: Device): void => void MAPS.select(facts);
const names = ({ mapper }: Device): void => void mapper.wanted(logicalsOf(EFFECTIVE, mapper), null);
function decode({ mapper }: Device, snapshot: Snapshot): void {
  for (const logical of mapper.bindings.keys()) mapper.get(logical, snapshot);
}
function writeAll({ mapper, wishes }: Device, snapshot: Snapshot): void {
  for (const [logical, value] of wishes) mapper.put(logical, value, snapshot);
}
const decide = ({ mapper }: Device, snapshot: Snapshot): void =>
  void plan(diff(EFFECTIVE, mapper, snapshot, new Map()));

function pass(device: Device): void {
  const snapshot = fresh(device.answer);
  select(device);
  names(device);
  decode(device, snapshot);
  writeAll(device, snapshot);
  decide(device, snapshot);
}

const jsonOf = (snapshot: Snapshot): string => JSON.stringify(Object.fromEntries(snapshot.values));

/** Select, names to read, decode every binding, a put for every one that may be written, compare, plan. */
function ofDevice(device: Device): Figure {
  const json = jsonOf(device.answer);
  const [ours = NaN, parse = NaN] = inTurns(
    () => {
      pass(device);
    },
    () => void JSON.parse(json),
  );
  const { name, mapper, answer, wishes } = device;
  return figure(
    `mapping/pass-${name}`,
    Math.round(1_000_000 / ours),
    "devices/s",
    `on one core; ${mapper.bindings.size} bindings read, ${wishes.length} written, ${answer.values.size} readings, ` +
      `${ours.toFixed(0)} us each; JSON.parse of the readings ${parse.toFixed(0)} us`,
  );
}

/** Of the device with about 60 logical parameters. */
function whereTimeGoes(): Figure {
  const device = nearest(DEVICES, ({ mapper }) => mapper.bindings.size, 60);
  const parts: readonly (readonly [string, () => void])[] = [
    [
      "select",
      () => {
        select(device);
      },
    ],
    [
      "names",
      () => {
        names(device);
      },
    ],
    [
      "decode",
      () => {
        decode(device, fresh(device.answer));
      },
    ],
    [
      "put",
      () => {
        writeAll(device, fresh(device.answer));
      },
    ],
    [
      "compare and plan",
      () => {
        decide(device, fresh(device.answer));
      },
    ],
  ];
  const times = inTurns(...parts.map(([, work]) => work));
  const sum = times.reduce((total, time) => total + time, 0);
  const shares = parts.map(([name], i) => `${name} ${(times[i] ?? 0).toFixed(0)} us`).join(", ");
  return figure(
    "mapping/pass-parts",
    sum,
    "us",
    `${device.name}, ${device.mapper.bindings.size} bindings: ${shares}; apart, so that each looks for its rows anew`,
  );
}

/** A device that was read whole, as after a firmware change. */
function ofTree(label: string, size: number): Figure {
  const whole = DEVICES.map((device) => {
    const tree = TREES.find(({ name }) => name === device.name)?.tree;
    return { ...device, answer: tree === undefined ? device.answer : snapshotOf(tree) };
  });
  const device = nearest(whole, ({ answer }) => answer.values.size, size);
  const json = jsonOf(device.answer);
  const [ours = NaN, parse = NaN] = inTurns(
    () => {
      decode(device, fresh(device.answer));
    },
    () => void JSON.parse(json),
  );
  return figure(
    `mapping/decode-${label}`,
    ours / 1_000,
    "ms",
    `${device.name}, ${device.answer.values.size} parameters, ${device.mapper.bindings.size} bindings; ` +
      `JSON.parse of them ${(parse / 1_000).toFixed(3)} ms`,
  );
}

function nearest<T>(list: readonly T[], size: (one: T) => number, wanted: number): T {
  const [first] = list;
  if (first === undefined) throw new Error("no map fits any tree");
  const away = (one: T): number =>
    wanted === Infinity ? -size(one) : Math.abs(size(one) - wanted);
  return list.reduce((best, one) => (away(one) < away(best) ? one : best), first);
}

export function run(): Promise<readonly Figure[]> {
  return Promise.resolve([
    ...DEVICES.map(ofDevice),
    whereTimeGoes(),
    ofTree("800-parameters", 800),
    ofTree("largest-tree", Infinity),
  ]);
}
