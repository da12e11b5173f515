/**
 * `npm run bench [-- --json] [part of a name...]`: prints figures beside a yardstick measured in the same run. Nothing here
 * fails a build: a figure past its target is marked, and people decide. The machine is described on stderr, as a figure
 * without it says little.
 */
import { availableParallelism, cpus, loadavg } from "node:os";
import type { Figure } from "./figure.ts";

const BENCHES: Readonly<Record<string, () => Promise<{ run: () => Promise<readonly Figure[]> }>>> =
  {
    adapter: () => import("./adapter.bench.ts"),
    genieacs: () => import("./genieacs.bench.ts"),
    mapping: () => import("./mapping.bench.ts"),
    gate: () => import("./gate.bench.ts"),
    store: () => import("./store.bench.ts"),
    api: () => import("./api.bench.ts"),
    import: () => import("./import.bench.ts"),
    radius: () => import("./radius.bench.ts"),
  };

const json = process.argv.includes("--json");
const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));
const chosen = Object.entries(BENCHES).filter(
  ([name]) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
);

const load = (): string => `load ${loadavg()[0]?.toFixed(1) ?? "?"}`;

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

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

say(
  `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? "?"}), node ${process.version}, ` +
    `${process.platform}/${process.arch}, ${load()}`,
);
if (chosen.length === 0)
  say(`no bench has that name; there are: ${Object.keys(BENCHES).join(", ")}`);
let broken = chosen.length === 0;
for (const [name, loadBench] of chosen) {
  const begun = performance.now();
  try {
    const { run } = await loadBench();
    for (const figure of await run()) print(figure);
    say(`${name} took ${((performance.now() - begun) / 1_000).toFixed(0)} s, ${load()}`);
  } catch (error) {
    broken = true;
    say(
      `${name} broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
}
process.exit(broken ? 1 : 0);
