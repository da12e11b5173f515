/**
 * The file `STOP` in the data folder: stops every call to every ACS, with the API and the database down. Its text is the
 * reason. Looked at in the tick that sends; a tenth of a second of memory spares the disk.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../lib/time.ts";

const REMEMBERED_MS = 100;

export function stopFile(dataDir: string, clock: Clock): () => string | null {
  const path = join(dataDir, "STOP");
  let askedMs = -Infinity;
  let answer: string | null = null;
  return () => {
    const now = clock.monotonicMs();
    if (now - askedMs < REMEMBERED_MS) return answer;
    askedMs = now;
    try {
      const reason = readFileSync(path, "utf8").trim();
      answer = `the file STOP is in the data folder${reason === "" ? "" : `: ${reason}`}`;
    } catch (error) {
      // Only "there is no such file" means go on; a folder that cannot be read is no permission to write.
      answer =
        (error as { code?: string }).code === "ENOENT"
          ? null
          : "the file STOP cannot be looked for";
    }
    return answer;
  };
}
