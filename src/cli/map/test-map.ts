/** `plumb map test`: what a map reads on a tree, and what it would write. */
import type { Command } from "commander";
import { AppError } from "../../lib/errors.ts";
import { printAge } from "../../lib/time.ts";
import { arrange, jointEffect, sideBySide, type Unit } from "../../mapping/arrange.ts";
import type { Mapper, MapSet } from "../../mapping/mapper.ts";
import { settledSelection } from "../../mapping/tools/settle.ts";
import { tryMap } from "../../mapping/tools/try-map.ts";
import type { DeviceFacts } from "../../model/device.ts";
import type { Operation, Snapshot } from "../../model/parameter.ts";
import { factsOf } from "../../model/tree/facts.ts";
import { snapshotOf } from "../../model/tree/snapshot.ts";
import { printJson, type Session } from "../io.ts";
import { clean, count, table } from "../text.ts";
import { loadWith, readTree, textsOf } from "./files.ts";
import { fileOption } from "./options.ts";
import { operationLines, outcomeCells } from "./outcome-text.ts";
import { wishesOf, type Wish } from "./wishes.ts";

/** Exit code when something would be written, or when a wish cannot be. */
const DIFFERENCES = 2;

interface Options {
  readonly file: readonly string[];
  readonly tree: string;
  readonly desired?: string;
}

export function registerTest(map: Command, session: () => Session, exit: (code: number) => void) {
  const command = map
    .command("test")
    .summary("show what a map reads on a tree, and what it would write")
    .description(
      "Show what a map makes of a device tree: values, outcomes, the rows that its anchors chose, and the\n" +
        "calls for a file of wishes. Asks no server. Exit 2 when something would be written.",
    )
    .requiredOption("--tree <path>", "a tree exported from any ACS: TSV, CSV, JSON, CWMP or a list")
    .option("--desired <path>", "YAML with fields or logical parameters")
    .addHelpText(
      "before",
      "Examples:\n  plumb map test --tree manifests/cpes/huawei-bm632w.tsv\n" +
        "  plumb map test -f my-map.yaml --tree cpe.csv --desired wanted.yaml\n",
    );
  fileOption(command, "a map or a folder of maps over those that ship").action(
    (options: Options) => {
      exit(testMap(session(), options));
    },
  );
}

function testMap(session: Session, options: Options): number {
  const { set } = loadWith(options.file, session.io);
  const { tree } = readTree(options.tree, session.io);
  const facts = factsOf(tree);
  const snapshot = snapshotOf(tree);
  const mapper = mapperFor(set, facts, snapshot);
  const trial = tryMap(mapper, snapshot);
  const wishes = options.desired === undefined ? [] : wishesIn(options.desired, mapper, session);
  const plan = planOf(wishes, mapper, snapshot);
  if (session.format === "json") {
    const { name, layers, hash } = mapper;
    printJson(session, { map: { name, layers, hash }, facts, ...trial, ...plan });
  } else {
    printTrial(session, mapper, facts, trial);
    if (options.desired !== undefined) printPlan(session, plan);
  }
  return plan.calls.length + plan.refused.length > 0 ? DIFFERENCES : 0;
}

/** The map that the tree itself selects. @throws AppError `no_map` */
export function mapperFor(set: MapSet, facts: DeviceFacts, snapshot: Snapshot): Mapper {
  const selection = settledSelection(set, facts, snapshot);
  if (selection.kind === "map") return selection.mapper;
  if (selection.kind === "undecided" && selection.likely !== null) return selection.likely;
  const why =
    selection.kind === "none"
      ? selection.reason
      : `it does not say its ${selection.missing.join(", ")}`;
  throw new AppError("no_map", why, {
    details: { next: "plumb map learn --tree FILE proposes a map" },
  });
}

function wishesIn(path: string, mapper: Mapper, session: Session): readonly Wish[] {
  return textsOf(path, session.io).flatMap((text) => wishesOf(text, mapper));
}

interface Plan {
  readonly calls: {
    readonly lines: readonly string[];
    readonly cuts: readonly string[];
    readonly settleMs: number;
  }[];
  readonly refused: { readonly logical: string; readonly code: string; readonly message: string }[];
  readonly equal: string[];
}

/** One unit for each wish, as the engine does for each field: an identity and its secret travel together, or neither. */
function unitOf({ values }: Wish, mapper: Mapper, snapshot: Snapshot, plan: Plan): Unit[] {
  const calls = new Map<string, readonly Operation[]>();
  let refused = false;
  for (const [logical, value] of values) {
    const put = mapper.put(logical, value, snapshot);
    if (put.kind === "refused") {
      refused = true;
      plan.refused.push({ logical, code: put.code, message: put.message });
    } else if (put.calls.length === 0) plan.equal.push(logical);
    else calls.set(logical, put.calls);
  }
  if (refused || calls.size === 0) return [];
  const names = [...calls.keys()];
  const bindings = names.flatMap((name) => mapper.bindings.get(name) ?? []);
  return [
    {
      names,
      after: bindings.flatMap(({ after }) => after),
      calls: sideBySide([...calls.values()]).map(({ operation }) => operation),
      effect: jointEffect(bindings.map(({ effects }) => effects)),
    },
  ];
}

function planOf(wishes: readonly Wish[], mapper: Mapper, snapshot: Snapshot): Plan {
  const plan: Plan = { calls: [], refused: [], equal: [] };
  const units = wishes.flatMap((wish) => unitOf(wish, mapper, snapshot, plan));
  for (const { operation, effect } of arrange(units)) {
    const { interrupts: cuts, settleMs } = effect;
    plan.calls.push({ lines: operationLines(operation), cuts, settleMs });
  }
  return plan;
}

function printTrial(
  session: Session,
  mapper: Mapper,
  facts: DeviceFacts,
  { bindings, anchors }: ReturnType<typeof tryMap>,
): void {
  const who = [facts.manufacturer, facts.modelName ?? facts.productClass, facts.softwareVersion];
  session.print(`device  ${clean(who.filter((text) => text !== null).join(" "))}`);
  session.print(`map     ${mapper.layers.join(" < ")}   ${mapper.hash.slice(0, 12)}`);
  if (mapper.general)
    session.print("        only a general map fits: nothing is written through it");
  const rows = anchors.map(({ anchor, row, read }) => [
    `$${anchor}`,
    row,
    Object.entries(read)
      .map(([path, text]) => `${path.slice(path.lastIndexOf(".") + 1)} ${clean(text ?? "absent")}`)
      .join(", "),
  ]);
  if (rows.length > 0) session.print(`\n${table(["ANCHOR", "ROW", "BECAUSE"], rows)}`);
  const cells = bindings.map(({ logical, observation, writable }) => {
    const [outcome, what, where] = outcomeCells(observation);
    return [logical, outcome, writable ? "read, write" : "read", what, where];
  });
  session.print(`\n${table(["PARAMETER", "OUTCOME", "MAY", "VALUE", "WHERE"], cells)}`);
}

function printPlan(session: Session, { calls, refused, equal }: Plan): void {
  session.print("");
  for (const logical of equal) session.print(`equal      ${logical}`);
  for (const { logical, code, message } of refused)
    session.print(`cannot     ${logical}: ${clean(message)} (${code})`);
  calls.forEach(({ lines, cuts, settleMs }, index) => {
    const away =
      cuts.length === 0 ? "" : `   cuts ${cuts.join(", ")} for up to ${printAge(settleMs)}`;
    session.print(`call ${index + 1}${away}`);
    for (const line of lines) session.print(`  ${clean(line)}`);
  });
  session.print(
    calls.length === 0
      ? "nothing to write"
      : `${count(calls.length, "call")}, each followed by a read`,
  );
}
