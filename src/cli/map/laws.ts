/** `plumb map laws`: maps put through the ten laws of the language, on trees and on a laboratory device. */
import type { Command } from "commander";
import { AppError } from "../../lib/errors.ts";
import { runLaws, withShuffled, type LawRun } from "../../mapping/laws/run.ts";
import { settledSelection } from "../../mapping/tools/settle.ts";
import { factsOf } from "../../model/tree/facts.ts";
import { snapshotOf } from "../../model/tree/snapshot.ts";
import { printJson, type Session } from "../io.ts";
import { clean, count, table } from "../text.ts";
import { loadWith, readTrees } from "./files.ts";
import { fileOption, treeOption } from "./options.ts";

const BROKEN = 2;

interface Options {
  readonly file: readonly string[];
  readonly tree: readonly string[];
  readonly runs: string;
  readonly seed: string;
}

export function registerLaws(map: Command, session: () => Session, exit: (code: number) => void) {
  const command = map
    .command("laws")
    .summary("write and read thousands of values through maps")
    .description(
      "Put maps through the laws of the language (what was put is read back, putting what is there writes\n" +
        "nothing, a secret stays blind, and seven more) on a laboratory device made of each tree that they fit.\n" +
        "Without -f every map that a tree selects. Exit 2 when a law is broken.",
    )
    .option("--runs <n>", "values for each law, parameter and tree", "20")
    .option("--seed <n>", "of the values; the same seed gives the same values", "1")
    .addHelpText(
      "before",
      "Examples:\n  plumb map laws --tree manifests/cpes/huawei-bm632w.tsv\n" +
        "  plumb map laws -f my-map.yaml --tree cpe.csv --runs 200\n",
    );
  treeOption(command, "a tree or a folder of trees; those that ship without it");
  fileOption(command, "a map or a folder of maps over those that ship").action(
    (options: Options) => {
      exit(laws(session(), options));
    },
  );
}

function wholeNumber(text: string, option: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new AppError("usage", `--${option} must be a whole number`, {
    details: { next: "plumb map laws --help" },
  });
}

function laws(session: Session, options: Options): number {
  const { set } = loadWith(options.file, session.io);
  const budget = {
    runs: Math.max(1, wholeNumber(options.runs, "runs")),
    seed: wholeNumber(options.seed, "seed"),
  };
  const runs = readTrees(options.tree, session.io).flatMap((named) => {
    const selection = settledSelection(set, factsOf(named.tree), snapshotOf(named.tree));
    if (selection.kind !== "map") return [];
    return runLaws(selection.mapper, withShuffled([named]), budget);
  });
  const broken = runs.filter(({ failure }) => failure !== null);
  if (session.format === "json") printJson(session, { checks: checksOf(runs), broken });
  else print(session, runs, broken);
  return broken.length > 0 ? BROKEN : 0;
}

const checksOf = (runs: readonly LawRun[]): number =>
  runs.reduce((sum, { checks }) => sum + checks, 0);

function print(session: Session, runs: readonly LawRun[], broken: readonly LawRun[]): void {
  const names = [...new Set(runs.map(({ law }) => law))];
  const rows = names.map((law) => {
    const own = runs.filter((run) => run.law === law);
    const failed = own.filter(({ failure }) => failure !== null).length;
    return [
      law,
      checksOf(own).toLocaleString("en-US"),
      failed === 0 ? "holds" : `broken ${failed}`,
    ];
  });
  session.print(table(["LAW", "CHECKS", ""], rows));
  for (const { map, law, logical, tree, failure } of broken)
    session.print(
      `\n${law} is broken by ${map}, ${logical} on ${tree}:\n  ${clean(JSON.stringify(failure))}`,
    );
  session.say(`${count(checksOf(runs), "check")}, ${count(broken.length, "law")} broken`);
}
