/** A terminal for a test: what was printed, and a server that answers from a table. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { runCli, type Io } from "../../../src/cli/program.ts";

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly authorization: string | null;
}

export interface Reply {
  readonly status?: number;
  readonly body: unknown;
}

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly calls: readonly Call[];
}

export interface World {
  /** By `METHOD /path?query`, or by `METHOD /path`. */
  readonly answers?: Readonly<Record<string, Reply>>;
  readonly io?: Partial<Io>;
}

export const NOW = new Date("2026-11-22T21:00:00Z");

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Gone when the test file ends. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "plumb-cli-"));
  folders.push(folder);
  return folder;
}

export async function run(argv: readonly string[], world: World = {}): Promise<Run> {
  let out = "";
  let err = "";
  const calls: Call[] = [];
  const fetchFake: typeof fetch = (input, init) => {
    const url = new URL(typeof input === "string" ? input : (input as URL).href);
    const method = init?.method ?? "GET";
    const text = typeof init?.body === "string" ? init.body : undefined;
    const body: unknown = text === undefined ? undefined : JSON.parse(text);
    const authorization = new Headers(init?.headers).get("Authorization");
    calls.push({ method, path: url.pathname + url.search, body, authorization });
    const reply =
      world.answers?.[`${method} ${url.pathname}${url.search}`] ??
      world.answers?.[`${method} ${url.pathname}`];
    if (reply === undefined) {
      return Promise.reject(new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } }));
    }
    const { status = 200 } = reply;
    const type = status >= 400 ? "application/problem+json" : "application/json";
    return Promise.resolve(
      new Response(JSON.stringify(reply.body), { status, headers: { "Content-Type": type } }),
    );
  };
  const code = await runCli(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: { PLUMB_TOKEN: "plumb_x_y", PLUMB_DATA_DIR: "/nonexistent" },
    isTTY: false,
    fetch: fetchFake,
    serverCommands: {},
    now: () => NOW,
    ...world.io,
  });
  return { code, out, err, calls };
}

export function problem(code: string, status: number, more: object = {}): Reply {
  const body = {
    type: `/problems/${code}`,
    title: code,
    status,
    detail: `said the server: ${code}`,
    code,
    instance: "/v1",
    requestId: "01REQUEST",
    retry: "never",
    ...more,
  };
  return { status, body };
}
