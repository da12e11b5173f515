/** `plumb inventory`: what the rules of misuse are told of network and services, from files of the systems that know it. */
import type { Command } from "commander";
import { inventoryCalls } from "../client/inventory.ts";
import { AppError, type Problem } from "../lib/errors.ts";
import type { ApiInventoryLoaded } from "../model/api-inventory.ts";
import { INVENTORY_KINDS } from "../model/inventory.ts";
import { ServerProblem } from "../client/http.ts";
import { expectOf } from "./apply.ts";
import { printJson, type Session } from "./io.ts";
import { readLinesFile } from "./lines-file.ts";
import { ago, clean, count, table } from "./text.ts";

/** Exit code of a rehearsal that would change something. */
const DIFFERENCES = 2;

interface LoadOptions {
  readonly file: string;
  readonly format?: string;
  readonly replace?: boolean;
  readonly dryRun?: boolean;
  readonly expect?: string;
}

const KINDS = Object.entries(INVENTORY_KINDS)
  .map(([kind, meaning]) => `  ${kind.padEnd(14)} ${meaning}`)
  .join("\n");

/** Registers the command and its words. */
export function registerInventory(
  program: Command,
  session: () => Session,
  exit: (code: number) => void,
): void {
  const inventory = program
    .command("inventory")
    .summary("what the rules of misuse are told: load, list, delete")
    .description(
      "The inventory: what network and billing know and no CPE tells. Only the rules of misuse look at it.",
    )
    .addHelpText(
      "before",
      "Examples:\n  plumb inventory load lines -f lines.csv --dry-run\n  plumb inventory list\n",
    )
    .addHelpText("after", `\nKinds:\n${KINDS}`);
  registerLoad(inventory, session, exit);
  registerList(inventory, session);
  inventory
    .command("delete")
    .summary("delete one item")
    .description("Delete one item by its key, as the list has it.")
    .argument("<kind>", "lines, nases, orders, …: plumb inventory --help")
    .argument("<key>", "as plumb inventory list KIND shows it")
    .addHelpText(
      "before",
      'Examples:\n  plumb inventory delete orders "ORD-9911|SUB-0417"\n  plumb inventory delete stock A0417\n',
    )
    .action(async (kind: string, key: string) => {
      const to = session();
      await inventoryCalls(to.client).forget(kind, key);
      if (to.format === "json") printJson(to, { kind, key, deleted: true });
      else to.say(clean(`${key} is gone from ${kind}.`));
    });
}

function registerLoad(
  inventory: Command,
  session: () => Session,
  exit: (code: number) => void,
): void {
  inventory
    .command("load")
    .summary("tell items of a kind, from a file")
    .description(
      "Tell items of one kind, a line for each: all of them or none. What is told again takes the place of what has the same\n" +
        "key. With --replace the file is all there is of the kind. Exit 2 with --dry-run: something would change.",
    )
    .argument("<kind>", "lines, nases, orders, …: plumb inventory --help")
    .requiredOption("-f, --file <path>", "file, or - for stdin")
    .option("--format <format>", "csv or ndjson; else by the end of the file's name")
    .option("--replace", "delete what the file does not name")
    .option("--dry-run", "do everything but the last step")
    .option("--expect <n>", "the number of items that --replace may delete, exactly")
    .addHelpText(
      "before",
      "Examples:\n  plumb inventory load nases -f nases.ndjson\n  plumb inventory load lines -f lines.csv --replace --expect 120\n" +
        "\nA table names its columns in the first line, and has lists with blanks between:\n" +
        "  nas,line,site\n  bng-jhb-1,olt1/1/3:1001,jhb-north\n",
    )
    .action(async (kind: string, options: LoadOptions) => {
      exit(await load(session(), kind, options));
    });
}

async function load(to: Session, kind: string, options: LoadOptions): Promise<number> {
  const { file, format, replace = false, dryRun = false } = options;
  const expect = expectOf(options.expect);
  const lines = await readLinesFile(file, format, to.io, "plumb inventory load --help");
  const told = await inventoryCalls(to.client)
    .tell(kind, lines, { replace, dryRun, expect })
    .catch((error: unknown) => {
      throw inFile(error, file);
    });
  show(to, told);
  return dryRun && told.created + told.changed + told.deleted > 0 ? DIFFERENCES : 0;
}

/** The server knows lines, and a person wants the file with them. */
function inFile(error: unknown, file: string): unknown {
  if (!(error instanceof ServerProblem) || error.problems.length === 0) return error;
  const errors = error.problems.map((each): Problem =>
    each.line === undefined ? each : { ...each, file },
  );
  return new ServerProblem(error.code, { ...error.problem, errors });
}

function show(to: Session, told: ApiInventoryLoaded): void {
  if (to.format === "json") {
    printJson(to, told);
    return;
  }
  const { kind, created, changed, unchanged, deleted, asked, dryRun } = told;
  if (to.format === "name") to.print(kind);
  else {
    to.print(
      `${count(told.lines, "line")} · ${created} new · ${changed} changed · ${unchanged} unchanged · ${deleted} deleted`,
    );
  }
  if (dryRun) {
    const confirm = deleted > 0 ? ` Go on: --expect ${deleted}` : "";
    to.say(`Dry run, nothing was changed.${confirm}`);
  } else if (asked > 0) to.say(`${count(asked, "thing")} evaluated anew. See: plumb findings list`);
}

function registerList(inventory: Command, session: () => Session): void {
  inventory
    .command("list")
    .summary("kinds with their counts, or the items of one")
    .description("Without a kind: how much is told of each. With one: its items, by key.")
    .argument("[kind]", "lines, nases, orders, …")
    .option("--limit <n>", "at most so many, up to 500", "100")
    .option("--cursor <cursor>", "where the page before ended")
    .addHelpText(
      "before",
      "Examples:\n  plumb inventory list\n  plumb inventory list orders --limit 20 -o json\n",
    )
    .action(
      async (
        kind: string | undefined,
        page: { readonly limit: string; readonly cursor?: string },
      ) => {
        if (kind === undefined) await listKinds(session());
        else await listItems(session(), kind, page);
      },
    );
}

async function listKinds(to: Session): Promise<void> {
  const { items } = await inventoryCalls(to.client).kinds();
  if (to.format === "json") printJson(to, items);
  else if (to.format === "name") for (const { kind } of items) to.print(kind);
  else {
    const rows = items.map(({ kind, items: n, toldAt, meaning }) => [
      ...[kind, String(n), ago(toldAt, to.now()), meaning],
    ]);
    to.print(table(["KIND", "ITEMS", "TOLD", "MEANING"], rows));
  }
}

async function listItems(
  to: Session,
  kind: string,
  page: { readonly limit: string; readonly cursor?: string },
): Promise<void> {
  if (!/^[1-9]\d{0,2}$/.test(page.limit)) {
    throw new AppError("usage", "--limit must be a whole number from 1 to 500");
  }
  const { items, next } = await inventoryCalls(to.client).items(kind, page);
  if (to.format === "json") printJson(to, { items, next });
  else if (to.format === "name") for (const { key } of items) to.print(key);
  else if (items.length === 0) to.say(`Nothing is told of ${clean(kind)}: plumb inventory load`);
  else {
    const rows = items.map(({ key, item, toldAt, toldBy }) => [
      ...[clean(key), ago(toldAt, to.now()), clean(toldBy), clean(JSON.stringify(item))],
    ]);
    to.print(table(["KEY", "TOLD", "BY", "SAYS"], rows));
  }
  if (next !== null && to.format !== "json") to.say(`There is more: --cursor ${next}`);
}
