/** Runs one short program to its end, as the operating system user that the database server runs as. */
import { spawn } from "node:child_process";

/** Empty when we are an ordinary user: the server then runs as ourselves. */
export type Identity = { readonly uid: number; readonly gid: number } | Record<string, never>;

export interface Ended {
  /** Null when the program was killed or never started. */
  readonly code: number | null;
  /** What it wrote to both streams, or why it did not start; the last 4,000 characters. */
  readonly output: string;
}

/**
 * All that initdb and postgres see of our environment: nothing in it is a secret, and messages are in English,
 * because two of them decide whether a start is tried again.
 */
export const SERVER_ENVIRONMENT = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
};

/** Never rejects. Runs in `/`, since our own working folder may be closed to the other user. */
export async function run(
  command: string,
  args: readonly string[],
  identity: Identity,
): Promise<Ended> {
  return new Promise((resolve) => {
    let output = "";
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString("utf8")).slice(-4_000);
    };
    try {
      const child = spawn(command, args, {
        ...identity,
        cwd: "/",
        env: SERVER_ENVIRONMENT,
        stdio: ["ignore", "pipe", "pipe"],
      });
      child.stdout.on("data", keep);
      child.stderr.on("data", keep);
      child.on("error", (error) => {
        resolve({ code: null, output: error.message });
      });
      child.on("close", (code) => {
        resolve({ code, output: output.trim() });
      });
    } catch (error) {
      // spawn throws instead of emitting for EPERM and EAGAIN
      resolve({ code: null, output: String(error) });
    }
  });
}
