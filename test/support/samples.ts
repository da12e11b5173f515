/**
 * Answers of a real GenieACS 1.2.16, recorded with their requests; each file says in `about` what was asked of what. The
 * CPEs are simulated ones, and the passwords in them are invented.
 */
import { readdirSync, readFileSync } from "node:fs";

export interface Sample {
  readonly about: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    /** As it was sent, where it was recorded. */
    readonly rawPath?: string;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly response: {
    readonly status: number;
    readonly reason: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

const FOLDER = "test/fixtures/genieacs";

export const SAMPLES: readonly string[] = readdirSync(FOLDER).map((file) =>
  file.replace(/\.json$/, ""),
);

export function sample(name: string): Sample {
  return JSON.parse(readFileSync(`${FOLDER}/${name}.json`, "utf8")) as Sample;
}
