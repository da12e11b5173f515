/**
 * One run of the server's process: ends what an earlier run left, starts, waits until it is ready, stops.
 * Called under the owner lock only.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../../lib/errors.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { SOCKET_PORT } from "./home.ts";
import type { Home } from "./home.ts";
import { isServerOf, readPidFile, takeOver } from "./pid-file.ts";
import { SERVER_ENVIRONMENT } from "./run.ts";
import { stopProcess } from "./stop-process.ts";

export interface PostmasterOptions {
  readonly home: Home;
  /** Full path of the program. */
  readonly postgres: string;
  readonly settings: readonly string[];
  readonly log: Telemetry["log"];
}

export interface Postmaster {
  readonly pid: number;
  /** Resolves with its last words when the process has ended, for whatever reason. */
  readonly ended: Promise<string>;
  /** Fast shutdown: sessions are ended, everything is written. Safe to call twice. */
  stop(): Promise<void>;
}

/** Processes of a killed server can hold its memory this long; a slow init reaps late. */
const RETRY_MS = 30_000;
const RETRY_EVERY_MS = 200;
/** Replaying a long log takes minutes, and breaking it off would only begin it anew. */
const READY_MS = 600_000;

/** Refusals that pass by themselves. English, since the environment says so. */
const PASSING = /lock file ".*" already exists|pre-existing shared memory block|is still in use/;

/**
 * @throws AppError `database_owned` when another server holds the cluster for longer than 30 s,
 *   `database_unreachable` when the server cannot run
 */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const giveUpAt = performance.now() + RETRY_MS;
  for (;;) {
    await endOrphan(options); // each time: one that was just being started shows up late
    await takeOverLocks(options);
    const started = await startOnce(options);
    if (typeof started !== "string") return started;
    const passing = PASSING.test(started);
    if (!passing || performance.now() > giveUpAt) throw refused(options.home, started, passing);
    await sleep(RETRY_EVERY_MS);
  }
}

/**
 * A server that outlived our killed process is stopped, not kept: its successor is our child, whose end we see, and
 * runs with the settings of this version. The shutdown loses nothing; its clients are dead.
 */
async function endOrphan({ home, log }: PostmasterOptions): Promise<void> {
  const found = await readPidFile(home.pgdata);
  if (found !== undefined && (await isServerOf(found.pid, home.pgdata))) {
    log("warn", "A database server that outlived its process is stopped and started anew", {
      pid: found.pid,
    });
    await stopProcess(
      (signal) => process.kill(found.pid, signal),
      async () => !(await isServerOf(found.pid, home.pgdata)),
    );
  }
  const socket = join(home.socketFolder, `.s.PGSQL.${SOCKET_PORT}`);
  if (!(await answers(socket))) return;
  throw new AppError(
    "database_owned",
    `A server that this machine cannot see answers on ${socket}: another container uses the same data folder. Stop it.`,
    { details: { dataDir: home.dataDir } },
  );
}

async function takeOverLocks({ home, log }: PostmasterOptions): Promise<void> {
  const beside = join(home.socketFolder, `.s.PGSQL.${SOCKET_PORT}.lock`);
  for (const file of [join(home.pgdata, "postmaster.pid"), beside]) {
    const pid = await takeOver(file, home.pgdata);
    if (pid !== undefined) log("info", "A lock file of a dead server is taken over", { file, pid });
  }
}

/** The text of its refusal when it ended before it was ready. */
async function startOnce(options: PostmasterOptions): Promise<Postmaster | string> {
  const { home, postgres, settings, log } = options;
  // A process group of its own: Ctrl-C is for us, who still have rows to write before the server may stop.
  const child = spawn(postgres, ["-D", home.pgdata, ...settings], {
    ...home.identity,
    cwd: "/",
    env: SERVER_ENVIRONMENT,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const end = { seen: false };
  const ended = lastWords(child, log).then((words) => {
    end.seen = true;
    return words;
  });
  const pid = child.pid;
  if (pid === undefined) return ended;

  const onOurExit = () => child.kill("SIGINT");
  process.once("exit", onOurExit);
  void ended.then(() => process.off("exit", onOurExit));
  let stopping: Promise<void> | undefined;
  const stop = () =>
    (stopping ??= stopProcess(
      (s) => child.kill(s),
      () => Promise.resolve(end.seen),
    ));

  const giveUpAt = performance.now() + READY_MS;
  while (!end.seen) {
    const file = await readPidFile(home.pgdata);
    if (file?.pid === pid && file.status === "ready") return { pid, ended, stop };
    if (performance.now() > giveUpAt) {
      await stop();
      return `not ready after ${READY_MS / 1_000} s`;
    }
    await sleep(5);
  }
  return ended;
}

/** Hands each line of the server's log on, and answers the last ones when the process has ended. */
function lastWords(child: ChildProcess, log: Telemetry["log"]): Promise<string> {
  const lines: string[] = [];
  let rest = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    const parts = (rest + chunk.toString("utf8")).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) {
      lines.push(line);
      if (lines.length > 20) lines.shift();
      log(/^(FATAL|PANIC):/.test(line) ? "warn" : "debug", `postgres: ${line}`);
    }
  });
  return new Promise((resolve) => {
    child.on("error", (error) => {
      resolve(error.message);
    });
    child.on("exit", (code, signal) => {
      // the last lines may still be in the pipe; a session that outlives its server can keep that open
      setTimeout(() => {
        resolve([`ended with ${signal ?? code ?? "no code"}`, ...lines].join("\n"));
      }, 20);
    });
  });
}

async function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}

function refused(home: Home, words: string, owned: boolean): AppError {
  return new AppError(
    owned ? "database_owned" : "database_unreachable",
    `The embedded PostgreSQL in ${home.pgdata} does not start: ${words}`,
    { details: { dataDir: home.dataDir } },
  );
}
