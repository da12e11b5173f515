/**
 * The file `STOP` in the data folder: stops every call to every ACS, with the API and the database down. Its text is the
 * reason. Looked at in the tick that sends; a tenth of a second of memory spares the disk.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../lib/time.ts";

const REMEMBERED_MS = 100;

/** @param onTurn called when the file was put there, with the reason, and when it was taken away, with null */
export function stopFile(
  dataDir: string,
  clock: Clock,
  onTurn: (reason: string | null) => void,
): () => string | null {
  const path = join(dataDir, "STOP");
  let askedMs = -Infinity;
  let answer: string | null = null;
  return () => {
    const now = clock.monotonicMs();
    if (now - askedMs < REMEMBERED_MS) return answer;
    askedMs = now;
    const before = answer;
    answer = look(path);
    if ((before === null) !== (answer === null)) onTurn(answer);
    return answer;
  };
}

function look(path: string): string | null {
  try {
    const reason = readFileSync(path, "utf8").trim();
    return `the file STOP is in the data folder${reason === "" ? "" : `: ${reason}`}`;
  } catch (error) {
    // Only "there is no such file" means go on; a folder that cannot be read is no permission to write.
    return (error as { code?: string }).code === "ENOENT"
      ? null
      : "the file STOP cannot be looked for";
  }
}
