/**
 * How deep a YAML text nests, found without recursion and before anything recursive sees it.
 *
 * Why: `yaml` composes recursively. 100,000 opening brackets exhaust the stack inside it, it goes on near the limit, and
 * Node 20 then aborts the process while compiling a regular expression (seen with 2.9.1): no `catch` helps.
 */
import { CST } from "yaml";

interface Level {
  readonly token: CST.Token;
  readonly depth: number;
}

/** The offset of the first thing that is nested deeper than `limit`, or undefined. */
export function tooDeepAt(tokens: readonly CST.Token[], limit: number): number | undefined {
  const left: Level[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let level = left.pop(); level !== undefined; level = left.pop()) {
    if (level.depth > limit) return level.token.offset;
    for (const token of inside(level.token)) left.push({ token, depth: level.depth + 1 });
  }
  return undefined;
}

function inside(token: CST.Token): CST.Token[] {
  if (token.type === "document") return token.value === undefined ? [] : [token.value];
  if (!CST.isCollection(token)) return [];
  return token.items.flatMap((item) => [item.key, item.value].filter((one) => one != null));
}
