import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../../src/cli/program.ts";
import { device, openApi, type Api } from "./api-fixture.ts";

const CANARY = "canary-Gh7!zq-4471";

let api: Api;
const cwd = mkdtempSync(join(tmpdir(), "plumb-cli-"));
beforeAll(async () => {
  api = await openApi();
});
afterAll(async () => {
  await api.close();
  rmSync(cwd, { recursive: true, force: true });
});

/** The command line against the real API and store; only the socket is left out. */
async function plumb(...argv: string[]) {
  let out = "";
  let err = "";
  const code = await runCli(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: { PLUMB_TOKEN: api.tokens.operator, PLUMB_DATA_DIR: cwd },
    isTTY: false,
    cwd,
    serverCommands: {},
    fetch: async (input, init) => await api.app.request(input, init),
  });
  return { code, out, err };
}

function write(name: string, documents: readonly object[]): string {
  writeFileSync(join(cwd, name), documents.map((each) => JSON.stringify(each)).join("\n---\n"));
  return name;
}

describe("the command line against the real API", () => {
  it("applies, lists, describes, holds, and never shows a secret", async () => {
    const file = write("devices.yaml", [device("B1", { site: "cpt" }), device("B2")]);
    const dry = await plumb("apply", "-f", file, "--dry-run");
    expect([dry.code, dry.out]).toEqual([
      2,
      expect.stringContaining("Device/0019E0-WIXB-B1  created"),
    ]);
    expect((await plumb("apply", "-f", file)).code).toBe(0);
    const again = await plumb("apply", "-f", file, "--dry-run");
    expect([again.code, again.out]).toEqual([0, "2 records unchanged\n"]);

    const put = JSON.stringify({ credentials: { username: "b1@isp.example", password: CANARY } });
    expect((await plumb("api", "PUT", "/v1/devices/B1/desired", "-d", put)).code).toBe(0);
    const listed = await plumb("get", "devices", "-l", "site=cpt,state=queued");
    expect([listed.code, listed.out]).toEqual([0, expect.stringContaining("… queued")]);
    const described = await plumb("describe", "device", "B1");
    expect(described.out).toMatch(
      /b1@isp\.example; password set · fp [0-9a-f]{4} · changed \d+ s ago/,
    );
    expect(described.out).toContain("DesiredChanged");
    expect(listed.out + described.out).not.toContain(CANARY);

    expect((await plumb("hold", "B1", "--reason", "on site", "--until", "2h")).code).toBe(0);
    expect((await plumb("describe", "device/B1")).out).toMatch(
      /Held +by operator until .+: on site/,
    );
    const refused = await plumb("reconcile", "B1");
    expect([refused.code, refused.err]).toEqual([6, expect.stringContaining("held by operator")]);
    expect((await plumb("release", "B1", "--reason", "done")).code).toBe(0);
    expect((await plumb("reconcile", "B1")).code).toBe(0);
  });

  it("stops, shows the stop, and resumes by number", async () => {
    expect((await plumb("stop", "--reason", "wrong list")).code).toBe(0);
    expect((await plumb("get", "fleet")).out).toContain("STOP in force");
    const asked = await plumb("resume");
    const number = /--expect (\d+)/.exec(asked.err)?.[1] ?? "";
    expect([asked.code, number]).toEqual([6, expect.stringMatching(/^\d+$/)]);
    expect((await plumb("resume", "--expect", number)).code).toBe(0);
    expect((await plumb("get", "fleet")).out).not.toContain("STOP");
  });

  it("exits by the kind of failure", async () => {
    expect((await plumb("get", "device", "nobody")).code).toBe(5);
    expect((await plumb("get", "devices", "-l", "state=convergd")).code).toBe(64);
    expect((await plumb("api", "POST", "/v1/fleet")).code).toBe(64);
    expect((await plumb("get", "acs")).out).toContain("main");
    expect((await plumb("map", "prove", "B1")).code).toBe(6);
  });
});

describe("plumb webhooks", () => {
  it("adds, shows, tests, redelivers, rotates and deletes one, and shows its secret once each time", async () => {
    const made = await plumb(
      "webhooks",
      "add",
      "https://billing.example/hook",
      "--type",
      "desired.*",
    );
    expect([made.code, made.out]).toEqual([0, expect.stringMatching(/^whsec_\S+\n$/)]);
    const id = (await plumb("webhooks", "list", "-o", "name")).out.trim();
    expect(id).toMatch(/^wh_/);
    expect((await plumb("webhooks", "test", id)).code).toBe(0);
    const deliveries = await plumb("webhooks", "deliveries", id);
    expect(deliveries.out).toMatch(/webhook\.test +waiting +0 +never/);
    const number = (await plumb("webhooks", "deliveries", id, "-o", "name")).out.trim();
    expect((await plumb("webhooks", "redeliver", id, number)).code).toBe(0);
    expect((await plumb("webhooks", "redeliver", id, "--failed")).err).toContain("0 deliveries");
    const rotated = await plumb("webhooks", "rotate-secret", id, "--overlap", "2d");
    expect(rotated.out).toMatch(/^whsec_\S+\n$/);
    expect(rotated.out).not.toBe(made.out);
    const shown = await plumb("webhooks", "show", id);
    expect(shown.out).toMatch(/Signed: +version 2, version 1 until/);
    expect(shown.out).not.toContain("whsec_");
    expect((await plumb("webhooks", "enable", id)).code).toBe(0);
    expect((await plumb("webhooks", "delete", id)).code).toBe(0);
    const gone = await plumb("webhooks", "show", id);
    expect([gone.code, gone.err]).toEqual([5, expect.stringContaining("plumb webhooks list")]);
  });
});

describe("plumb import", () => {
  it("rehearses, writes what is right, and shows the rest with its place and no secret", async () => {
    const file = write("more.yaml", [device("M1"), device("M2")]);
    expect((await plumb("apply", "-f", file)).code).toBe(0);
    const table = `device,credentials.username,credentials.password\nM1,m1@isp.example,${CANARY}\nM9,m9@isp.example,${CANARY}\n`;
    writeFileSync(join(cwd, "november.csv"), table);
    const dry = await plumb("import", "november.csv", "--dry-run");
    expect([dry.code, dry.out]).toEqual([
      2,
      "2 lines · 1 new · 0 changed · 0 unchanged · 1 refused\n",
    ]);
    expect(dry.err).toMatch(/^november\.csv:3:1 +no device has this id/);
    const unasked = await plumb("import", "november.csv");
    expect([unasked.code, unasked.err]).toEqual([6, expect.stringContaining("--expect 1")]);
    const done = await plumb("import", "november.csv", "--expect", "1", "-o", "name");
    expect([done.code, done.out]).toEqual([6, "0019E0-WIXB-M1\n"]);
    for (const { out, err } of [dry, unasked, done]) expect(out + err).not.toContain(CANARY);

    writeFileSync(
      join(cwd, "lines"),
      `{"device": "M1", "credentials": {"username": "m1@isp.example"}}`,
    );
    expect((await plumb("import", "lines")).code).toBe(64);
    const same = await plumb("import", "lines", "--format", "ndjson");
    expect([same.code, same.out]).toEqual([
      0,
      "1 line · 0 new · 0 changed · 1 unchanged · 0 refused\n",
    ]);
  });
});
