/** Commands that start the program itself: their arguments, and what they run. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { AppError, messageOf } from "../lib/errors.ts";
import { parseDurationMs } from "../lib/time.ts";
import { makeKeyring } from "../store/keyring.ts";
import { addRingKey } from "../store/keyring-file.ts";
import { demo } from "./demo.ts";
import { serve } from "./serve.ts";
import { configFrom } from "./server.ts";
import { simulate } from "./simulate.ts";
import { migrateOnly } from "./migrate-only.ts";

type Values = Readonly<Record<string, string | boolean | undefined>>;

function valuesOf(
  name: string,
  args: string[],
  options: NonNullable<ParseArgsConfig["options"]>,
): Values {
  try {
    return parseArgs({ args, options, allowPositionals: false }).values as Values;
  } catch (error) {
    throw new AppError("usage", `plumb ${name}: ${messageOf(error)}`, {
      details: { next: `plumb ${name} --help` },
    });
  }
}

function numberOf(values: Values, name: string, low: number, high: number): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const number = Number(text);
  if (typeof text === "string" && text.trim() !== "" && number >= low && number <= high)
    return number;
  throw new AppError("usage", `--${name} must be a number from ${low} to ${high}`);
}

/** Milliseconds: a bare number, or a duration such as `2s`. */
function msOf(values: Values, name: string): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const ms = typeof text === "string" ? (parseDurationMs(text) ?? Number(text)) : Number.NaN;
  if (ms >= 0) return ms;
  throw new AppError("usage", `--${name} must be milliseconds, or a duration such as 2s`);
}

const listOf = (text: string | boolean | undefined): string[] | undefined =>
  typeof text === "string" ? text.split(",").map((part) => part.trim()) : undefined;

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

/** Leaves out what was not given, so that the defaults stay in one place. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as never;
}

async function runSimulate(args: string[]): Promise<number> {
  const values = valuesOf("simulate", args, {
    ...{ count: text, models: text, seed: text, offline: text, port: text, host: text },
    ...{ latency: text, "latency-sigma": text, "offline-latency": text, "apply-delay": text },
    ...{ "mix-ups": text, "ignored-writes": text, state: text, "call-log": text },
    "with-parent": flag,
  });
  const options = given({
    count: numberOf(values, "count", 1, 1_000_000),
    models: listOf(values["models"]),
    seed: values["seed"] as string | undefined,
    offlineShare: numberOf(values, "offline", 0, 1),
    ignoredWriteShare: numberOf(values, "ignored-writes", 0, 1),
    port: numberOf(values, "port", 0, 65_535),
    host: values["host"] as string | undefined,
    latencyMs: msOf(values, "latency"),
    latencySigma: numberOf(values, "latency-sigma", 0, 3),
    offlineLatencyMs: msOf(values, "offline-latency"),
    applyDelayMs: msOf(values, "apply-delay"),
    mixUps: numberOf(values, "mix-ups", 0, 1),
    stateFile: values["state"] as string | undefined,
    callLogFile: values["call-log"] as string | undefined,
    withParent: values["with-parent"] as boolean | undefined,
  });
  return await simulate(options, process.stdout);
}

async function runDemo(args: string[]): Promise<number> {
  const values = valuesOf("demo", args, {
    count: text,
    models: text,
    offline: text,
    latency: text,
  });
  const options = given({
    count: numberOf(values, "count", 1, 100_000),
    models: listOf(values["models"]),
    offlineShare: numberOf(values, "offline", 0, 1),
    latencyMs: msOf(values, "latency"),
  });
  return await demo(process.env, options, process.stderr);
}

/**
 * `plumb keys init FILE`: the ring that a database of the installation's own asks for; ours is made by itself.
 * `plumb keys add FILE`: a key more, for a ring that servers cannot write: it is handed to all of them before `rotate`.
 */
async function runKeys(args: string[]): Promise<number> {
  const [verb, file, ...more] = args;
  const known = verb === "init" || verb === "add";
  if (!known || file === undefined || file.startsWith("-") || more.length > 0) {
    const details = { next: "plumb keys --help" };
    throw new AppError("usage", "say plumb keys init FILE, or plumb keys add FILE", { details });
  }
  if (verb === "add") {
    const { id } = await addRingKey(file);
    process.stderr.write(
      `Key ${id} added to ${file}; the others still open what they sealed. Give this file to every server, then:\n` +
        "plumb keys rotate\n",
    );
    return 0;
  }
  try {
    await makeKeyring(file);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const text = `the key ring ${file} cannot be made: ${messageOf(error)}`;
    throw new AppError("bad_config", text, { cause: error });
  }
  process.stderr.write(
    `Key ring made: ${file}, readable by you alone. Start the server with PLUMB_KEYRING_FILE=${file}\n` +
      "Keep a copy apart from the database's backups: without it no stored secret opens again.\n",
  );
  return 0;
}

const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
  serve: async (args) => {
    valuesOf("serve", args, {});
    return await serve(process.env, process.stderr);
  },
  demo: runDemo,
  simulate: runSimulate,
  migrate: async (args) => {
    valuesOf("migrate", args, {});
    return await migrateOnly(configFrom(process.env), process.stderr);
  },
  keys: runKeys,
};

/** @throws AppError for everything that a person can mend; the command line prints it */
export async function runServerCommand(name: string, args: string[]): Promise<number> {
  const command = COMMANDS[name];
  if (command === undefined) throw new AppError("usage", `no command ${name}`);
  return await command(args);
}
