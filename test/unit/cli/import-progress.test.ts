import { describe, expect, it } from "vitest";
import { NOW, problem, run } from "./world.ts";

const IMPORT = {
  id: "imp_1",
  status: "writing",
  at: "2026-11-22T20:58:00Z",
  endedAt: null,
  lines: 200,
  wanted: 150,
  created: 20,
  changed: 30,
  unchanged: 45,
  refused: 5,
  problem: null,
};
const REFUSED = {
  line: 7,
  device: null,
  outcome: "refused",
  problem: {
    code: "invalid",
    message: "is wrong",
    errors: [{ pointer: "/frimware", code: "unknown", message: "names no field" }],
  },
};
const DETAIL = { ...IMPORT, results: [REFUSED], next: null };
const AT = "GET /v1/imports/last";

describe("plumb import --show", () => {
  it.for([
    ["writing", 4],
    ["checking", 4],
    ["broken", 3],
    ["refused", 6],
    ["done", 6],
  ] as const)("exits by how it stands: %s", async ([status, code]) => {
    const answers = { [AT]: { body: { ...DETAIL, status } } };
    expect((await run(["import", "--show", "last"], { answers })).code).toBe(code);
  });

  it("exits 0 when it is done and nothing was refused", async () => {
    const body = { ...DETAIL, status: "done", refused: 0, results: [] };
    expect((await run(["import", "--show", "last"], { answers: { [AT]: { body } } })).code).toBe(0);
  });

  it("says how far it is, and where refused lines are wrong", async () => {
    const answers = { [AT]: { body: DETAIL } };
    const { out, err, calls } = await run(["import", "--show", "last"], { answers });
    expect(out).toContain("imp_1: writing, made 2 min ago, 100 of 200 lines (50 %)");
    expect(err).toMatch(/line 7:1 +frimware +names no field/);
    expect(err).toContain("… and 4 more lines: -o json lists them");
    expect(calls[0]?.path).toBe("/v1/imports/last?outcome=refused&limit=100");
  });

  it("prints all lines as JSON, page after page of one import", async () => {
    const answers = {
      [`${AT}?limit=1000`]: { body: { ...DETAIL, next: "7" } },
      "GET /v1/imports/imp_1?limit=1000&cursor=7": {
        body: { ...DETAIL, results: [{ ...REFUSED, line: 8 }] },
      },
    };
    const { out } = await run(["import", "--show", "last", "-o", "json"], { answers });
    const { results } = JSON.parse(out) as { results: { line: number }[] };
    expect(results.map(({ line }) => line)).toEqual([7, 8]);
  });

  it("names the command that lists imports where there is no such one", async () => {
    const answers = { "GET /v1/imports/imp_2": problem("not_found", 404) };
    const { code, err } = await run(["import", "--show", "imp_2"], { answers });
    expect([code, err]).toEqual([5, expect.stringContaining("plumb import --list")]);
  });
});

describe("plumb import", () => {
  it("--list shows the newest first", async () => {
    const answers = { "GET /v1/imports": { body: { items: [IMPORT], next: null } } };
    const { out } = await run(["import", "--list"], { answers });
    expect(out).toMatch(/imp_1 +writing +2 min ago +200 +100 +5/);
  });

  it.for([[[]], [["a.csv", "--list"]], [["--list", "--show", "last"]]])(
    "takes a file or a question, and not %j",
    async ([argv]) => {
      const { code, calls } = await run(["import", ...(argv ?? [])]);
      expect([code, calls]).toEqual([64, []]);
    },
  );

  it.for([
    ["ECONNRESET", "plumb import --show last"],
    ["ECONNREFUSED", "plumb serve"],
  ] as const)("says where to look when the answer is lost by %s", async ([reason, next]) => {
    const lost = () => Promise.reject(new TypeError("failed", { cause: { code: reason } }));
    const io = { fetch: lost, readStdin: () => Promise.resolve("{}\n"), now: () => NOW };
    const { code, err } = await run(["import", "-", "--format", "ndjson"], { io });
    expect([code, err]).toEqual([69, expect.stringContaining(next)]);
  });
});
