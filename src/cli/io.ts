/** The world as a command sees it, handed in so that a test can be one. */
import type { PlumbClient } from "../client/http.ts";

export interface Io {
  /** Data only. */
  readonly stdout: { write(text: string): unknown };
  /** Talk. */
  readonly stderr: { write(text: string): unknown };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Is stdout a terminal with a person before it? Colours and questions only then. */
  readonly isTTY: boolean;
  readonly fetch?: typeof fetch;
  /** Commands that start the program itself; each gets what stands after its name. */
  readonly serverCommands: Readonly<Record<string, (args: string[]) => Promise<number>>>;
  readonly cwd?: string;
  readonly home?: string;
  readonly now?: () => Date;
  /** The whole of stdin, for `-f -`. */
  readonly readStdin?: () => Promise<string>;
  /** How long a watch goes on: until the signal aborts, as by Ctrl+C. A test hands in its own. */
  readonly watching?: () => {
    readonly signal: AbortSignal;
    readonly sleep: (ms: number) => Promise<void>;
  };
  /** Asks on the terminal; the answer without its line break. */
  readonly ask?: (question: string) => Promise<string>;
}

export type Format = "table" | "wide" | "json" | "name";

/** What every command gets: the world, the flags that all commands have, and the client made of them. */
export interface Session {
  readonly io: Io;
  readonly format: Format;
  /** `--url`, if it was given. */
  readonly urlFlag: string | undefined;
  readonly url: string;
  readonly dataDir: string;
  readonly client: PlumbClient;
  now(): Date;
  /** stdout, with a line break. */
  print(text: string): void;
  /** stderr, with a line break. */
  say(text: string): void;
}

/** One JSON document on stdout. */
export function printJson(session: Pick<Session, "print">, value: unknown): void {
  session.print(JSON.stringify(value, null, 2));
}
