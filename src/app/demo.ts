/**
 * `plumb demo`, what `npm start` runs: the whole product on one machine. A simulated Friendly ACS in a process of its
 * own, desired state put in through the real doors, and a line that shows the fleet converge. The simulator is the only
 * thing that is not real, and it is on a socket.
 *
 * It seeds only a database without an `Acs` record; on any other it says so and serves. A seeding that was killed half-way
 * is finished at the next start.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { AppError } from "../lib/errors.ts";
import { packageRoot } from "../package/root.ts";
import { isSeeded, seed, SIMULATED } from "./demo-seed.ts";
import { showProgress } from "./progress.ts";
import { greet } from "./serve.ts";
import { configFrom, startServer, untilAsked, watchSignals } from "./server.ts";

export interface DemoOptions {
  /** CPEs; default 2000. */
  readonly count?: number;
  /** 0 to 1; default 0.4. */
  readonly offlineShare?: number;
  /** ms for each call; default 20. */
  readonly latencyMs?: number;
  readonly models?: readonly string[];
}

interface SimulatorChild {
  readonly url: string;
  readonly acsUrl: string;
  stop(): Promise<void>;
}

function argumentsFor(options: DemoOptions, stateFile: string, port: number): string[] {
  return [
    "simulate",
    ...["--port", String(port)],
    ...["--count", String(options.count ?? 2_000)],
    ...["--offline", String(options.offlineShare ?? 0.4)],
    ...["--latency", String(options.latencyMs ?? 20)],
    ...["--state", stateFile],
    ...(options.models === undefined ? [] : ["--models", options.models.join(",")]),
    "--with-parent",
  ];
}

/** Starts our own entry once more, as the simulator; it ends when we do, however we end. */
async function startChild(args: readonly string[]): Promise<SimulatorChild> {
  const entry = process.argv[1] ?? join(packageRoot(), "dist", "src", "main.js");
  const child: ChildProcess = spawn(process.execPath, [...process.execArgv, entry, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
    // A Ctrl+C in the terminal is for us: the simulator has to answer the call in flight before it goes.
    detached: true,
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const first = await Promise.race([
    new Promise<string>((resolve) => lines.once("line", resolve)),
    ended.then(() => null),
  ]);
  if (first === null)
    throw new AppError("internal", "the simulator ended before it listened; its words are above");
  const { url, acsUrl } = JSON.parse(first) as { url: string; acsUrl: string };
  return {
    url,
    acsUrl,
    async stop() {
      child.stdin?.end();
      await ended;
    },
  };
}

export async function demo(
  env: NodeJS.ProcessEnv,
  options: DemoOptions,
  stderr: NodeJS.WritableStream & { readonly isTTY?: boolean },
): Promise<number> {
  const asked = watchSignals();
  // In the clone, so that the command line finds it there, unless somebody says otherwise.
  const dataDir = env["PLUMB_DATA_DIR"] ?? join(process.cwd(), ".plumbline");
  const running = await startServer(configFrom({ ...env, PLUMB_DATA_DIR: dataDir }));
  greet(running, stderr);
  const records = await running.stores.fleet.records("Acs");
  const ours = records.find(
    (record) => record.name === SIMULATED && record.labels["demo"] !== undefined,
  );
  if (records.length > 0 && ours === undefined) {
    stderr.write("This database has ACS records of its own: nothing is seeded, they are served.\n");
    running.startEngine();
    return await untilAsked(running, asked, stderr);
  }
  const stateFile = join(running.config.dataDir, "simulator.ndjson");
  // The same fleet on the same port as before: the record names its address.
  const port = ours === undefined ? 0 : Number(new URL(String(ours.spec["address"])).port);
  let child: SimulatorChild;
  try {
    child = await startChild(argumentsFor(options, stateFile, port));
  } catch (error) {
    await running.stop();
    throw error;
  }
  stderr.write(`Simulated ACS on ${child.acsUrl} (its bench is at ${child.url}/sim/stats)\n`);
  if (ours === undefined || !isSeeded(ours)) {
    await seed(running, child, asked, (words) => stderr.write(`${words}\n`));
  }
  if (!asked.aborted) running.startEngine();
  const progress = showProgress(running.stores.fleet, stderr);
  const code = await untilAsked(running, asked, stderr);
  progress.stop();
  await child.stop();
  return code;
}
