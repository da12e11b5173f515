import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const DEPCRUISE = resolve("node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
const RULES = resolve("test/architecture/boundaries.cjs");

function cruise(cwd: string): { readonly exit: number | null; readonly said: string } {
  const run = spawnSync(
    process.execPath,
    [DEPCRUISE, "--config", RULES, "--output-type", "err", "src"],
    { cwd, encoding: "utf8", timeout: 60_000, env: { ...process.env, NO_COLOR: "1" } },
  );
  return { exit: run.status, said: `${run.stdout}${run.stderr}` };
}

describe("imports go downwards only", () => {
  it("in all of src: the configured command ends with 0", { timeout: 60_000 }, () => {
    const { exit, said } = cruise(".");
    expect(exit, said).toBe(0);
  });
});

/** Each is wrong on purpose; the rule is the one that is meant for it. */
const WRONG = [
  { rule: "layer-lib", file: "lib/low.ts", imports: "../model/some.ts" },
  { rule: "layer-model", file: "model/typed.ts", imports: "../mapping/map.ts", typeOnly: true },
  { rule: "layer-controller", file: "controller/reaches.ts", imports: "../acs/index.ts" },
  { rule: "layer-http", file: "http/table.ts", imports: "../store/tables.ts" },
  {
    rule: "adapters-are-strangers",
    file: "acs/genieacs/client.ts",
    imports: "../friendly/client.ts",
  },
  { rule: "pure-no-io", file: "reconcile/reads.ts", imports: "node:fs" },
  { rule: "pure-no-io", file: "acs/friendly/translate.ts", imports: "node:http" },
  { rule: "unplaced", file: "utils/all.ts", imports: "../lib/fine.ts" },
  { rule: "main-is-thin", file: "main.ts", imports: "./store/tables.ts" },
  { rule: "no-cycles", file: "mapping/a.ts", imports: "./b.ts" },
  { rule: "resolvable", file: "fleet/lost.ts", imports: "./nowhere.ts" },
  { rule: "owner-yaml", file: "service/reads-yaml.ts", imports: "yaml" },
] as const;
/** The other half of the cycle; it is reported once, where it is entered. */
const BACK = { file: "mapping/b.ts", imports: "./a.ts" };
const FINE = [
  "model/some.ts",
  "mapping/map.ts",
  "acs/index.ts",
  "acs/friendly/client.ts",
  "store/tables.ts",
  "lib/fine.ts",
];

describe("the rules catch what they are meant for", () => {
  let folder: string;
  let said: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "plumb-boundaries-"));
    const put = (file: string, text: string): void => {
      const path = join(folder, "src", file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    };
    writeFileSync(join(folder, "tsconfig.json"), readFileSync("tsconfig.json"));
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"), "dir");
    for (const file of FINE) put(file, "export const fine = 1;\n");
    for (const { file, imports, ...rest } of [...WRONG, BACK]) {
      const typeOnly = "typeOnly" in rest ? "type " : "";
      put(file, `import ${typeOnly}* as it from "${imports}";\nexport const uses: unknown = it;\n`);
    }
    const run = cruise(folder);
    expect(run.exit).not.toBe(0);
    said = run.said;
  }, 60_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.for(WRONG)("$rule: $file must not import $imports", ({ rule, file }) => {
    const lines = said.split("\n").filter((line) => line.includes(`${rule}:`));
    expect(
      lines.some((line) => line.includes(`src/${file}`)),
      said,
    ).toBe(true);
  });

  it("and nothing else", () => {
    for (const file of FINE) expect(said).not.toMatch(new RegExp(`: src/${file} →`));
  });
});

describe("a file of src", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => ({ file, lines: readFileSync(`src/${file}`, "utf8").split("\n").length - 1 }));

  it("has at most 300 lines: growth means a new file, not a longer one", () => {
    expect(files.filter(({ lines }) => lines > 300)).toEqual([]);
  });

  it("is named for what it holds", () => {
    const drawers = /(^|\/)(utils?|helpers?|common|misc|types|manager|handler)\.tsx?$/;
    expect(files.map(({ file }) => file).filter((file) => drawers.test(file))).toEqual([]);
    const shape = /^([a-z0-9-]+\/)*[a-z0-9]+(-[a-z0-9]+)*\.tsx?$/;
    expect(files.map(({ file }) => file).filter((file) => !shape.test(file))).toEqual([]);
  });
});
