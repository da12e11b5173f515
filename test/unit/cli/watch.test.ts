import { describe, expect, it } from "vitest";
import { runCli } from "../../../src/cli/program.ts";
import { DEVICE, DETAIL } from "./fleet.ts";
import { NOW } from "./world.ts";

type Page = readonly object[] | "down";

const shown = (name: string, state: string, message = "m") => ({
  ...DEVICE,
  id: name,
  name,
  status: { ...DEVICE.status, state, message, nextAt: null },
});

/** One answer for each look at the list; after the last one the person presses Ctrl+C. */
async function watch(pages: readonly Page[], argv: readonly string[] = [], others: object = {}) {
  let [out, err] = ["", ""];
  const asked: string[] = [];
  const left = [...pages];
  const ended = new AbortController();
  const answer = (body: unknown, status = 200): Response =>
    new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
  const fetchFake: typeof fetch = (input) => {
    const url = new URL(typeof input === "string" ? input : (input as URL).href);
    if (url.pathname !== "/v1/devices") {
      const found = (others as Record<string, unknown>)[url.pathname];
      const gone = { code: "not_found", detail: "no such device", status: 404 };
      return Promise.resolve(found === undefined ? answer(gone, 404) : answer(found));
    }
    asked.push(url.search);
    const page = left.shift();
    if (page === "down") return Promise.reject(new TypeError("fetch failed"));
    return Promise.resolve(answer({ items: page ?? [], next: null }));
  };
  const code = await runCli(["get", "devices", "-w", ...argv], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: { PLUMB_TOKEN: "plumb_x_y", PLUMB_DATA_DIR: "/nonexistent" },
    isTTY: false,
    fetch: fetchFake,
    serverCommands: {},
    now: () => NOW,
    watching: () => ({
      signal: ended.signal,
      sleep: () => {
        if (left.length === 0) ended.abort();
        return Promise.resolve();
      },
    }),
  });
  const lines = out.trim().split("\n");
  return { code, lines, changes: lines.filter((line) => /^\d\d:/.test(line)), err, asked };
}

describe("get devices -w", () => {
  it("prints the table, then a line for each change, and ends with 0", async () => {
    const { code, lines, changes } = await watch([
      [shown("A", "queued"), shown("B", "queued")],
      [shown("A", "applying"), shown("B", "queued")],
      [shown("A", "converged"), shown("B", "queued"), shown("C", "queued")],
    ]);
    expect(code).toBe(0);
    expect(lines[0]).toMatch(/^DEVICE/);
    expect(changes).toEqual([
      "21:00:00  A  WIXB-175  ↻ applying  -  m",
      "21:00:00  A  WIXB-175  ✓ converged  -  m",
      "21:00:00  C  WIXB-175  … queued  -  m",
    ]);
  });

  it("says nothing twice: neither an age nor the next moment is a change", async () => {
    const later = { ...shown("A", "queued") };
    later.status = { ...later.status, nextAt: "2026-11-22T22:00:00Z" as never };
    const { changes } = await watch([[shown("A", "queued")], [later], [shown("A", "queued")]]);
    expect(changes).toEqual([]);
  });

  it("goes on over a restart of the server, says so once, and misses nothing", async () => {
    const { code, changes, err } = await watch([
      [shown("A", "queued")],
      "down",
      "down",
      [shown("A", "converged")],
    ]);
    expect([code, changes]).toEqual([0, ["21:00:00  A  WIXB-175  ✓ converged  -  m"]]);
    expect(err.match(/asking again each second/g)).toHaveLength(1);
    expect(err).toContain("The server answers again");
  });

  it("tells the last of a device that leaves the selection", async () => {
    const others = { "/v1/devices/A": { ...DETAIL, ...shown("A", "converged") } };
    const argv = ["-l", "state!=converged"];
    const { changes, asked } = await watch(
      [[shown("A", "queued"), shown("B", "queued")], [], []],
      argv,
      others,
    );
    expect(changes).toEqual(["21:00:00  A  WIXB-175  ✓ converged  -  m"]);
    expect(asked.every((search) => search.includes("selector=state%21%3Dconverged"))).toBe(true);
  });

  it("asks for one page at a time, and prints NDJSON for programs", async () => {
    const { lines, asked } = await watch(
      [[shown("A", "queued")], [shown("A", "converged")]],
      ["-o", "json", "--limit", "2000"],
    );
    expect(lines.map((line) => (JSON.parse(line) as typeof DEVICE).status.state)).toEqual([
      "queued",
      "converged",
    ]);
    expect(asked).toEqual(["?limit=500", "?limit=500"]);
  });

  it("is for lists of devices", async () => {
    const run = async (...argv: string[]) =>
      await runCli(["get", ...argv], {
        stdout: { write: () => undefined },
        stderr: { write: () => undefined },
        env: { PLUMB_DATA_DIR: "/nonexistent" },
        isTTY: false,
        serverCommands: {},
      });
    expect([await run("fleet", "-w"), await run("devices", "A", "-w")]).toEqual([64, 64]);
  });
});
