import { describe, expect, it } from "vitest";
import { FLEET } from "./fleet.ts";
import { problem, run, type World } from "./world.ts";

describe("exit codes", () => {
  const cases: readonly (readonly [string, readonly string[], World, number])[] = [
    ["nothing is usage", [], {}, 64],
    ["help is an answer", ["--help"], {}, 0],
    ["help of a command is an answer", ["get", "--help"], {}, 0],
    ["an unknown command", ["gett"], {}, 64],
    ["an unknown flag", ["get", "devices", "--limmit", "3"], {}, 64],
    ["an unknown kind", ["get", "devises"], {}, 64],
    ["a format that is not there", ["get", "fleet", "-o", "xml"], {}, 64],
    ["a limit that is no number", ["get", "devices", "--limit", "x"], {}, 64],
    ["no server", ["get", "fleet"], {}, 69],
    [
      "not found",
      ["get", "device", "x"],
      { answers: { "GET /v1/devices/x": problem("not_found", 404) } },
      5,
    ],
    [
      "not allowed",
      ["get", "fleet"],
      { answers: { "GET /v1/fleet": problem("forbidden", 403) } },
      7,
    ],
    [
      "no token",
      ["get", "fleet"],
      { answers: { "GET /v1/fleet": problem("unauthenticated", 401) } },
      7,
    ],
    [
      "refused",
      ["reconcile", "x"],
      { answers: { "POST /v1/devices/x/reconcile": problem("held", 409) } },
      6,
    ],
    ["our bug", ["get", "fleet"], { answers: { "GET /v1/fleet": problem("internal", 500) } }, 70],
    [
      "a code from a newer server",
      ["get", "fleet"],
      { answers: { "GET /v1/fleet": problem("brand_new", 412) } },
      6,
    ],
    [
      "an answer that is not ours",
      ["get", "fleet"],
      { answers: { "GET /v1/fleet": { body: null, status: 502 } } },
      69,
    ],
    ["done", ["get", "fleet"], { answers: { "GET /v1/fleet": { body: FLEET } } }, 0],
    ["an address that is none", ["get", "fleet", "--url", "ftp://x"], {}, 64],
    ["a stop without a reason", ["stop"], {}, 64],
    ["a server command that this build lacks", ["serve"], {}, 64],
  ];
  it.for(cases)("%s", async ([, argv, world, want]) => {
    const { code, err } = await run(argv, world);
    expect(code, err).toBe(want);
  });

  it("are never 1, and each failure says what to do next, with the request id", async () => {
    const answers = { "GET /v1/fleet": problem("forbidden", 403) };
    const { err, out } = await run(["get", "fleet"], { answers });
    expect(err).toMatch(/^error: said the server: forbidden\nNext: .+\(request 01REQUEST\)\n$/);
    expect(out).toBe("");
  });

  it("come with the problem itself under -o json", async () => {
    const answers = { "GET /v1/fleet": problem("forbidden", 403) };
    const remote = await run(["get", "fleet", "-o", "json"], { answers });
    expect(JSON.parse(remote.out)).toMatchObject({ code: "forbidden", requestId: "01REQUEST" });
    const local = await run(["gett", "-o", "json"]);
    expect([local.code, (JSON.parse(local.out) as { code: string }).code]).toEqual([64, "usage"]);
  });

  it("suggest the nearest command", async () => {
    expect((await run(["discribe", "device", "x"])).err).toContain("Did you mean describe?");
    expect((await run(["get", "profils"])).err).toContain('Did you mean "profiles"?');
  });
});
