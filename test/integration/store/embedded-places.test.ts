import { chown, cp, mkdir, readdir, readFile, rm, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { platformPackage } from "../../../src/store/embedded/programs.ts";
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

describe("places", () => {
  it("a deep data folder has its socket in a private folder that it remembers, and makes anew when lost", async () => {
    const deep = await dataFolder(join("d".repeat(60), "e".repeat(60), "data"));
    const open = () =>
      withServer(deep, async ({ server }) => {
        expect((await stat(server.connection.host)).mode & 0o777).toBe(0o700);
        return server.connection.host;
      });
    const first = await open();
    expect(first.startsWith(deep.base)).toBe(false);
    expect(await open()).toBe(first);
    await rm(first, { recursive: true });
    const second = await open();
    expect(second).not.toBe(first);
  });

  it("a deep data folder has one owner as well", async () => {
    const deep = await dataFolder(join("d".repeat(60), "e".repeat(60), "data"));
    await withServer(deep, async () => {
      await expect(openEmbedded({ ...deep, log: silent })).rejects.toMatchObject({
        code: "database_owned",
      });
    });
  });

  it("a cluster that was there and is gone is reported, and no empty one takes its place", async () => {
    await withServer(folder, ({ client }) => client.query("select 1"));
    await rm(join(folder.dataDir, "postgres/data"), { recursive: true });
    const opening = openEmbedded({ ...folder, log: silent });
    await expect(opening).rejects.toMatchObject({ code: "bad_config" });
    await expect(opening).rejects.toThrow(/is not there any more/);
  });

  it("links that no install script made are made in the package", async () => {
    const bare = await barePackage(folder.base);
    await withServer({ ...folder, platformPackage: bare }, ({ client }) =>
      client.query("select 1"),
    );
    expect(await readdir(join(folder.dataDir, "postgres"))).not.toContain("server-18.4.0-beta.17");
    expect(await readdir(join(bare, "native/lib"))).toContain("libpq.so.5");
  });
});

describe.runIf(process.getuid?.() === 0)("as root", () => {
  const NOBODY = 65534;

  it("runs the server as another user, inside the data folder when that user can come in", async () => {
    await mkdir(folder.dataDir, { mode: 0o700 });
    await withServer(folder, async ({ server }) => {
      expect(server.connection.host).toBe(join(folder.dataDir, "postgres"));
      expect((await stat(server.connection.host)).uid).not.toBe(0);
    });
    expect((await stat(folder.dataDir)).mode & 0o777).toBe(0o711);
  });

  it("puts rows and programs where the server's user can reach them, and finds them again", async () => {
    const closed = await dataFolder(join("only-root", "clone", "data"));
    await rm(dirname(dirname(closed.dataDir)), { recursive: true });
    await mkdir(dirname(dirname(closed.dataDir)), { mode: 0o700 });
    const bare = await barePackage(dirname(dirname(closed.dataDir)));
    const options = { ...closed, platformPackage: bare };
    await withServer(options, async ({ client, log }) => {
      await client.query("create table rows as select 7 as id");
      expect(log.join("\n")).toContain("The rows lie in /var/lib/plumbline/");
    });
    const { home } = await closed.memory();
    expect(home).toMatch(/^\/var\/lib\/plumbline\/[0-9a-f]{16}$/);
    await withServer(options, async ({ client }) => {
      expect((await client.query("select id from rows")).rows).toEqual([{ id: 7 }]);
    });
    expect(await readdir(home ?? "")).toContain("server-18.4.0-beta.17");
  });

  it("an ordinary user is told of a folder that it may not make", async () => {
    const child = startEmbedded({ dataDir: folder.dataDir, uid: NOBODY });
    const { refused, message } = await child.first;
    expect(refused).toBe("bad_config");
    expect(message).toContain(`The data folder ${folder.dataDir} cannot be used`);
  });

  it("an ordinary user needs no other, and copies a package that it may not mend", async () => {
    const mine = await dataFolder(join("home", "data"));
    await chown(dirname(mine.dataDir), NOBODY, NOBODY);
    const bare = await barePackage(mine.base);
    const child = startEmbedded({
      dataDir: mine.dataDir,
      platformPackage: bare,
      uid: NOBODY,
    });
    expect(await child.first).toMatchObject({ open: { host: join(mine.dataDir, "postgres") } });
    expect((await stat(mine.dataDir)).mode & 0o777).toBe(0o700);
    expect(await readdir(join(mine.dataDir, "postgres"))).toContain("server-18.4.0-beta.17");
    await child.kill("SIGTERM");
    expect(await readdir(join(bare, "native/lib"))).not.toContain("libpq.so.5");
  });
});

/** The installed platform package as `npm ci --ignore-scripts` leaves it: without its links. */
async function barePackage(under: string): Promise<string> {
  const source = platformPackage();
  const copy = join(under, "package");
  await cp(source, copy, { recursive: true, verbatimSymlinks: true });
  const list = await readFile(join(copy, "native/pg-symlinks.json"), "utf8");
  for (const { target } of JSON.parse(list) as { target: string }[])
    await unlink(join(copy, target)).catch(silent);
  return copy;
}
