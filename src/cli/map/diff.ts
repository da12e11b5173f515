/** `plumb map diff`: what a change of maps does to devices, by their trees. */
import type { Command } from "commander";
import type { Mapper } from "../../mapping/mapper.ts";
import { compareMaps, type Changed } from "../../mapping/tools/compare.ts";
import { AppError } from "../../lib/errors.ts";
import { factsOf } from "../../model/tree/facts.ts";
import { snapshotOf } from "../../model/tree/snapshot.ts";
import { printJson, type Session } from "../io.ts";
import { count, table } from "../text.ts";
import { loadWith, readTrees, type Maps, type NamedTree } from "./files.ts";
import { treeOption } from "./options.ts";
import { outcomeCells } from "./outcome-text.ts";
import { mapperFor } from "./test-map.ts";

const DIFFERENCES = 2;

interface Options {
  readonly tree: readonly string[];
}

export function registerDiff(map: Command, session: () => Session, exit: (code: number) => void) {
  const command = map
    .command("diff")
    .summary("what a change of maps does to devices")
    .description(
      "Compare two sets of maps on device trees: which values are read otherwise, and where other calls\n" +
        "would be made. Each side is laid over the maps that ship; `shipped` stands for those alone.\n" +
        "Exit 2 when a device would notice.",
    )
    .argument("<old>", "a map, a folder of maps, or `shipped`")
    .argument("<new>", "a map, a folder of maps, or `shipped`")
    .addHelpText(
      "before",
      "Examples:\n  plumb map diff shipped my-map.yaml\n  plumb map diff old/ new/ --tree exports/\n",
    );
  treeOption(command, "a tree or a folder of trees; those that ship without it").action(
    (old: string, now: string, options: Options) => {
      exit(diff(session(), old, now, options));
    },
  );
}

interface DeviceChange {
  readonly tree: string;
  readonly before: string;
  readonly after: string;
  readonly changes: readonly Changed[];
}

function mapperOrNone({ set }: Maps, { tree }: NamedTree): Mapper | null {
  try {
    return mapperFor(set, factsOf(tree), snapshotOf(tree));
  } catch (error) {
    if (error instanceof AppError && error.code === "no_map") return null;
    throw error;
  }
}

function diff(session: Session, old: string, now: string, options: Options): number {
  const side = (path: string): Maps => loadWith(path === "shipped" ? [] : [path], session.io);
  const [before, after] = [side(old), side(now)];
  const trees = readTrees(options.tree, session.io);
  const changed = trees.flatMap((tree): DeviceChange[] => {
    const [was, is] = [mapperOrNone(before, tree), mapperOrNone(after, tree)];
    const changes = compareMaps(was, is, snapshotOf(tree.tree));
    if (changes.length === 0) return [];
    return [{ tree: tree.name, before: was?.name ?? "none", after: is?.name ?? "none", changes }];
  });
  if (session.format === "json") printJson(session, { trees: trees.length, items: changed });
  else print(session, trees.length, changed);
  return changed.length > 0 ? DIFFERENCES : 0;
}

function print(session: Session, trees: number, changed: readonly DeviceChange[]): void {
  for (const { tree, before, after, changes } of changed) {
    session.print(`${tree}   ${before === after ? before : `${before} -> ${after}`}`);
    const rows = changes.map(({ logical, what, before: was, after: is }) => [
      `  ${logical}`,
      what === "read" ? said(was) : "the same",
      what === "read" ? said(is) : "other calls to write it",
    ]);
    session.print(`${table(["  PARAMETER", "BEFORE", "AFTER"], rows)}\n`);
  }
  session.print(`${count(changed.length, "tree")} of ${trees} would notice`);
}

function said(observation: Changed["before"]): string {
  const [outcome, what] = outcomeCells(observation);
  return outcome === "value" ? what : `${outcome}: ${what}`;
}
