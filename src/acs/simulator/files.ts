/** Files that the simulator appends to. They are its owner's: what a CPE holds may stand in them. */
import { openSync } from "node:fs";
import { AppError, messageOf } from "../../lib/errors.ts";

/** @throws AppError `bad_config` that names the file */
export function openOwn(file: string, flags: "a" | "w"): number {
  try {
    return openSync(file, flags, 0o600);
  } catch (error) {
    const text = `the simulator cannot write ${file}: ${messageOf(error)}`;
    throw new AppError("bad_config", text, { cause: error });
  }
}
