import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { problem, run, tempFolder } from "./world.ts";

describe("stop and resume", () => {
  it("stop by the server, and list what the ACS may still execute", async () => {
    const outstanding = [{ device: "0019E0-WIXB-A1", changeId: "c1" }];
    const answers = { "POST /v1/stop": { body: { id: 1, outstanding } } };
    const { code, out, calls } = await run(["stop", "--reason", "test", "--acs", "main"], {
      answers,
    });
    expect([code, out.includes("c1")]).toEqual([0, true]);
    expect(calls[0]?.body).toEqual({ reason: "test", acs: "main", selector: null });
  });

  it("stop by the file when nobody answers, say so, and resume the same way", async () => {
    const folder = tempFolder();
    const io = { env: { PLUMB_DATA_DIR: folder } };
    const stopped = await run(["stop", "--reason", "wrong list"], { io });
    expect([stopped.code, readFileSync(join(folder, "STOP"), "utf8")]).toEqual([0, "wrong list\n"]);
    expect(stopped.err).toContain(join(folder, "STOP"));
    const silent = await run(["resume"], { io });
    expect([silent.code, existsSync(join(folder, "STOP"))]).toEqual([69, true]);
    expect(silent.err).toContain("plumb resume --file");
    const resumed = await run(["resume", "--file"], { io });
    expect([resumed.code, existsSync(join(folder, "STOP"))]).toEqual([0, false]);
  });

  it("stop by the file when the database is down", async () => {
    const folder = tempFolder();
    const answers = { "POST /v1/stop": problem("database_unreachable", 503) };
    const { code } = await run(["stop", "--reason", "x"], {
      answers,
      io: { env: { PLUMB_DATA_DIR: folder } },
    });
    expect([code, existsSync(join(folder, "STOP"))]).toEqual([0, true]);
  });

  it("do not write into a folder that nobody uses", async () => {
    const { code, err } = await run(["stop", "--file", "--reason", "x"]);
    expect([code, err.includes("PLUMB_DATA_DIR")]).toEqual([64, true]);
  });

  it("do not pass over a refusal", async () => {
    const folder = tempFolder();
    const answers = { "POST /v1/stop": problem("forbidden", 403) };
    const { code, err } = await run(["stop", "--reason", "x"], {
      answers,
      io: { env: { PLUMB_DATA_DIR: folder } },
    });
    expect([code, existsSync(join(folder, "STOP"))]).toEqual([7, false]);
    expect(err).toContain("plumb stop --file");
  });

  it("resume asks for the count, removes the file too, and says so", async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, "STOP"), "x");
    const env = { PLUMB_DATA_DIR: folder };
    const answers = {
      "POST /v1/resume": problem("count_unconfirmed", 409, { details: { count: 2000 } }),
      "POST /v1/resume?expect=2000": { body: { ended: 1, devices: 2000 } },
    };
    const unasked = await run(["resume"], { answers, io: { env } });
    expect([unasked.code, existsSync(join(folder, "STOP"))]).toEqual([6, true]);
    expect(unasked.err).toContain("plumb resume --expect 2000");
    const asked = await run(["resume"], {
      answers,
      io: { env, isTTY: true, ask: () => Promise.resolve("2000") },
    });
    expect([asked.code, existsSync(join(folder, "STOP"))]).toEqual([0, false]);
    expect(asked.err).toContain("1 stop ended, 2,000 devices set free");
    expect(asked.err).toContain("Removed");
  });
});
