import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run, tempFolder } from "./world.ts";

describe("apply", () => {
  const good = `apiVersion: plumbline/v1
kind: FrequencyPlan
metadata: { name: w25 }
spec: { channelsKhz: [2505000], bandwidthKhz: 10000 }
`;
  const bad = `apiVersion: plumbline/v1
kind: FrequencyPlan
metadata: { name: w25 }
spec:
  chanelsKhz: [2505000]
  bandwidthKhz: 500000000
`;
  const file = (text: string, name = "plan.yaml"): { readonly cwd: string } => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, name), text);
    return { cwd };
  };
  const applied = (touched: number, dryRun: boolean) => ({
    body: {
      created: ["FrequencyPlan/w25"],
      changed: [],
      unchanged: [],
      touched,
      dryRun,
      warnings: [],
    },
  });

  it("shows each mistake with file, line, column and path, and sends nothing", async () => {
    const { code, err, out, calls } = await run(["apply", "-f", "plan.yaml"], { io: file(bad) });
    expect(code).toBe(64);
    expect(err).toMatch(/^plan\.yaml:5:3 +spec\.chanelsKhz +.*Did you mean "channelsKhz"\?$/m);
    expect(err).toMatch(/^plan\.yaml:6:17 +spec\.bandwidthKhz +.+$/m);
    expect(err).toContain("nothing sent");
    expect([out, calls]).toEqual(["", []]);
  });

  it("finds the same record in two files", async () => {
    const { cwd } = file(good, "a.yaml");
    writeFileSync(join(cwd, "b.yml"), good);
    const { code, err } = await run(["apply", "-f", "."], { io: { cwd } });
    expect([code, err.includes("stands here twice")]).toEqual([64, true]);
  });

  it("exits 2 when a dry run would change something", async () => {
    const answers = { "POST /v1/manifests?dryRun=true": applied(3, true) };
    const { code, err, calls } = await run(["apply", "-f", "plan.yaml", "--dry-run"], {
      answers,
      io: file(good),
    });
    expect([code, calls.length]).toEqual([2, 1]);
    expect(err).toContain("3 devices would be touched");
  });

  it("reads stdin, and applies a small change without a question", async () => {
    const answers = {
      "POST /v1/manifests?dryRun=true": applied(3, true),
      "POST /v1/manifests": applied(3, false),
    };
    const io = { readStdin: () => Promise.resolve(good) };
    const { code, out, err, calls } = await run(["apply", "-f", "-"], { answers, io });
    expect([code, out]).toEqual([0, "FrequencyPlan/w25  created\n"]);
    expect(err).toContain("3 devices queued");
    expect(calls[1]?.body).toMatchObject({ documents: [{ kind: "FrequencyPlan" }] });
  });

  it("wants the number for a wide change, and does not ask a pipe for it", async () => {
    const answers = {
      "POST /v1/manifests?dryRun=true": applied(120, true),
      "POST /v1/manifests?expect=120": applied(120, false),
    };
    const io = file(good);
    for (const flags of [[], ["--yes"]]) {
      const { code, err, calls } = await run(["apply", "-f", "plan.yaml", ...flags], {
        answers,
        io,
      });
      expect([code, calls.length]).toEqual([6, 1]);
      expect(err).toContain("--expect 120");
    }
    const typed = (answer: string) => ({ ...io, isTTY: true, ask: () => Promise.resolve(answer) });
    expect((await run(["apply", "-f", "plan.yaml"], { answers, io: typed("120") })).code).toBe(0);
    expect((await run(["apply", "-f", "plan.yaml"], { answers, io: typed("yes") })).code).toBe(6);
  });

  it("says which file is not there", async () => {
    const { code, err } = await run(["apply", "-f", "nowhere.yaml"], { io: { cwd: tempFolder() } });
    expect([code, err.includes("nowhere.yaml")]).toEqual([64, true]);
  });
});
