/** A whole server over the large fleet, in a process of its own: what it holds while it works, counts, and lists. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { BenchDatabase } from "./bench-stack.ts";
import { figure, type Figure } from "./figure.ts";

const MOST_MB = 512;
const PAGE = 500;
const PAGES = 40;
const COUNTS = 3;

/** Megabytes, from Linux's own account of the process. */
function memoryOf(pid: number, line: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`${line}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1_024;
}

/** @param folder that holds the key ring of the database */
export async function serverMemory(
  database: BenchDatabase,
  folder: string,
  devices: number,
): Promise<Figure[]> {
  if (process.platform !== "linux") return [];
  const main = join(import.meta.dirname, "..", "..", "src", "main.ts");
  const env = {
    PATH: process.env["PATH"],
    ...{ DATABASE_URL: database.url, PLUMB_KEYRING_FILE: join(folder, "keyring.json") },
    ...{ PLUMB_DATA_DIR: join(folder, "data"), PORT: "0", LOG_LEVEL: "error" },
  };
  const child = spawn(process.execPath, ["--import", "tsx", main, "serve"], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => {
      resolve();
    });
  });
  try {
    const { url, token } = await greeting(createInterface({ input: child.stderr }));
    const ask = async (path: string): Promise<{ next: string | null }> => {
      const answer = await fetch(`${url}${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as { next: string | null };
    };
    for (let i = 0; i < COUNTS; i += 1) await ask("/v1/fleet");
    let cursor = "";
    for (let i = 0; i < PAGES; i += 1) {
      const { next } = await ask(`/v1/devices?limit=${PAGE}${cursor}`);
      if (next !== null) cursor = `&cursor=${encodeURIComponent(next)}`;
    }
    const pid = child.pid ?? 0;
    const [now, most] = [memoryOf(pid, "VmRSS"), memoryOf(pid, "VmHWM")];
    const beside =
      `of the server's process with ${devices} devices, after ${COUNTS} counts and ${PAGE * PAGES} devices listed; ` +
      `now ${now.toFixed(0)} MB; this benchmark's own ${(process.memoryUsage.rss() / 1_048_576).toFixed(0)} MB`;
    return [figure("engine/memory-1m", most, "MB", `resident at most, ${beside}`, MOST_MB)];
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}

/** The server says where it listens and, to an empty installation, its first token. */
async function greeting(lines: AsyncIterable<string>): Promise<{ url: string; token: string }> {
  let url = "";
  for await (const line of lines) {
    url = /on (http\S+)/.exec(line)?.[1] ?? url;
    const token = /shown once: (\S+)/.exec(line)?.[1];
    if (token !== undefined) return { url, token };
  }
  throw new Error("the server did not start");
}
