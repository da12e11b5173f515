/**
 * The shell blocks of a page, with what the comment before each says of its end: `<!-- run: exit 2, says TEXT -->`. Without
 * one it ends with 0.
 */

export interface ShellBlock {
  readonly line: number;
  readonly text: string;
  readonly how: "exit" | "until" | "skip";
  readonly exit: number;
  /** Text that has to be in what it prints; for `skip` the reason. */
  readonly says: string;
}

export function shellBlocks(text: string): ShellBlock[] {
  const pattern = /(?:<!-- run: ([^\n]*?) -->\s+)?^( *)```sh\n([\s\S]*?)^ *```$/gm;
  return [...text.matchAll(pattern)].map((found) => {
    const [whole, run = "exit 0", indent = "", body = ""] = found;
    const [, how, rest = ""] = /^(exit|until|skip)\b[ ,]*(.*)$/.exec(run) ?? [];
    if (how === undefined) throw new Error(`what is "run: ${run}"?`);
    const [, code = "0", , says = ""] = /^(\d+)(, says (.*))?$/.exec(rest) ?? [];
    return {
      line: text.slice(0, found.index + whole.indexOf("```sh")).split("\n").length,
      text: body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      how: how as ShellBlock["how"],
      exit: Number(code),
      says: how === "exit" ? says : rest,
    };
  });
}
