/** `plumb map lint`: maps against the standard, their own declarations and the texts that they would write. */
import type { Command } from "commander";
import { lintMaps, type LintProblem } from "../../mapping/lint/index.ts";
import { stacksOf } from "../../mapping/lint/stacks.ts";
import { shippedStandard } from "../../package/standard.ts";
import { printJson, type Session } from "../io.ts";
import { clean, count, paint } from "../text.ts";
import { loadWith, metadataName, type Maps } from "./files.ts";
import { fileOption } from "./options.ts";

const FOUND = 2;

interface Options {
  readonly file: readonly string[];
}

export function registerLint(map: Command, session: () => Session, exit: (code: number) => void) {
  const command = map
    .command("lint")
    .summary("check maps against the standard")
    .description(
      "Check maps against the data models of the Broadband Forum, what they declare, and one another. With -f\n" +
        "only what those files say is shown. Exit 2 with an error, 0 with warnings alone.",
    )
    .addHelpText("before", "Examples:\n  plumb map lint\n  plumb map lint -f my-map.yaml\n");
  fileOption(command, "a map or a folder of maps").action((options: Options) => {
    exit(lint(session(), options));
  });
}

function lint(session: Session, options: Options): number {
  const maps = loadWith(options.file, session.io);
  const given = maps.sources.filter(({ origin }) => origin === "operator");
  const names = new Set(
    (given.length > 0 ? given : maps.sources).map((one) => metadataName(one.document)),
  );
  const stacks = stacksOf(maps.set, names);
  const shown = new Set((given.length > 0 ? given : maps.sources).map(({ source }) => source));
  const standard = shippedStandard(["InternetGatewayDevice", "Device"]);
  const problems = lintMaps(stacks, standard)
    .filter(({ file }) => shown.has(file))
    .map((problem) => placed(problem, maps));
  const errors = problems.filter(({ severity }) => severity === "error");
  if (session.format === "json") printJson(session, { maps: names.size, items: problems });
  else {
    for (const problem of problems) session.print(line(session, problem));
    const warnings = problems.length - errors.length;
    session.say(
      `${count(names.size, "map")}, ${count(errors.length, "error")}, ${count(warnings, "warning")}`,
    );
  }
  return errors.length > 0 ? FOUND : 0;
}

function placed(problem: LintProblem, { sources }: Maps): LintProblem {
  const place = sources.find(({ source }) => source === problem.file)?.place;
  return place === undefined ? problem : { ...problem, ...place(problem.pointer) };
}

function line(session: Session, { severity, file, line: at, column, code, message }: LintProblem) {
  const place = at === undefined ? file : `${file}:${at}:${column ?? 1}`;
  const word = paint(session.io, severity === "error" ? "red" : "yellow", severity);
  return `${place}  ${word}  ${clean(message)}  (${code})`;
}
