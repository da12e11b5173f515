/** `plumb apply`: manifests to the server, all or nothing, never more of the fleet than was confirmed. */
import type { Command } from "commander";
import { AppError } from "../lib/errors.ts";
import type { ApiApplied } from "../model/api.ts";
import { printJson, type Session } from "./io.ts";
import { readManifestFiles } from "./manifest-files.ts";
import { clean, count, paint } from "./text.ts";

/** Exit code of a plan that would change something. */
const DIFFERENCES = 2;
/** Up to here `--yes` needs no number. The server has a bound of its own, by the size of the fleet. */
const SMALL = 25;
/** Names that are listed before the rest is only counted. */
const SHOWN = 20;

interface Options {
  readonly file: readonly string[];
  readonly dryRun?: boolean;
  readonly expect?: string;
  readonly yes?: boolean;
}

export function registerApply(
  program: Command,
  session: () => Session,
  exit: (code: number) => void,
): void {
  program
    .command("apply")
    .summary("apply manifests")
    .description(
      "Apply manifests: everything or nothing. With a mistake in a file nothing is sent.\n" +
        "Exit 2 with --dry-run means that something would change.",
    )
    .requiredOption(
      "-f, --file <path>",
      "file, folder, or - for stdin; may be repeated",
      (path: string, before: readonly string[] | undefined) => [...(before ?? []), path],
    )
    .option("--dry-run", "do everything but the last step")
    .option("--expect <n>", "the number of devices that may be touched, exactly")
    .option("--yes", `do not ask; for more than ${SMALL} devices --expect is needed`)
    .addHelpText(
      "before",
      "Examples:\n  plumb apply -f frequency.yaml --dry-run\n  plumb apply -f manifests/ --expect 120\n",
    )
    .action(async (options: Options) => {
      exit(await apply(session(), options));
    });
}

export function expectOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new AppError("usage", "--expect must be a whole number of devices");
}

async function apply(session: Session, options: Options): Promise<number> {
  const expect = expectOf(options.expect);
  const manifests = await readManifestFiles(options.file, session.io);
  const documents = manifests.map(({ apiVersion, kind, metadata, spec }) => {
    return { apiVersion, kind, metadata, spec };
  });
  const plan = await session.client.apply(documents, { dryRun: true, expect });
  if (options.dryRun === true) {
    show(session, plan);
    return plan.created.length + plan.changed.length > 0 ? DIFFERENCES : 0;
  }
  const confirmed = expect ?? (await confirm(session, plan, options.yes === true));
  const applied = await session.client.apply(documents, { expect: confirmed });
  show(session, applied);
  return 0;
}

/** The number that the server is to hold us to. @throws `count_unconfirmed` when nobody gave it */
async function confirm(session: Session, plan: ApiApplied, yes: boolean): Promise<number | null> {
  const { touched } = plan;
  if (touched === 0 || (touched <= SMALL && (yes || !session.io.isTTY))) return null;
  const devices = count(touched, "device");
  if (session.io.isTTY && !yes && session.io.ask !== undefined) {
    for (const line of lines(session, plan)) session.say(line);
    const answer = await session.io.ask(`This touches ${devices}. Type the number to go on: `);
    if (answer.trim() === String(touched)) return touched;
    throw unconfirmed(`not confirmed, nothing was changed: this touches ${devices}`, touched);
  }
  throw unconfirmed(`this touches ${devices}; nothing was changed`, touched);
}

function unconfirmed(message: string, touched: number): AppError {
  const next = `look at the plan with --dry-run, then repeat with --expect ${touched}`;
  return new AppError("count_unconfirmed", message, { details: { count: touched, next } });
}

function lines(session: Session, { created, changed, unchanged }: ApiApplied): string[] {
  const part = (names: readonly string[], word: string, colour: "green" | "yellow"): string[] => {
    const rows = names
      .slice(0, SHOWN)
      .map((name) => `${clean(name)}  ${paint(session.io, colour, word)}`);
    return names.length > SHOWN ? [...rows, `… and ${names.length - SHOWN} more ${word}`] : rows;
  };
  const same = unchanged.length === 0 ? [] : [`${count(unchanged.length, "record")} unchanged`];
  return [...part(created, "created", "green"), ...part(changed, "changed", "yellow"), ...same];
}

function show(session: Session, applied: ApiApplied): void {
  if (session.format === "json") {
    printJson(session, applied);
    return;
  }
  if (session.format === "name") {
    for (const name of [...applied.created, ...applied.changed]) session.print(name);
    return;
  }
  for (const line of lines(session, applied)) session.print(line);
  for (const warning of applied.warnings) session.say(`warning: ${clean(warning)}`);
  const devices = count(applied.touched, "device");
  if (applied.dryRun) session.say(`Dry run, nothing was changed: ${devices} would be touched.`);
  else if (applied.touched > 0) session.say(`${devices} queued. Follow: plumb get fleet`);
}
