/** The page about the inventory: its files and commands as they are printed, one after another, through the command line. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { runCli } from "../../../src/cli/program.ts";
import { INVENTORY } from "../../../src/fraud/inventory/kinds.ts";
import { INVENTORY_KIND_NAMES } from "../../../src/model/inventory.ts";
import { openApi, type Api } from "./api-fixture.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../../src/fraud/inventory.md"), "utf8");
/** `sh`, `sh exit 2`, or `csv NAME` and `ndjson NAME` for a file. */
const BLOCKS = [...PAGE.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map(
  ([, form = "", more = "", text = ""]) => ({ form, more, text }),
);

let api: Api;
let token: string;
const cwd = mkdtempSync(join(tmpdir(), "plumb-inventory-"));
beforeAll(async () => {
  api = await openApi();
  token = await api.token("network", "inventory:write");
});
afterAll(async () => {
  rmSync(cwd, { recursive: true });
  await api.close();
});

/** Words of a line as a shell has them, with double quotes only. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

async function plumb(line: string): Promise<{ readonly code: number; readonly said: string }> {
  let said = "";
  const stream = { write: (text: string) => (said += text) };
  const [name, ...argv] = wordsOf(line);
  expect(name).toBe("plumb");
  const code = await runCli(argv, {
    ...{ stdout: stream, stderr: stream, cwd, isTTY: false, serverCommands: {} },
    env: { PLUMB_TOKEN: token, PLUMB_DATA_DIR: cwd },
    fetch: (input, init) => Promise.resolve(api.app.request(input as string, init)),
  });
  return { code, said };
}

it("runs from top to bottom as it is printed", async () => {
  expect(BLOCKS.filter(({ form }) => form === "sh").length).toBeGreaterThan(3);
  for (const { form, more, text } of BLOCKS) {
    if (form !== "sh") {
      writeFileSync(join(cwd, more), text);
      continue;
    }
    for (const line of text.trim().split("\n")) {
      const { code, said } = await plumb(line);
      expect(`exit ${code}`, `${line}: ${said}`).toBe(more === "" ? "exit 0" : more);
    }
  }
});

describe.for([...INVENTORY_KIND_NAMES])("the row of %s", (kind) => {
  it("names each member, and which may be left out", () => {
    const row = PAGE.split("\n").find((line) => line.startsWith(`| \`${kind}\``)) ?? "";
    const cell = row.replaceAll("\\|", "/").split("|")[3] ?? "";
    const schema = z.toJSONSchema(INVENTORY[kind].schema, { io: "input", unrepresentable: "any" });
    const { properties = {}, required = [] } = schema;
    const members = Object.keys(properties).map((name) =>
      required.includes(name) ? name : `${name}?`,
    );
    expect(cell.match(/[\w?]+/g)).toEqual(members);
  });
});
