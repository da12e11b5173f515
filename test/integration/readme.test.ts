/**
 * The README files as a stranger follows them: the shell blocks of README.md run as they are printed, one after another,
 * against a small demo; every link leads somewhere; every command and flag is one that `plumb --help` knows.
 *
 * A comment before a block says how it ends: `<!-- run: exit 2, says TEXT -->`, `<!-- run: until TEXT -->` for what runs
 * until somebody ends it, `<!-- run: skip, REASON -->`. Without one it ends with 0.
 */
import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../src/cli/program.ts";
import { dataFolder, removeDataFolders, type DataFolder } from "../support/data-folder.ts";
import { databaseUrl } from "../support/database-url.ts";
import { shellBlocks as blocksOf, type ShellBlock as Block } from "../support/shell-blocks.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import {
  eventually,
  killPlumbs,
  processesWith,
  startPlumb,
  type Plumb,
} from "../support/plumb-process.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const COUNT = 50;
/** Longer than any command of the README takes on a busy machine. */
const BLOCK_MS = 30_000;

const README = readFileSync(join(ROOT, "README.md"), "utf8");
const BLOCKS = blocksOf(README);

/** Our promise is Node and nothing else, so a machine without curl passes too. */
function hasCurl(): boolean {
  return spawnSync("curl", ["--version"]).status === 0;
}

/** The README files of the project, as paths from its root. */
function readmes(folder = ROOT): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name === "README.md") return [relative(ROOT, path)];
    const skipped = /^(\..*|node_modules|dist|coverage)$/.test(entry.name);
    return entry.isDirectory() && !skipped ? readmes(path) : [];
  });
}

describe("the shell blocks of README.md, in order, on a small demo", () => {
  let clone: DataFolder;
  let home: DataFolder;
  let database: TestDatabase;
  let demo: Plumb;
  let url: string;

  beforeAll(async () => {
    clone = await dataFolder(join("clone", ".plumbline"));
    home = await dataFolder(join("home", "plumbline"));
    database = await testDatabase({ empty: true });
    const bin = join(clone.base, "bin");
    mkdirSync(bin);
    mkdirSync(join(home.base, "home"), { recursive: true });
    symlinkSync(join(ROOT, "manifests"), join(clone.base, "clone", "manifests"));
    writeFileSync(join(home.base, "home", "friendly-password"), "never-sent\n", { mode: 0o600 });
    // From the sources, as every test: what was built last may be older.
    const tsx = fileURLToPath(import.meta.resolve("tsx"));
    const plumb = `'${process.execPath}' --import '${tsx}' '${join(ROOT, "src", "main.ts")}'`;
    const shim = `#!/bin/sh\n[ "$1" = plumb ] || exit 99\nshift\nexec ${plumb} "$@"\n`;
    writeFileSync(join(bin, "npx"), shim, { mode: 0o755 });
    demo = startPlumb(["demo", "--count", String(COUNT), "--latency", "2"], {
      PLUMB_DATA_DIR: clone.dataDir,
    });
    url = await demo.url();
    await demo.says(/Every reachable CPE is converged/);
  });

  afterAll(async () => {
    try {
      await demo.stop();
      await database.close();
      for (const { base } of [clone, home]) {
        await eventually(`nothing runs in ${base} any more`, async () => {
          return (await processesWith(base)).size === 0;
        });
      }
    } finally {
      await killPlumbs();
      await removeDataFolders();
    }
  });

  /** What differs from machine to machine: the port, the size of the fleet, the address of the database. */
  function here(text: string): string {
    return text
      .replaceAll("http://127.0.0.1:8080", url)
      .replaceAll("--expect 2000", `--expect ${COUNT}`)
      .replaceAll(/postgresql:\/\/\S+example\S+/g, `'${databaseUrl(database)}'`);
  }

  async function run(
    block: Block,
  ): Promise<{ readonly code: number | null; readonly out: string }> {
    const { PATH = "/usr/bin:/bin" } = process.env;
    const child = spawn("sh", ["-eu", "-c", here(block.text)], {
      cwd: join(clone.base, "clone"),
      env: {
        PATH: `${join(clone.base, "bin")}:${PATH}`,
        HOME: join(home.base, "home"),
        PORT: "0",
        PLUMB_URL: url,
      },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    let told = false;
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const end = (signal: NodeJS.Signals): void => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, signal);
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        out += chunk.toString("utf8");
        if (block.how !== "until" || told || !out.includes(block.says)) return;
        told = true; // once: a second signal would end it with its database still running
        end("SIGTERM");
      });
    }
    const late = setTimeout(() => {
      out += "\n(killed: it took too long)";
      end("SIGKILL");
    }, BLOCK_MS);
    const code = await ended;
    clearTimeout(late);
    return { code, out };
  }

  it.for(BLOCKS.filter(({ how }) => how !== "skip"))(
    "line $line runs as it is printed",
    { timeout: 2 * BLOCK_MS },
    async (block, { skip }) => {
      if (block.text.includes("curl ") && !hasCurl()) skip("there is no curl on this machine");
      const { code, out } = await run(block);
      if (block.how === "exit") expect(code, out).toBe(block.exit);
      expect(out).toContain(block.says);
      expect(out).not.toContain("never-sent");
    },
  );

  it("skips only what installs, and says why", () => {
    const skipped = BLOCKS.filter(({ how }) => how === "skip");
    expect(skipped.map(({ text }) => text.trim())).toEqual([
      "npm ci && npm start",
      "npm ci && npm test",
    ]);
    for (const { says } of skipped) expect(says).not.toBe("");
    expect(BLOCKS.length).toBeGreaterThan(8);
  });
});

describe.for(readmes())("%s", (file) => {
  const text = readFileSync(join(ROOT, file), "utf8");
  const prose = text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");

  /** As GitHub makes them from headings. */
  function anchorsOf(path: string): string[] {
    const headings = readFileSync(path, "utf8").matchAll(/^#+ (.+)$/gm);
    return [...headings].map(([, words = ""]) =>
      words
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    );
  }

  it("has links that lead somewhere", () => {
    for (const [, target = ""] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path = "", anchor] = target.split("#");
      const found = path === "" ? join(ROOT, file) : join(ROOT, dirname(file), path);
      expect(existsSync(found), target).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(found), target).toContain(anchor);
    }
  });

  it("names files that exist", () => {
    const names = prose.matchAll(/`((?:[\w.-]+\/)+[\w-]+\.(?:ts|yaml|sql|json|tsv|wsdl|md))`/g);
    for (const [, name = ""] of names) {
      if (/NAME|NNNN/.test(name)) continue; // a pattern
      const places = [ROOT, join(ROOT, dirname(file)), join(ROOT, "src"), join(ROOT, "test")];
      expect(
        places.some((place) => existsSync(join(place, name))),
        name,
      ).toBe(true);
    }
  });

  it("names commands and flags that plumb knows", async () => {
    const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
    const lines = [...spans, ...blocksOf(text).flatMap((block) => block.text.split("\n"))];
    const calls = lines.flatMap((line) => /(?:^|[ (])plumb ([a-z].*)$/.exec(line)?.[1] ?? []);
    const tree = await help([]);
    for (const call of calls) {
      const [name = "", ...rest] = call.split(/\s+/);
      expect(tree, call).toMatch(new RegExp(`^  ${name}\\b`, "m"));
      // A command of a group has help of its own; the group's help lists it.
      const [second = ""] = rest;
      const isVerb = /^[a-z]+$/.test(second) && (await verbsOf(name)).has(second);
      const verb = isVerb ? [second] : [];
      const known = `${tree}\n${await help([name, ...verb])}`;
      for (const flag of call.match(/(?<= )--?[a-z][a-z-]*/g) ?? []) {
        expect(known, `${flag} in: ${call}`).toMatch(new RegExp(`${flag}\\b`));
      }
    }
  });
});

async function verbsOf(name: string): Promise<ReadonlySet<string>> {
  const [, listed = ""] = (await help([name])).split(/^Commands:$/m);
  return new Set([...listed.matchAll(/^ {2}([a-z]+)\b/gm)].map(([, verb = ""]) => verb));
}

async function help(command: readonly string[]): Promise<string> {
  let out = "";
  const stream = {
    write: (chunk: string) => {
      out += chunk;
      return true;
    },
  };
  const io = { stdout: stream, stderr: stream, env: {}, isTTY: false, serverCommands: {} };
  await runCli([...command, "--help"], io);
  return out;
}

it("src/README.md names for each invariant tests that name it", () => {
  const text = readFileSync(join(ROOT, "src", "README.md"), "utf8");
  const rows = [...text.matchAll(/^\| (I\d+) .*$/gm)];
  expect(rows.length).toBeGreaterThan(10);
  for (const [row, name = ""] of rows) {
    const files = [...row.matchAll(/`([\w/.-]+\.test\.ts)`/g)].map(([, file = ""]) => file);
    expect(files.length + Number(row.includes("none yet")), row).toBeGreaterThan(0);
    const named = new RegExp(String.raw`\([^)]*\b${name}\b[^)]*\)`);
    for (const file of files) {
      expect(named.test(readFileSync(join(ROOT, "test", file), "utf8")), `${file} ${name}`).toBe(
        true,
      );
    }
  }
});
