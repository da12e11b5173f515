/**
 * The command line: the tree of commands, the flags that all of them have, and how each way of ending becomes an exit
 * code. Commands are clients of the HTTP API; those that start the program itself are handed in.
 */
import { Command, CommanderError, Option } from "commander";
import { createInterface } from "node:readline/promises";
import { PlumbClient } from "../client/http.ts";
import { AppError } from "../lib/errors.ts";
import { registerAcs } from "./acs/index.ts";
import { registerApi } from "./api.ts";
import { registerApply } from "./apply.ts";
import { registerPower } from "./bench.ts";
import { dataFolder, findToken } from "./data-folder.ts";
import { registerDescribe } from "./describe.ts";
import { registerDeviceActions } from "./device-actions.ts";
import { fail } from "./failure.ts";
import { registerGet } from "./get.ts";
import { registerFindings } from "./findings.ts";
import type { Format, Io, Session } from "./io.ts";
import { registerImport } from "./import.ts";
import { registerInventory } from "./inventory.ts";
import { registerKeys } from "./keys.ts";
import { registerMap } from "./map/index.ts";
import { registerStop } from "./stop.ts";
import { registerToken } from "./token.ts";
import { registerWebhooks } from "./webhooks.ts";
import { registerWhy } from "./why.ts";
import { packageVersion } from "../package/files.ts";

export type { Io } from "./io.ts";

const DEFAULT_URL = "http://127.0.0.1:8080";
const USAGE = 64;

interface Flags {
  readonly url?: string;
  readonly token?: string;
  readonly output: Format;
}

/** Commands of `serverCommands`: what their help says. Their flags are read in `app/commands.ts`. */
const SERVER: Readonly<
  Record<string, { readonly summary: string; readonly examples: string; readonly flags?: string }>
> = {
  serve: {
    summary: "run the controller and the API",
    examples:
      "  plumb serve\n  DATABASE_URL=postgres://… PLUMB_KEYRING_FILE=keyring.json plumb serve",
  },
  demo: {
    summary: "a whole simulated fleet, being brought to its record",
    examples: "  plumb demo\n  PLUMB_DATA_DIR=.plumbline PORT=8081 plumb demo --count 200",
    flags: "  --count N   --models A,B   --offline SHARE   --latency MS",
  },
  simulate: {
    summary: "run the simulated ACS, or switch its CPEs",
    examples: "  plumb simulate --count 2000 --port 9090\n  plumb simulate power off --share 0.4",
    flags:
      "  --count N   --models A,B   --seed TEXT   --offline SHARE   --ignored-writes SHARE   --mix-ups SHARE\n" +
      "  --host ADDRESS   --port PORT   --latency MS   --latency-sigma N   --offline-latency MS   --apply-delay MS\n" +
      "  --state FILE   --call-log FILE",
  },
  migrate: {
    summary: "bring the database schema up to date",
    examples:
      "  plumb migrate\n  DATABASE_URL=postgres://… PLUMB_KEYRING_FILE=keyring.json plumb migrate",
  },
  keys: {
    summary: "the keys that seal stored secrets: init, add, status, rotate",
    examples:
      "  plumb keys init keyring.json\n  plumb keys add keyring.json\n  plumb keys rotate\n  plumb keys status",
  },
};

/** Two words of these commands are clients like all others. */
function callsTheServer(name: string, verb: string | undefined): boolean {
  if (name === "simulate") return verb === "power";
  return name === "keys" && (verb === "status" || verb === "rotate");
}

function sessionOf(io: Io, flags: Flags): Session {
  const dataDir = dataFolder(io);
  const given = io.env["PLUMB_URL"];
  const url = flags.url ?? (given === undefined || given === "" ? DEFAULT_URL : given);
  return {
    io,
    dataDir,
    url,
    urlFlag: flags.url,
    format: flags.output,
    client: new PlumbClient({
      url,
      token: findToken(flags.token, io.env, dataDir),
      ...(io.fetch === undefined ? {} : { fetch: io.fetch }),
    }),
    now: io.now ?? (() => new Date()),
    print: (text) => io.stdout.write(`${text}\n`),
    say: (text) => io.stderr.write(`${text}\n`),
  };
}

function build(io: Io, exit: (code: number) => void): Command {
  const program = new Command("plumb");
  const session = (): Session => sessionOf(io, program.opts<Flags>());
  program
    .description("Plumbline keeps a CPE fleet true to its record.")
    .option("--url <url>", `the server (else PLUMB_URL, else ${DEFAULT_URL})`)
    .option("--token <token>", "else PLUMB_TOKEN, else the file admin-token in the data folder")
    .addOption(
      new Option("-o, --output <format>", "how data is printed")
        .choices(["table", "wide", "json", "name"])
        .default("table"),
    )
    .addHelpText(
      "before",
      "Examples:\n  plumb get devices -l state!=converged\n  plumb apply -f manifests/ --dry-run\n",
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // Said once, by `fail`, together with the next command.
      outputError: () => undefined,
    });
  registerGet(program, session);
  registerDescribe(program, session);
  registerWhy(program, session);
  registerApply(program, session, exit);
  registerImport(program, session, exit);
  registerStop(program, session);
  registerDeviceActions(program, registerMap(program, session, exit), session);
  registerAcs(program, session, exit);
  registerToken(program, session);
  registerFindings(program, session);
  registerInventory(program, session, exit);
  registerWebhooks(program, session);
  registerApi(program, session);
  registerServer(program, io, session, exit);
  program
    .command("version")
    .summary("print the version")
    .description("Print the version.")
    .addHelpText("before", "Examples:\n  plumb version\n  plumb api GET /statusz\n")
    .action(() => {
      session().print(`plumbline ${packageVersion()}`);
    });
  return program;
}

function registerServer(
  program: Command,
  io: Io,
  session: () => Session,
  exit: (code: number) => void,
): void {
  for (const [name, { summary, examples, flags }] of Object.entries(SERVER)) {
    const command = program
      .command(name)
      .summary(summary)
      .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
      .addHelpText("before", `Examples:\n${examples}\n`)
      .addHelpText("after", flags === undefined ? "" : `\nFlags:\n${flags}`)
      .argument("[args...]")
      .allowUnknownOption()
      .action(async (args: string[]) => {
        exit(await serverCommand(io, name, args));
      });
    if (name === "simulate") registerPower(command, session);
    if (name === "keys") registerKeys(command, session);
  }
}

async function serverCommand(io: Io, name: string, args: string[]): Promise<number> {
  const run = io.serverCommands[name];
  if (run !== undefined) return run(args);
  throw new AppError("usage", `this build has no command ${name}`);
}

/** Commander's words for a wrong command line, as an error of ours. */
function usageOf(error: CommanderError): AppError {
  const message = error.message.replace(/^error: /, "").replace(/\n\(/g, " (");
  return new AppError("usage", message, { details: { next: "plumb --help" } });
}

function wantsJson(argv: readonly string[]): boolean {
  return argv.some((arg, at) => {
    return /^(-o|--output)$/.test(arg) ? argv[at + 1] === "json" : /^(-o|--output=)json$/.test(arg);
  });
}

/**
 * Runs one command line.
 *
 * @param argv what stands after the program's name
 * @returns the exit code; never rejects, and never 1, which is Node's own word for a crash
 */
export async function runCli(argv: readonly string[], given: Io): Promise<number> {
  const io: Io = { ...terminal(given), ...given };
  let code = 0;
  try {
    const [name = "", ...rest] = argv;
    const help = rest.includes("--help") || rest.includes("-h");
    const own = Object.hasOwn(SERVER, name) && !help && !callsTheServer(name, rest[0]);
    // Handed on as they stand: their flags are theirs.
    if (own) return await serverCommand(io, name, rest);
    const program = build(io, (value) => {
      code = value;
    });
    if (argv.length === 0) {
      io.stderr.write(program.helpInformation());
      return USAGE;
    }
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      return fail(io, usageOf(error), wantsJson(argv));
    }
    return fail(io, error, wantsJson(argv));
  }
}

/** What only a real terminal has; a test hands in its own. */
function terminal(io: Io): Pick<Io, "readStdin" | "ask"> {
  return {
    async readStdin() {
      const parts: Buffer[] = [];
      for await (const part of process.stdin) parts.push(Buffer.from(part as Uint8Array));
      return Buffer.concat(parts).toString("utf8");
    },
    async ask(question) {
      if (!process.stdin.isTTY) return "";
      const terminal = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await terminal.question(question);
      } finally {
        terminal.close();
      }
    },
    ...(io.isTTY ? {} : { ask: () => Promise.resolve("") }),
  };
}
