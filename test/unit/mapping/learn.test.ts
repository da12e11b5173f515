/** The assistant for an unknown tree, on every shared tree whose own map was taken away. */
import { describe, expect, it } from "vitest";
import { loadMaps } from "../../../src/mapping/load.ts";
import { suggestedMap } from "../../../src/mapping/learn/document.ts";
import { pathsIn } from "../../../src/mapping/learn/paths.ts";
import { suggest, type Suggestion } from "../../../src/mapping/learn/suggest.ts";
import { settledSelection } from "../../../src/mapping/tools/settle.ts";
import { DICTIONARY } from "../../../src/mapping/dictionary/index.ts";
import { samples } from "../../../src/mapping/dictionary/samples.ts";
import { pathsOf } from "../../../src/model/parameter.ts";
import { factsOf } from "../../../src/model/tree/facts.ts";
import { snapshotOf } from "../../../src/model/tree/snapshot.ts";
import type { DeviceTree, TreeNode } from "../../../src/model/tree/tree.ts";
import { learnScore } from "../../support/learn-score.ts";
import { MAP_FILES, readTree, TREES } from "./fixtures.ts";

const DOCUMENTS = MAP_FILES.map(({ document }) => document);

/** Maps of this model are known to the assistant here: what it says of a device must hold all the same. */
const suggestions = new Map(TREES.map(({ name, tree }) => [name, suggest(tree, DOCUMENTS)]));
const of = (name: string): Suggestion =>
  suggestions.get(name) ?? suggest(readTree(name), DOCUMENTS);

describe("with its own map removed", () => {
  const scores = TREES.flatMap(({ name, tree }) => {
    const score = learnScore(tree, MAP_FILES);
    return score === null ? [] : [{ name, ...score }];
  });

  it("the assistant is right in at least 95 of 100 bindings that it would write", () => {
    const sum = (part: (score: (typeof scores)[number]) => readonly string[]): number =>
      scores.reduce((total, score) => total + part(score).length, 0);
    const right = sum((score) => score.right);
    const wrong = sum((score) => score.wrong);
    const wanted = sum((score) => score.wanted);
    const lines = scores.map(
      ({ name, ...score }) =>
        `${name}: ${score.right.length} right of ${score.wanted.length}` +
        (score.wrong.length > 0 ? `, wrong ${score.wrong.join(" ")}` : "") +
        (score.missed.length > 0 ? `, missed ${score.missed.join(" ")}` : ""),
    );
    process.stdout.write(
      [
        ...lines,
        `precision ${((100 * right) / (right + wrong)).toFixed(1)} %, recall ${((100 * right) / wanted).toFixed(1)} %, ` +
          `${sum((score) => score.unjudged)} more that no map speaks of\n`,
      ].join("\n"),
    );
    expect(right).toBeGreaterThan(0);
    expect(right / (right + wrong)).toBeGreaterThanOrEqual(0.95);
  });
});

describe.for(TREES.map(({ name, tree }) => ({ name, tree })))("on $name", ({ name, tree }) => {
  it("proposes no write to a parameter that is not writable there", () => {
    const { document } = suggestedMap(of(name));
    const approved = { ...document, metadata: { name: "learned" } };
    const snapshot = snapshotOf(tree);
    const set = loadMaps([...bases(), { source: "learned", document: approved }]);
    const selection = settledSelection(set, factsOf(tree), snapshot);
    if (selection.kind !== "map") throw new Error(selection.kind);
    const { mapper } = selection;
    for (const { logical } of of(name).proposals.filter(
      ({ write, inherited }) => write && !inherited,
    )) {
      for (const value of samples(DICTIONARY.get(logical)?.type.domain ?? { kind: "boolean" })) {
        const put = mapper.put(logical, value, snapshot);
        if (put.kind === "refused") continue;
        for (const path of put.calls.filter(({ kind }) => kind === "set").flatMap(pathsOf)) {
          if (!path.includes("{"))
            expect([path, tree.nodes.get(path)?.writable]).toEqual([path, true]);
        }
      }
    }
  });

  it("finds every row by what it holds; a number stands only below one, where known maps have it", () => {
    for (const { lens } of of(name).proposals)
      for (const path of pathsIn(lens)) expect(path).not.toMatch(/^[^$].*\.\d+(\.|$)/);
  });

  it("binds no secret by what is shown: other texts in the tree, the same secrets", () => {
    const secrets = ({ proposals }: Suggestion) =>
      proposals
        .filter(({ logical }) => DICTIONARY.get(logical)?.secret === true)
        .map(({ logical, lens }) => ({ logical, lens }));
    expect(secrets(suggest(withoutSecrets(tree), DOCUMENTS))).toEqual(secrets(of(name)));
  });
});

/** Only what no device's own map says. */
function bases() {
  return MAP_FILES.filter(({ document }) =>
    ["base", "vendor"].includes((document as { spec: { layer?: string } }).spec.layer ?? "model"),
  );
}

/** Whatever looks like a secret shows something else. */
function withoutSecrets(tree: DeviceTree): DeviceTree {
  const other = (node: TreeNode): TreeNode =>
    node.value !== null && /pass|secret|key|pwd|psk/i.test(node.path)
      ? { ...node, value: "canary-77" }
      : node;
  return {
    ...tree,
    nodes: new Map([...tree.nodes].map(([path, node]) => [path, other(node)])),
  };
}

describe("a suggested map", () => {
  it("only reads, whatever it says, until its label is taken away", () => {
    const { document } = suggestedMap(of("zte-f650"));
    const set = loadMaps([...bases(), { source: "suggested", document }]);
    const tree = readTree("zte-f650");
    const selection = settledSelection(set, factsOf(tree), snapshotOf(tree));
    if (selection.kind !== "map") throw new Error(selection.kind);
    const writable = [...selection.mapper.bindings.values()].filter(
      ({ observeOnly }) => !observeOnly,
    );
    expect(writable).toEqual([]);
  });
});
