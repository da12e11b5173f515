/** `plumb map learn`: a first map for a device that no map knows, with the evidence for each binding. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { printMap } from "../../manifest/print-map.ts";
import { suggestedMap } from "../../mapping/learn/document.ts";
import { suggest, type Suggestion } from "../../mapping/learn/suggest.ts";
import { printJson, type Session } from "../io.ts";
import { clean, count, table } from "../text.ts";
import { loadWith, metadataName, readTree } from "./files.ts";
import { fileOption, gather } from "./options.ts";
import { outcomeCells } from "./outcome-text.ts";

interface Options {
  readonly file: readonly string[];
  readonly tree: string;
  readonly out?: string;
  readonly without: readonly string[];
}

export function registerLearn(map: Command, session: () => Session): void {
  const command = map
    .command("learn")
    .summary("propose a map for an unknown device tree")
    .description(
      "Propose a map for a device that no map knows: by the standard, by maps of the same maker, by the same\n" +
        "names under another vendor's prefix. Nothing is written through it until you take its label\n" +
        "`status: suggested` away, and then still not until it is proven here by one CPE.",
    )
    .requiredOption("--tree <path>", "a tree exported from any ACS: TSV, CSV, JSON, CWMP or a list")
    .option("--out <path>", "write the map to this file instead of the terminal")
    .option("--without <map>", "as if this map were not there; may be repeated", gather, [])
    .addHelpText(
      "before",
      "Examples:\n  plumb map learn --tree cpe.csv --out my-map.yaml\n" +
        "  plumb map learn --tree cpe.json -o json\n",
    );
  fileOption(command, "more maps to learn from").action((options: Options) => {
    learn(session(), options);
  });
}

function learn(session: Session, options: Options): void {
  const { sources } = loadWith(options.file, session.io);
  const { name, tree } = readTree(options.tree, session.io);
  const documents = sources
    .map(({ document }) => document)
    .filter((document) => !options.without.includes(metadataName(document)));
  const suggestion = suggest(tree, documents);
  const { document, comments } = suggestedMap(suggestion);
  if (session.format === "json") {
    printJson(session, { document, ...suggestion });
    return;
  }
  const head = [
    `Suggested from the tree ${name}. Everything is only read until the label below is taken away.`,
    "Read each comment first: it says why the binding is believed.",
  ];
  const text = printMap(document, comments, head);
  if (options.out === undefined) session.print(text.trimEnd());
  else {
    writeFileSync(resolve(session.io.cwd ?? process.cwd(), options.out), text);
    summary(session, suggestion, options.out);
  }
}

function summary(session: Session, { proposals, missing }: Suggestion, out: string): void {
  const rows = proposals.map(({ logical, write, inherited, observation }) => [
    logical,
    write ? "write" : "read",
    inherited ? "general map" : "this map",
    clean(outcomeCells(observation)[1]),
  ]);
  session.print(table(["PARAMETER", "MAY", "BOUND IN", "FOUND"], rows));
  session.print(
    `\n${count(proposals.length, "parameter")} found, ${missing.length} not: ${missing.slice(0, 12).join(", ")}` +
      (missing.length > 12 ? " …" : ""),
  );
  session.print(`Written to ${out}. Next: plumb map test -f ${out} --tree TREE`);
}
