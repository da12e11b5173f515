/** `plumb map coverage`: which logical parameters the maps can read and write on which models. */
import type { Command } from "commander";
import { AppError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { DICTIONARY } from "../../mapping/dictionary/index.ts";
import { CELLS, coverageOf, type Cell, type CoveredDevice } from "../../mapping/tools/coverage.ts";
import { factsOf } from "../../model/tree/facts.ts";
import { snapshotOf } from "../../model/tree/snapshot.ts";
import { printJson, type Session } from "../io.ts";
import { clean, count, table } from "../text.ts";
import { loadWith, readTrees, type Maps, type NamedTree } from "./files.ts";
import { fileOption, gather, treeOption } from "./options.ts";
import { mapperFor } from "./test-map.ts";

const MARKS: { readonly [C in Cell]: string } = {
  proven: "✓",
  mapped: "+",
  "observe-only": "o",
  "write-only": "w",
  action: "!",
  foreign: "?",
  unread: "·",
  missing: "×",
  unbound: "-",
};

interface Options {
  readonly file: readonly string[];
  readonly tree: readonly string[];
  readonly parameter: readonly string[];
}

export function registerCoverage(map: Command, session: () => Session): void {
  const command = map
    .command("coverage")
    .summary("which parameters the maps cover, on which models")
    .description(
      "A row for each model and firmware among the trees, most devices first. Without --tree the trees\n" +
        "that ship; without --parameter what is bound for any of them.",
    )
    .option(
      "-p, --parameter <name>",
      "only these, `wan.` for a family; may be repeated",
      gather,
      [],
    )
    .addHelpText(
      "before",
      "Examples:\n  plumb map coverage\n  plumb map coverage --tree exports/ -p wan. -p wifi.2g.ssid\n",
    );
  treeOption(command, "a tree or a folder of trees");
  fileOption(command, "a map or a folder of maps over those that ship").action(
    (options: Options) => {
      coverage(session(), options);
    },
  );
}

function chosen(prefixes: readonly string[]): readonly string[] {
  const all = [...DICTIONARY.keys()];
  for (const prefix of prefixes) {
    if (all.some((name) => name === prefix || name.startsWith(prefix))) continue;
    const near = didYouMean(prefix, all);
    throw new AppError("usage", `no logical parameter begins with "${prefix}".${near}`, {
      details: { next: "plumb map explain" },
    });
  }
  return prefixes.length === 0
    ? all
    : all.filter((name) => prefixes.some((prefix) => name === prefix || name.startsWith(prefix)));
}

function covered({ name, tree }: NamedTree, { set }: Maps): CoveredDevice {
  const facts = factsOf(tree);
  const snapshot = snapshotOf(tree);
  const evidence = new Map(
    set.evidence
      .filter((one) => one.tree === name)
      .flatMap(({ get }) => Object.entries(get))
      .flatMap(([logical, { value }]) => (value === undefined ? [] : [[logical, value] as const])),
  );
  try {
    return { facts, snapshot, evidence, mapper: mapperFor(set, facts, snapshot) };
  } catch (error) {
    if (error instanceof AppError && error.code === "no_map")
      return { facts, snapshot, evidence, mapper: null };
    throw error;
  }
}

function coverage(session: Session, options: Options): void {
  const logicals = chosen(options.parameter);
  const maps = loadWith(options.file, session.io);
  const devices = readTrees(options.tree, session.io).map((tree) => covered(tree, maps));
  const rows = coverageOf(devices, logicals);
  if (session.format === "json") {
    printJson(session, { items: rows });
    return;
  }
  const bound = logicals.filter((name) => rows.some(({ cells }) => cells[name] !== "unbound"));
  const shown = options.parameter.length > 0 ? logicals : bound;
  // Models across and parameters down: there are more parameters than fit beside one another.
  const head = ["PARAMETER", ...rows.map((_, index) => String(index + 1))];
  session.print(
    table(
      head,
      shown.map((name) => [name, ...rows.map(({ cells }) => MARKS[cells[name] ?? "unbound"])]),
    ),
  );
  session.print("");
  rows.forEach(({ model, firmware, map, devices: n }, index) => {
    session.print(
      `${String(index + 1).padStart(2)}  ${clean(model)} ${clean(firmware)}  map ${map}, ${count(n, "tree")}`,
    );
  });
  session.print(`\n${CELLS.map((cell) => `${MARKS[cell]} ${cell}`).join("   ")}`);
}
