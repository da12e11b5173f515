import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FLEET } from "./fleet.ts";
import { problem, run, tempFolder } from "./world.ts";

describe("the rest", () => {
  it("finds the token: flag, variable, file in .plumbline here", async () => {
    const cwd = tempFolder();
    mkdirSync(join(cwd, ".plumbline"));
    writeFileSync(join(cwd, ".plumbline", "admin-token"), "plumb_file_token\n");
    const answers = { "GET /v1/fleet": { body: FLEET } };
    const by = async (argv: readonly string[], env: Record<string, string>) =>
      (await run(["get", "fleet", ...argv], { answers, io: { cwd, env } })).calls[0]?.authorization;
    expect(await by([], {})).toBe("Bearer plumb_file_token");
    expect(await by([], { PLUMB_TOKEN: "plumb_env" })).toBe("Bearer plumb_env");
    expect(await by(["--token", "plumb_flag"], { PLUMB_TOKEN: "plumb_env" })).toBe(
      "Bearer plumb_flag",
    );
    expect(await by([], { PLUMB_DATA_DIR: tempFolder() })).toBeNull();
  });

  it("hands server commands what stands after their name", async () => {
    const seen: string[][] = [];
    const command = (args: string[]) => {
      seen.push(args);
      return Promise.resolve(0);
    };
    const serverCommands = { serve: command, simulate: command };
    const io = { serverCommands };
    expect((await run(["simulate", "--count", "5", "-o", "x"], { io })).code).toBe(0);
    expect(seen).toEqual([["--count", "5", "-o", "x"]]);
    expect((await run(["serve", "--help"], { io })).out).toContain("plumb serve");
    expect(seen).toHaveLength(1);
    expect((await run(["--help"], { io })).out).toContain("migrate");
  });

  it("turns a throw of a server command into an exit code", async () => {
    const serve = () => Promise.reject(new TypeError("oops"));
    const { code, err } = await run(["serve"], { io: { serverCommands: { serve } } });
    expect([code, err.includes("oops")]).toEqual([70, true]);
  });

  it("switches the simulator that the only local Acs record names, and no other", async () => {
    const acs = (address: string) => ({
      body: { items: [{ metadata: { name: "main" }, spec: { address } }], next: null },
    });
    const change = { selected: 2000, changed: 800, online: 1200, offline: 800 };
    const local = await run(["simulate", "power", "off", "--share", "40%"], {
      answers: {
        "GET /v1/acs": acs("http://127.0.0.1:9090/ftacsws/acsws.asmx"),
        "POST /sim/power": { body: change },
      },
    });
    expect([local.code, local.out]).toEqual([0, "800 CPEs switched off; now 1200 on, 800 off\n"]);
    expect(local.calls[1]).toMatchObject({
      body: { state: "off", share: 0.4 },
      authorization: null,
    });
    const real = await run(["simulate", "power", "off"], {
      answers: { "GET /v1/acs": acs("https://acs.example/x") },
    });
    expect([real.code, real.calls.length]).toEqual([64, 1]);
  });

  it("calls the API as it is told", async () => {
    const answers = {
      "PUT /v1/devices/x/desired": { body: { ok: true } },
      "GET /v1/none": problem("not_found", 404),
    };
    const put = await run(
      ["api", "put", "/v1/devices/x/desired", "-d", '{"firmware":{"version":"1"}}'],
      { answers },
    );
    expect([put.code, put.out]).toEqual([0, '{"ok":true}\n']);
    expect((await run(["api", "GET", "/v1/none"], { answers })).code).toBe(5);
    expect((await run(["api", "PUT", "/x", "-d", "{"], { answers })).code).toBe(64);
  });

  it.for([
    "get",
    "describe",
    "apply",
    "stop",
    "resume",
    "hold",
    "release",
    "reconcile",
    "map",
    "token",
    "findings",
    "webhooks",
    "import",
    "api",
    "version",
    "serve",
    "demo",
    "simulate",
    "migrate",
    "keys",
  ])("help of %s starts with two examples", async (name) => {
    const { out } = await run([name, "--help"]);
    expect(out).toMatch(/^Examples:\n {2}\S.+\n {2}\S.+\n/);
  });
});
