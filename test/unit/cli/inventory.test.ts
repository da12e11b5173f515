import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { problem, run, tempFolder } from "./world.ts";

const LOADED = {
  ...{ kind: "lines", dryRun: false, lines: 3 },
  ...{ created: 1, changed: 1, unchanged: 1, deleted: 0, asked: 2 },
};
const PUT = "PUT /v1/inventory/lines";

/** A file in a folder of its own; JSON text, as the world of these tests reads bodies as JSON. */
function inFile(name: string): { readonly cwd: string; readonly file: string } {
  const cwd = tempFolder();
  writeFileSync(join(cwd, name), '{"nas":"bng-1","line":"p/1"}\n');
  return { cwd, file: name };
}

describe("plumb inventory load", () => {
  it("sends the file, and says what came of it", async () => {
    const { cwd, file } = inFile("lines.ndjson");
    const answers = { [PUT]: { body: LOADED } };
    const { code, out, err, calls } = await run(
      ["inventory", "load", "lines", "-f", file, "--replace", "--expect", "7"],
      { answers, io: { cwd } },
    );
    expect([code, out]).toEqual([0, "3 lines · 1 new · 1 changed · 1 unchanged · 0 deleted\n"]);
    expect(err).toContain("2 things evaluated anew");
    expect(calls[0]?.path).toBe("/v1/inventory/lines?replace=true&expect=7");
  });

  it("exits 2 where a rehearsal would change something, and tells the number to confirm", async () => {
    const { cwd, file } = inFile("lines.jsonl");
    const body = { ...LOADED, dryRun: true, deleted: 12 };
    const argv = ["inventory", "load", "lines", "-f", file, "--dry-run", "--replace"];
    const { code, err } = await run(argv, { answers: { [PUT]: { body } }, io: { cwd } });
    expect([code, err]).toEqual([2, "Dry run, nothing was changed. Go on: --expect 12\n"]);
    const same = { ...body, created: 0, changed: 0, deleted: 0 };
    expect((await run(argv, { answers: { [PUT]: { body: same } }, io: { cwd } })).code).toBe(0);
  });

  it("shows where in the file a line is wrong", async () => {
    const { cwd, file } = inFile("lines.ndjson");
    const errors = [{ line: 2, pointer: "/nsa", code: "unknown_field", message: "is unknown" }];
    const answers = { [PUT]: problem("invalid", 422, { errors }) };
    const { code, err } = await run(["inventory", "load", "lines", "-f", file], {
      ...{ answers, io: { cwd } },
    });
    expect(code).toBe(64);
    expect(err).toContain("lines.ndjson:2:1  nsa  is unknown");
  });

  it("asks for the number where too much would be deleted", async () => {
    const { cwd, file } = inFile("lines.ndjson");
    const answers = { [PUT]: problem("count_unconfirmed", 409, { details: { count: 40 } }) };
    const { code, err } = await run(["inventory", "load", "lines", "-f", file, "--replace"], {
      ...{ answers, io: { cwd } },
    });
    expect([code, err.includes("repeat it with --expect 40")]).toEqual([6, true]);
  });

  it("sends nothing that it cannot read", async () => {
    for (const argv of [
      ["-f", "none.csv"],
      ["-f", "lines.txt"],
      ["-f", "x.csv", "--expect", "many"],
    ]) {
      const { code, calls } = await run(["inventory", "load", "lines", ...argv]);
      expect([code, calls.length], argv.join(" ")).toEqual([64, 0]);
    }
  });
});

describe("plumb inventory list and delete", () => {
  const kind = { kind: "lines", meaning: "lines", items: 12, toldAt: "2026-11-22T20:58:00Z" };
  const item = {
    ...{ key: "bng-1|p/1", toldAt: kind.toldAt, toldBy: "network" },
    item: { nas: "bng-1", line: "p/1" },
  };

  it("counts kinds, and lists the items of one", async () => {
    const answers = {
      "GET /v1/inventory": { body: { items: [kind], next: null } },
      "GET /v1/inventory/lines": { body: { items: [item], next: "bmV4dA" } },
    };
    const all = await run(["inventory", "list"], { answers });
    expect(all.out).toMatch(/lines +12 +2 min ago/);
    const one = await run(["inventory", "list", "lines", "--limit", "1"], { answers });
    expect(one.out).toContain("bng-1|p/1");
    expect(one.err).toContain("--cursor bmV4dA");
    expect(one.calls[0]?.path).toBe("/v1/inventory/lines?limit=1");
    const named = await run(["inventory", "list", "lines", "-o", "name"], { answers });
    expect(named.out).toBe("bng-1|p/1\n");
  });

  it("deletes by a key as it is shown", async () => {
    const path = "/v1/inventory/lines/bng-1%7Cp%2F1";
    const answers = { [`DELETE ${path}`]: { body: null } };
    const { code, calls } = await run(["inventory", "delete", "lines", "bng-1|p/1"], { answers });
    expect([code, calls[0]?.path]).toEqual([0, path]);
  });

  it("lists in its help every kind with what it means", async () => {
    const { out } = await run(["inventory", "--help"]);
    for (const name of ["lines", "nases", "stock", "registrations"]) {
      expect(out).toMatch(new RegExp(`^  ${name} +\\S`, "m"));
    }
  });
});
