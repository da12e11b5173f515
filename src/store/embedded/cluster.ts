/** Makes a cluster (PostgreSQL's word for one data folder of a server) where there is none. */
import { randomBytes } from "node:crypto";
import { open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../lib/errors.ts";
import { rememberCluster } from "./home.ts";
import type { Home } from "./home.ts";
import type { Programs } from "./programs.ts";
import { run } from "./run.ts";

/** The only role, and the only database that we use. */
export const DATABASE_NAME = "plumbline";

/**
 * initdb works under another name and the finished folder is renamed, so a cluster that exists is whole. Killed in
 * the middle it leaves an unfinished folder that nobody looks at, and that the next start removes.
 *
 * Sorting is PostgreSQL's own C.UTF-8: an upgrade of the system's C library cannot spoil an index.
 *
 * @param durable false leaves out fsync; for tests
 */
export async function makeCluster(home: Home, programs: Programs, durable: boolean): Promise<void> {
  await sweepUnfinished(home.folder);
  if ((await stat(home.pgdata).catch(() => undefined)) === undefined) {
    const unfinished = join(home.folder, `data.new-${randomBytes(4).toString("hex")}`);
    const { code, output } = await run(
      programs.initdb,
      [
        `--pgdata=${unfinished}`,
        `--username=${DATABASE_NAME}`,
        "--auth=trust", // the socket's folder is 0700: whoever can connect is the owner
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
        ...(durable ? [] : ["--no-sync"]),
      ],
      home.identity,
    );
    if (code !== 0) {
      await rm(unfinished, { recursive: true, force: true });
      const advice = "Correct it (its user needs an entry in /etc/passwd), or set DATABASE_URL.";
      throw new AppError(
        "bad_config",
        `initdb could not make a database in ${home.folder}: ${output}. ${advice}`,
      );
    }
    await rename(unfinished, home.pgdata);
    if (durable) await syncFolder(home.folder);
  }
  await rememberCluster(home.dataDir);
}

/** An initdb that outlived its killed parent may still write there: what cannot be removed now goes next time. */
async function sweepUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^(data|server)\.new-/.test(name)) continue;
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/** A rename is on the disk only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
