import { stat } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AppError } from "../../../src/lib/errors.ts";
import { openEmbedded } from "../../../src/store/embedded/server.ts";
import { dataFolder, removeDataFolders, withServer } from "../../support/data-folder.ts";
import type { DataFolder } from "../../support/data-folder.ts";
import { startEmbedded } from "../../support/embedded-process.ts";

let folder: DataFolder;
beforeEach(async () => {
  folder = await dataFolder();
});
afterEach(removeDataFolders);

const silent = () => undefined;

describe("a server of our own", () => {
  it("starts in a fresh folder, listens on no port, and keeps its rows over a restart", async () => {
    await withServer(folder, async ({ server, client }) => {
      const { rows } = await client.query(
        "select name, setting from pg_settings where name = any ($1) order by name",
        [["data_checksums", "fsync", "full_page_writes", "listen_addresses", "synchronous_commit"]],
      );
      expect(rows).toEqual([
        { name: "data_checksums", setting: "on" },
        { name: "fsync", setting: "on" },
        { name: "full_page_writes", setting: "on" },
        { name: "listen_addresses", setting: "" },
        { name: "synchronous_commit", setting: "on" },
      ]);
      expect((await stat(server.connection.host)).mode & 0o777).toBe(0o700);
      await client.query("create table rows as select 7 as id");
    });
    await withServer(folder, async ({ client }) => {
      expect((await client.query("select id from rows")).rows).toEqual([{ id: 7 }]);
    });
  });

  it("can be stopped twice, and with sessions still open", async () => {
    await withServer(folder, async ({ server }) => {
      await Promise.all([server.stop(), server.stop()]);
      await server.stop();
    });
  });

  it("tells its log nothing that stands in a statement or a row", async () => {
    await withServer(folder, async ({ client, log }) => {
      await client.query(
        "create table secrets (password text primary key check (length(password) < 20))",
      );
      await client.query("insert into secrets values ('canary-7f3a')");
      for (const statement of [
        "insert into secrets values ('canary-7f3a')",
        "insert into secrets values ('canary-7f3a' || repeat('x', 20))",
        "select 'canary-7f3a'::int",
        "select canary-7f3a from",
      ]) {
        await expect(client.query(statement)).rejects.toThrow();
      }
      expect(log.join("\n")).not.toContain("canary");
    });
  });

  it("says that it is lost when it ends again and again", async () => {
    const lost: AppError[] = [];
    await withServer({ ...folder, onLost: (error) => lost.push(error) }, async () => {
      const loss = expect.poll(async () => (await folder.killServer(), lost.length), {
        interval: 20,
        timeout: 30_000,
      });
      await loss.toBe(1);
    });
    expect(lost).toMatchObject([{ code: "database_unreachable" }]);
  });
});

describe("one owner at a time", () => {
  it("a second process is refused with the pid of the first, and the first goes on", async () => {
    const first = startEmbedded(folder);
    await first.first;
    const second = await startEmbedded(folder).first;
    expect(second.refused).toBe("database_owned");
    expect(second.message).toContain(`The process ${first.pid} has used the data folder`);
    expect(second.message).toContain("DATABASE_URL");
    await first.kill("SIGTERM");
    await withServer(folder, ({ client }) => client.query("select 1"));
  });

  it("a second server in the same process is refused too", async () => {
    await withServer(folder, async () => {
      const again = openEmbedded({ ...folder, log: silent });
      await expect(again).rejects.toMatchObject({
        code: "database_owned",
        details: { pid: process.pid },
      });
    });
  });

  it("of four processes that start at the same moment, one gets a fresh folder", async () => {
    const processes = Array.from({ length: 4 }, () => startEmbedded(folder));
    const firsts = await Promise.all(processes.map(({ first }) => first));
    expect(firsts.map(({ refused }) => refused ?? "open").sort()).toEqual([
      "database_owned",
      "database_owned",
      "database_owned",
      "open",
    ]);
    await Promise.all(processes.map((each) => each.kill("SIGTERM")));
  });

  it("a frozen owner is still the owner", async () => {
    const first = startEmbedded(folder);
    await first.first;
    process.kill(first.pid, "SIGSTOP");
    const opening = openEmbedded({ ...folder, log: silent });
    await expect(opening).rejects.toThrow(`The process ${first.pid}`);
    process.kill(first.pid, "SIGCONT");
    await first.kill("SIGTERM");
  });
});
