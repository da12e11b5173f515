import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fits } from "../../../../src/store/embedded/home.ts";
import { isServerOf, parsePidFile, takeOver } from "../../../../src/store/embedded/pid-file.ts";

const READY = "4711\n/data\n1795392000\n5432\n/run\n\n  1234  5678\nready   \n";

describe("reading postmaster.pid", () => {
  const cases = [
    {
      name: "a running server",
      text: READY,
      want: { pid: 4711, startedAtS: 1795392000, status: "ready" },
    },
    {
      name: "a server that has only begun to write it",
      text: "4711\n/data\n1795392000\n",
      want: { pid: 4711, startedAtS: 1795392000, status: "" },
    },
    { name: "an empty file", text: "", want: undefined },
    { name: "no number", text: "postmaster\n", want: undefined },
    { name: "a server in single user mode", text: "-4711\n/data\n", want: undefined },
  ];
  it.for(cases)("$name", ({ text, want }) => {
    expect(parsePidFile(text)).toEqual(want);
  });
});

describe("taking a lock file over", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "plumbline-pid-"));
    file = join(folder, "postmaster.pid");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("changes only the pid, since the memory key behind it is still needed", async () => {
    await writeFile(file, READY.replace("4711", String(process.ppid)));
    expect(await takeOver(file, folder)).toBe(process.ppid);
    expect(await readFile(file, "utf8")).toBe(READY.replace("4711", String(process.pid)));
    expect(await takeOver(file, folder)).toBeUndefined();
  });

  it("leaves the file of a server that runs", async () => {
    const server = spawn("sh", [
      "-c",
      "sleep 30; true",
      "postgres",
      "-D",
      folder,
      "-c",
      "fsync=on",
    ]);
    const pid = server.pid ?? 0;
    await expect.poll(() => isServerOf(pid, folder)).toBe(true);
    expect(await isServerOf(pid, `${folder}/other`)).toBe(false);
    await writeFile(file, READY.replace("4711", String(pid)));
    expect(await takeOver(file, folder)).toBeUndefined();
    server.kill("SIGKILL");
  });

  it("leaves a dead pid to PostgreSQL, and does nothing where there is no file", async () => {
    expect(await takeOver(file, folder)).toBeUndefined();
    await writeFile(file, READY.replace("4711", "4194304"));
    expect(await takeOver(file, folder)).toBeUndefined();
  });
});

describe("a socket's path", () => {
  it.for([
    { bytes: 100, want: true },
    { bytes: 101, want: false },
  ])("of $bytes bytes fits: $want", ({ bytes, want }) => {
    expect(fits(`/${"f".repeat(bytes - 1 - "/.s.PGSQL.5432".length)}`)).toBe(want);
  });
  it("is measured in bytes, not in letters", () => {
    expect(fits(`/${"ü".repeat(60)}`)).toBe(false);
  });
});
