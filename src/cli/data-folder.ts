/** The data folder as the command line finds it: the admin token in it, and the file `STOP`. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { AppError, messageOf } from "../lib/errors.ts";
import type { Io } from "./io.ts";

function given(value: string | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : value;
}

/** `PLUMB_DATA_DIR`, else `.plumbline` here if it exists, else the XDG default. */
export function dataFolder(io: Pick<Io, "env" | "cwd" | "home">): string {
  const named = given(io.env["PLUMB_DATA_DIR"]);
  const cwd = io.cwd ?? process.cwd();
  if (named !== undefined) return resolve(cwd, named);
  const here = join(cwd, ".plumbline");
  if (existsSync(here)) return here;
  const xdg = given(io.env["XDG_DATA_HOME"]);
  const base = xdg?.startsWith("/") === true ? xdg : join(io.home ?? homedir(), ".local", "share");
  return join(base, "plumbline");
}

/** Flag, then `PLUMB_TOKEN`, then the file `admin-token`; null: none, which the server will refuse in its own words. */
export function findToken(flag: string | undefined, env: Io["env"], folder: string): string | null {
  const direct = given(flag) ?? given(env["PLUMB_TOKEN"]);
  if (direct !== undefined) return direct.trim();
  try {
    return given(readFileSync(join(folder, "admin-token"), "utf8").trim()) ?? null;
  } catch {
    return null;
  }
}

function stopFile(folder: string): string {
  return join(folder, "STOP");
}

/** Works with API and database down. @throws `usage` when there is no such folder: then nothing would be stopped */
export function writeStopFile(folder: string, reason: string): string {
  const path = stopFile(folder);
  if (!existsSync(folder)) {
    throw new AppError(
      "usage",
      `there is no data folder ${folder}, so a file STOP there would stop nothing; name the one that the server uses with PLUMB_DATA_DIR`,
    );
  }
  try {
    writeFileSync(path, `${reason}\n`);
  } catch (error) {
    throw new AppError("usage", `${path} cannot be written: ${messageOf(error)}`, { cause: error });
  }
  return path;
}

export function hasStopFile(folder: string): boolean {
  return existsSync(stopFile(folder));
}

/** The path that was removed, or null when there was none. */
export function removeStopFile(folder: string): string | null {
  const path = stopFile(folder);
  if (!existsSync(path)) return null;
  try {
    rmSync(path);
  } catch (error) {
    throw new AppError("usage", `${path} cannot be removed: ${messageOf(error)}`, { cause: error });
  }
  return path;
}
