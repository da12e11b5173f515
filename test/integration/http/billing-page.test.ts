/** The page for billing developers: its blocks run as they are printed, one after another in one shell, against a real socket. */
import { serve, type ServerType } from "@hono/node-server";
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shellBlocks } from "../../support/shell-blocks.ts";
import { manifest, openApi, type Api } from "./api-fixture.ts";
import { lookedAtBefore, shared } from "./shared-credential.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../../src/http/billing.md"), "utf8");
const BLOCKS = shellBlocks(PAGE);
const PRINTED_URL = "http://127.0.0.1:8080";
const BLOCK_MS = 60_000;
const hasCurl = spawnSync("curl", ["--version"]).status === 0;

let api: Api;
let server: ServerType;
let shell: ChildProcessWithoutNullStreams;
let url: string;
let out = "";

beforeAll(async () => {
  api = await openApi();
  const documents = ["0417", "0533", "0871"].map((number) =>
    manifest("Device", `CPE-${number}`, {
      ...{ oui: "0019E0", productClass: "WIXB", serial: `SN${number}`, acs: "main" },
    }),
  );
  const seeded = await api.call("POST", "/v1/manifests", {
    json: { documents },
    token: api.tokens.operator,
  });
  expect(seeded.status, seeded.text).toBe(200);
  await lookedAtBefore(api);
  const json = { credentials: { username: "cpe-1", realm: "isp.example", password: "x1" } };
  await api.call("PUT", "/v1/devices/0019E0-WIXB-A1/desired", { json });
  await shared(api, "cpe-1@isp.example", 1);

  server = serve({ fetch: api.app.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  mkdirSync(join(api.folder, ".plumbline"));
  writeFileSync(join(api.folder, ".plumbline", "admin-token"), api.tokens.operator);
  const { PATH = "/usr/bin:/bin" } = process.env;
  shell = spawn("sh", { cwd: api.folder, env: { PATH, HOME: api.folder } });
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
  }
}, 120_000);
afterAll(async () => {
  shell.stdin.end();
  api.endStreams();
  await new Promise((resolve) => server.close(resolve));
  await api.close();
});

/** What the block prints, and its exit code, as the shell itself tells behind it. */
async function run(text: string): Promise<{ readonly code: number; readonly said: string }> {
  out = "";
  shell.stdin.write(`${text.replaceAll(PRINTED_URL, url)}\nprintf '\\nended with %s.\\n' $?\n`);
  const end = performance.now() + BLOCK_MS;
  for (;;) {
    const [whole, code] = /\nended with (\d+)\.\n/.exec(out) ?? [];
    if (whole !== undefined) return { code: Number(code), said: out.replace(whole, "") };
    if (performance.now() > end) throw new Error(`it does not end: ${text}\n${out}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe.runIf(hasCurl)("the blocks of src/http/billing.md, in order", () => {
  it.for(BLOCKS)("line $line runs as it is printed", { timeout: 2 * BLOCK_MS }, async (block) => {
    expect([block.how, block.says]).toEqual(["exit", expect.stringMatching(/./)]);
    const { code, said } = await run(block.text);
    expect(code, said).toBe(block.exit);
    expect(said).toContain(block.says);
  });
});

it("has a call of every address that billing may need", () => {
  const calls = BLOCKS.flatMap(({ text }) =>
    [...text.matchAll(/curl (?:-sN |-si? )(.*)$/gm)].map(([, line = ""]) => {
      const method = /-X ([A-Z]+)/.exec(line)?.[1] ?? "GET";
      return `${method} ${/"\$PLUMB([^"?]*)/.exec(line)?.[1] ?? ""}`;
    }),
  );
  const ours =
    /^\/v1\/(?:imports|tokens|events|watch|webhooks|findings|devices\/:id\/(?:desired|suspend|resume|swap|rotate-credential))/;
  const wanted = api.app.routes.filter(({ method, path }) => method !== "ALL" && ours.test(path));
  expect(wanted.length).toBeGreaterThan(25);
  const missing = wanted
    .map(({ method, path }) => `${method} ${path.replaceAll(/:\w+(\{[^/]*\})?/g, ":id")}`)
    .filter((route) => {
      const pattern = new RegExp(`^${route.replaceAll(":id", "[^/]+")}$`);
      return !calls.some((call) => pattern.test(call));
    });
  expect(missing).toEqual([]);
  expect(PAGE).toContain("location:"); // GET /v1/operations/{id}
});
