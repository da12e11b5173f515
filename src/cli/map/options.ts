/** Options that several map tools have. */
import type { Command } from "commander";

/** For an option that may be repeated. */
export const gather = (one: string, before: readonly string[]): readonly string[] => [
  ...before,
  one,
];

/** `-f FILE`, any number of times. */
export function fileOption(command: Command, meaning: string): Command {
  return command.option("-f, --file <path>", `${meaning}; may be repeated`, gather, []);
}

/** `--tree FILE`, any number of times. */
export function treeOption(command: Command, meaning: string): Command {
  return command.option("--tree <path>", `${meaning}; may be repeated`, gather, []);
}
