/** `plumb import`: desired documents of many devices from a file of JSON lines or CSV. The server reads and judges the lines. */
import type { Command } from "commander";
import { AppError, type Problem } from "../lib/errors.ts";
import type { ApiImported } from "../model/api-imports.ts";
import { expectOf } from "./apply.ts";
import { problemLines } from "./failure.ts";
import { readLinesFile } from "./lines-file.ts";
import { listImports, showImport } from "./import-progress.ts";
import { printJson, type Session } from "./io.ts";
import { count } from "./text.ts";

/** Exit codes: of a rehearsal that found something, and of an import with lines that were refused. */
const DIFFERENCES = 2;
const REFUSED = 6;

interface Options {
  readonly show?: string;
  readonly list?: boolean;
  readonly format?: string;
  readonly dryRun?: boolean;
  readonly expect?: string;
}

export function registerImport(
  program: Command,
  session: () => Session,
  exit: (code: number) => void,
): void {
  program
    .command("import")
    .summary("desired documents of many devices, from a file")
    .description(
      "Import desired documents: one line for each device, with what a PUT takes. Each line is a change of its own; an import\n" +
        "goes on when the connection is lost (--show last), and one that broke off is sent again as it was. Exit 2 with --dry-run: something would change or be refused. Exit 6: some\n" +
        "lines were refused, the others are written.",
    )
    .argument("[file]", "file, or - for stdin")
    .option("--format <format>", "csv or ndjson; else by the end of the file's name")
    .option("--dry-run", "do everything but the last step")
    .option("--expect <n>", "the number of devices that may change, at most")
    .option("--show <import>", "how far an import is, and what became of its lines: imp_…, or last")
    .option("--list", "your imports of the last month")
    .addHelpText(
      "before",
      "Examples:\n  plumb import november.csv --dry-run\n  plumb import november.ndjson --expect 2131\n" +
        "  plumb import --show last\n" +
        "\nA table names its columns in the first line:\n  device,credentials.username,credentials.password\n" +
        '  CPE-0417,sub0417@isp.example,"with, a comma"\n',
    )
    .action(async (file: string | undefined, options: Options) => {
      const { show: shown, list = false } = options;
      if ([file, shown].filter((one) => one !== undefined).length + Number(list) !== 1) {
        const message = "name a file, or one of --show and --list";
        throw new AppError("usage", message, { details: { next: "plumb import --help" } });
      }
      if (file !== undefined) exit(await importFile(session(), file, options));
      else if (shown !== undefined) exit(await showImport(session(), shown));
      else await listImports(session());
    });
}

async function importFile(to: Session, file: string, options: Options): Promise<number> {
  const expect = expectOf(options.expect);
  const lines = await readLinesFile(file, options.format, to.io, "plumb import --help");
  const dryRun = options.dryRun === true;
  const done = await to.client.import(lines, { dryRun, expect }).catch((error: unknown) => {
    throw dryRun ? error : mayGoOn(error);
  });
  show(to, file, done);
  if (!dryRun) return done.refused > 0 ? REFUSED : 0;
  return done.refused + done.created + done.changed > 0 ? DIFFERENCES : 0;
}

/** An answer that was lost says nothing of the import: where the server was there, it goes on. */
function mayGoOn(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== "server_unreachable") return error;
  if (/ECONNREFUSED|ENOTFOUND|EAI_AGAIN/.test(error.message)) return error;
  const details = { next: "plumb import --show last" };
  const message = `${error.message}; the import may be going on`;
  return new AppError("server_unreachable", message, { details, cause: error });
}

function show(to: Session, file: string, done: ApiImported): void {
  if (to.format === "json") {
    printJson(to, done);
    return;
  }
  if (to.format === "name") {
    for (const { device, outcome } of done.results) {
      if (device !== null && (outcome === "created" || outcome === "changed")) to.print(device);
    }
    return;
  }
  const { created, changed, unchanged, refused, refusals } = done;
  to.print(
    `${count(done.lines, "line")} · ${created} new · ${changed} changed · ${unchanged} unchanged · ${refused} refused`,
  );
  const problems = refusals.map((each): Problem => ({ ...each, file }));
  for (const line of problemLines(problems)) to.say(line);
  const told = new Set(refusals.map(({ line }) => line)).size;
  if (told < refused) to.say(`… and ${refused - told} more lines: -o json lists them`);
  const devices = count(created + changed, "device");
  if (done.dryRun) {
    to.say(
      `Dry run, nothing was changed: ${devices} would be. Go on: --expect ${created + changed}`,
    );
  } else if (created + changed > 0) to.say(`${devices} queued. Follow: plumb get fleet`);
}
