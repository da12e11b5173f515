/**
 * The file `served.json` in the data folder: when each ACS was last served, on the database's clock. A database that says
 * less than this file was restored from a backup. Without the file, or where it cannot be read, nothing is known.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Remembered } from "../controller/lane.ts";

function read(path: string): Record<string, unknown> {
  try {
    const told: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof told === "object" && told !== null ? { ...told } : {};
  } catch {
    return {};
  }
}

export function servedFile(dataDir: string): Remembered {
  const path = join(dataDir, "served.json");
  const known = read(path);
  return {
    servedAt(acs) {
      const at = typeof known[acs] === "string" ? Date.parse(known[acs]) : NaN;
      return Number.isNaN(at) ? null : new Date(at);
    },
    served(acs, at) {
      known[acs] = at.toISOString();
      try {
        // Whole or not at all: a power cut must not leave half a file.
        writeFileSync(`${path}.new`, JSON.stringify(known), { mode: 0o600 });
        renameSync(`${path}.new`, path);
      } catch {
        // A full disk is no reason to stop serving; the next one tries again.
      }
    },
  };
}
