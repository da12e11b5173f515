/**
 * `npm run bench [-- --json] [part of a name]`: prints figures beside a yardstick measured in the same run. Nothing here
 * fails a build: a figure past its target is marked, and people decide.
 */
import type { Figure } from "./figure.ts";

const BENCHES: Readonly<Record<string, () => Promise<{ run: () => Promise<readonly Figure[]> }>>> =
  {
    adapter: () => import("./adapter.bench.ts"),
    mapping: () => import("./mapping.bench.ts"),
    gate: () => import("./gate.bench.ts"),
    store: () => import("./store.bench.ts"),
    api: () => import("./api.bench.ts"),
  };

const json = process.argv.includes("--json");
const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));

function print({ name, value, unit, target, comparedWith, ok }: Figure): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ name, value, unit, target, comparedWith, ok })}\n`);
    return;
  }
  const goal = target === null ? "" : ` (target ${target} ${unit}${ok ? "" : ", MISSED"})`;
  process.stdout.write(
    `${name.padEnd(44)} ${String(value).padStart(10)} ${unit}${goal}   ${comparedWith}\n`,
  );
}

for (const [name, load] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
  const { run } = await load();
  for (const figure of await run()) print(figure);
}
process.exit(0);
