/**
 * The laws of the mapping language over every shipped map: on the recorded trees that it fits, on copies of them in another
 * order, and on the device that the map itself describes. Here a fair sample; `npm run test:long` runs more of the same.
 */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shippedStandard } from "../../../src/package/standard.ts";
import { LAWS } from "../../../src/mapping/laws/index.ts";
import {
  ownTrees,
  runLaws,
  withShuffled,
  type LawRun,
  type NamedTree,
} from "../../../src/mapping/laws/run.ts";
import type { Mapper } from "../../../src/mapping/mapper.ts";
import { factsOf } from "../../../src/model/tree/facts.ts";
import { MAPS, readTree } from "./fixtures.ts";

/** Checks of each law for each binding on each tree. */
const RUNS = Number(process.env["LAW_RUNS"] ?? 3);
const LONG = process.env["LAW_RUNS"] !== undefined;
const SEED = Number(process.env["LAW_SEED"] ?? 20_261_125);

const STANDARD = shippedStandard(["InternetGatewayDevice", "Device"]);
const TREES: readonly NamedTree[] = readdirSync("manifests/cpes")
  .filter((file) => file.endsWith(".tsv"))
  .map((file) => file.replace(/\.tsv$/, ""))
  .map((name) => ({ name, tree: readTree(name) }));

const ASKED = MAPS.maps.flatMap(({ match: { has = [], lacks = [] } }) => [...has, ...lacks]);
/** Each recorded tree with the mapper that its device gets. */
const SELECTED = TREES.map((tree) => ({ tree, selection: MAPS.select(factsOf(tree.tree, ASKED)) }));

interface Run {
  readonly mapper: Mapper;
  readonly trees: readonly NamedTree[];
}

function runsOf(name: string): Run[] {
  const recorded = SELECTED.flatMap(({ tree, selection }): Run[] =>
    selection.kind === "map" && selection.mapper.name === name
      ? [{ mapper: selection.mapper, trees: withShuffled([tree]) }]
      : [],
  );
  const mapper = MAPS.mapper(name);
  const own = mapper === null ? [] : ownTrees(mapper, STANDARD);
  return mapper === null || own.length === 0 ? recorded : [...recorded, { mapper, trees: own }];
}

/** Maps that are only extended have no device of their own. */
const RUNS_OF = new Map(
  MAPS.maps.map(({ name }) => [name, runsOf(name)] as const).filter(([, runs]) => runs.length > 0),
);
const NAMES = [...RUNS_OF.keys()];
const done: LawRun[] = [];

const print = ({ law, logical, tree, failure }: LawRun): string =>
  `${law} of ${logical} on ${tree}: ${failure?.message ?? ""} (${failure?.counterexample ?? ""}, seed ${failure?.seed ?? 0})`;

describe("I7: every shipped map keeps the laws", () => {
  it.for(NAMES)("%s", { timeout: LONG ? 3_600_000 : 60_000 }, (name) => {
    const runs = (RUNS_OF.get(name) ?? []).flatMap(({ mapper, trees }) =>
      runLaws(mapper, trees, { runs: RUNS, seed: SEED, standard: STANDARD }),
    );
    done.push(...runs);
    expect(runs.filter(({ failure }) => failure !== null).map(print)).toEqual([]);

    const written = runs.filter(({ standing }) => standing !== "observe_only");
    const open = new Set(
      written.flatMap(({ standing, logical }) => (standing === "open" ? [logical] : [])),
    );
    const shut = written.filter(({ logical }) => !open.has(logical));
    expect([...new Set(shut.map(({ logical, standing }) => `${logical}: ${standing}`))]).toEqual(
      [],
    );
  });

  it("in so many checks", () => {
    const checks = done.reduce((sum, run) => sum + run.checks, 0);
    const refused = done.reduce((sum, run) => sum + run.refused, 0);
    const byLaw = LAWS.map(({ name }) => {
      const own = done.filter(({ law }) => law === name);
      return `${name} ${own.reduce((sum, run) => sum + run.checks, 0)}`;
    });
    const trees = new Set(done.map(({ tree }) => tree)).size;
    process.stdout.write(
      `laws: ${checks} checks of ${NAMES.length} maps on ${trees} trees, ${refused} typed refusals (${byLaw.join(", ")})\n`,
    );
    if (LONG) expect(checks).toBeGreaterThanOrEqual(100_000);
    for (const { name } of LAWS)
      expect(done.some(({ law, checks: n }) => law === name && n > 0)).toBe(true);
  });
});
