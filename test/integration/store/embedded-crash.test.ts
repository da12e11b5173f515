import { spawn } from "node:child_process";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dataFolder, removeDataFolders, withServer } from "../../support/data-folder.ts";
import type { DataFolder } from "../../support/data-folder.ts";
import { startEmbedded } from "../../support/embedded-process.ts";

let folder: DataFolder;
beforeEach(async () => {
  folder = await dataFolder();
});
afterEach(removeDataFolders);

describe("after kill -9", () => {
  const ROUNDS = 5;

  it("of the owner, its server is found and ended, and no acknowledged commit is lost, five times", async () => {
    let acknowledged = 0;
    for (let round = 1; round <= ROUNDS; round++) {
      const writer = startEmbedded({ ...folder, mode: "write" });
      await writer.first;
      await expect
        .poll(() => writer.ids.length, { timeout: 10_000 })
        .toBeGreaterThan(50 + 40 * round);
      await writer.kill("SIGKILL");
      acknowledged += writer.ids.length;
      const log = await holdsAll(folder, writer.ids, acknowledged);
      expect(log).toContain("outlived its process");
    }
  });

  it("of the server, it is restarted, its client goes on, and no acknowledged commit is lost, five times", async () => {
    const writer = startEmbedded({ ...folder, mode: "write" });
    await writer.first;
    const restarts = (): number => writer.log.filter((line) => line.includes("runs again")).length;
    for (let round = 1; round <= ROUNDS; round++) {
      const before = writer.ids.length;
      await expect.poll(() => writer.ids.length, { timeout: 20_000 }).toBeGreaterThan(before + 100);
      expect(await folder.killServer()).toBe(true);
      // Commits of before are told after the kill too: only its own word says that the server is there to be killed again.
      await expect.poll(restarts, { timeout: 20_000 }).toBe(round);
    }
    const before = writer.ids.length;
    await expect.poll(() => writer.ids.length, { timeout: 20_000 }).toBeGreaterThan(before + 100);
    await writer.kill("SIGTERM");
    expect(restarts()).toBe(ROUNDS);
    await holdsAll(folder, writer.ids, writer.ids.length);
  });

  it("of both at the same moment, the next start needs nobody's help, five times", async () => {
    let acknowledged = 0;
    for (let round = 1; round <= ROUNDS; round++) {
      const writer = startEmbedded({ ...folder, mode: "write" });
      await writer.first;
      await expect.poll(() => writer.ids.length, { timeout: 10_000 }).toBeGreaterThan(50);
      expect(await folder.killServer()).toBe(true);
      await writer.kill("SIGKILL");
      acknowledged += writer.ids.length;
      await holdsAll(folder, writer.ids, acknowledged);
    }
  });

  it("sessions of a killed server that are still busy hold the cluster, and the start waits for them", async () => {
    const owner = startEmbedded(folder);
    const client = new pg.Client((await owner.first).open);
    client.on("error", () => undefined);
    await client.connect();
    // counts without looking up for about two seconds
    void client.query("select count(*) from generate_series(1, 20000000)").catch(() => undefined);
    await new Promise((resume) => setTimeout(resume, 200));
    expect(await folder.killServer()).toBe(true);
    await owner.kill("SIGKILL");
    await withServer(folder, async ({ client: next, log }) => {
      expect((await next.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
      expect(log.join("\n")).toContain("pre-existing shared memory block");
    });
  });

  it("a pid file whose number now belongs to another program is taken over, not believed and not deleted", async () => {
    await withServer(folder, ({ client }) => client.query("create table rows (id int)"));
    const { uid, gid } = await stat(join(folder.dataDir, "postgres/data"));
    const stranger = spawn("sleep", ["60"], { cwd: "/", ...(uid === 0 ? {} : { uid, gid }) });
    const pidFile = join(folder.dataDir, "postgres/data/postmaster.pid");
    for (const content of [`${stranger.pid ?? 0}\n/elsewhere\n1\n5432\n\n\n`, ""]) {
      await writeFile(pidFile, content);
      await withServer(folder, async ({ client, log }) => {
        expect((await client.query("select * from rows")).rows).toEqual([]);
        expect(log.join("\n")).toContain("A lock file of a dead server is taken over");
      });
    }
    expect(stranger.exitCode).toBeNull();
    stranger.kill();
  });

  it("in the middle of initdb, the half is thrown away and a whole one made", async () => {
    const home = join(folder.dataDir, "postgres");
    const names = async () => readdir(home).catch(() => []);
    const half = startEmbedded(folder);
    await expect
      .poll(async () => (await names()).join(), { interval: 5, timeout: 10_000 })
      .toContain("data.new-");
    await half.kill("SIGKILL");
    expect(await names()).not.toContain("data");
    await withServer(folder, ({ client }) => client.query("select 1"));
    await withServer(folder, async () => {
      expect((await names()).filter((name) => name.includes("new-"))).toEqual([]);
    });
  });

  /** Opens the folder, and finds every id; `atLeast` counts those of earlier rounds. Answers the log. */
  async function holdsAll(
    where: DataFolder,
    ids: readonly number[],
    atLeast: number,
  ): Promise<string> {
    return withServer(where, async ({ client, log }) => {
      const { rows } = await client.query<{ id: string }>("select id from rows");
      const found = new Set(rows.map(({ id }) => Number(id)));
      expect(ids.filter((id) => !found.has(id))).toEqual([]);
      expect(found.size).toBeGreaterThanOrEqual(atLeast);
      return log.join("\n");
    });
  }
});
