/**
 * The program in a process of its own, started as a person starts it, to be signalled, frozen, killed and started again.
 * It runs from the sources: a test of one file must not depend on when `dist` was built last.
 */
import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const ROOT = join(import.meta.dirname, "..", "..");
const TSX = fileURLToPath(import.meta.resolve("tsx"));

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Plumb {
  readonly pid: number;
  /** Everything that it wrote so far. */
  out(): string;
  err(): string;
  /** Waits until standard error holds it. Fails with all of standard error when the process ends before, or in time. */
  says(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>;
  /** Where the API listens. */
  url(): Promise<string>;
  signal(name: NodeJS.Signals): void;
  /** kill -9 of its whole process group, and the end of it. */
  killGroup(): Promise<void>;
  /** SIGTERM, and how it ended. Fails when it takes longer. */
  stop(withinMs?: number): Promise<End & { readonly ms: number }>;
  readonly ended: Promise<End>;
}

const running = new Set<Plumb>();

/** For `afterEach`: whatever a test that failed left is killed, by its own id. */
export async function killPlumbs(): Promise<void> {
  await Promise.all([...running].map((plumb) => plumb.killGroup()));
}

/** Nothing of this process's own settings goes in, so that a developer's shell changes no test. */
function cleanEnvironment(given: Readonly<Record<string, string>>): Record<string, string> {
  const { PATH = "/usr/bin:/bin", HOME = "/", TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), PORT: "0", ...given };
}

/** `node --import tsx <entry> <args>` in a process group of its own. */
export function startNode(
  entry: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Plumb {
  const child = spawn(process.execPath, ["--import", TSX, join(ROOT, entry), ...args], {
    cwd: ROOT,
    env: cleanEnvironment(env),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (texts.out += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (texts.err += chunk.toString("utf8")));
  let over: End | null = null;
  const ended = new Promise<End>((resolve) => {
    child.once("exit", (code, signal) => {
      const end = { code, signal };
      over = end;
      running.delete(plumb);
      child.once("close", () => {
        resolve(end);
      });
      // An orphan of a killed process may hold the pipes; then the exit has to do.
      setTimeout(resolve, 500, end);
    });
  });
  const pid = child.pid ?? 0;
  const plumb: Plumb = {
    pid,
    ended,
    out: () => texts.out,
    err: () => texts.err,
    async says(pattern, withinMs = 30_000) {
      const giveUpAt = performance.now() + withinMs;
      for (;;) {
        const found = pattern.exec(texts.err);
        if (found !== null) return found;
        if (over !== null || performance.now() > giveUpAt) {
          const how = over === null ? "in time" : `before it ended (${JSON.stringify(over)})`;
          throw new Error(`did not say ${String(pattern)} ${how}:\n${texts.err}`);
        }
        await sleep(10);
      }
    },
    async url() {
      return (await plumb.says(/Plumbline on (http:\S+)/))[1] ?? "";
    },
    signal(name) {
      if (over === null) process.kill(pid, name);
    },
    async killGroup() {
      if (over === null) process.kill(-pid, "SIGKILL");
      await ended;
    },
    async stop(withinMs = 15_000) {
      const started = performance.now();
      plumb.signal("SIGTERM");
      const late = new AbortController();
      const end = await Promise.race([ended, sleep(withinMs, null, { signal: late.signal })]);
      late.abort();
      if (end === null) throw new Error(`still there ${withinMs} ms after SIGTERM:\n${texts.err}`);
      return { ...end, ms: performance.now() - started };
    },
  };
  running.add(plumb);
  return plumb;
}

export function startPlumb(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Plumb {
  return startNode("src/main.ts", args, env);
}

/** One command line from start to end. */
export async function runPlumb(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<End & { readonly out: string; readonly err: string }> {
  const plumb = startPlumb(args, env);
  const end = await plumb.ended;
  return { ...end, out: plumb.out(), err: plumb.err() };
}

/** Command lines that hold this text, by pid. Only Linux tells; elsewhere there are none. */
export async function processesWith(text: string): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  const names = await readdir("/proc").catch(() => []);
  for (const name of names.filter((each) => /^\d+$/.test(each))) {
    const line = await readFile(join("/proc", name, "cmdline"), "utf8").catch(() => "");
    if (line.includes(text)) found.set(Number(name), line.replaceAll("\0", " ").trim());
  }
  return found;
}

/** Polls until it holds; fails with what `shown` says. */
export async function eventually(
  what: string,
  holds: () => Promise<boolean> | boolean,
  withinMs = 30_000,
  shown: () => Promise<string> | string = () => "",
): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) {
      throw new Error(`not within ${withinMs} ms: ${what} ${await shown()}`);
    }
    await sleep(20);
  }
}

/** What the bench of a simulator in another process says; told something when there is a body. */
export async function bench<T>(url: string, path: string, body?: unknown): Promise<T> {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(`${url}/sim/${path}`, init);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
