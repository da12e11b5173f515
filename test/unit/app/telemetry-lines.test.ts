import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DescriptorSink } from "../../../src/app/telemetry-lines.ts";

it("lines come out whole, in order, and flush waits for the last", async () => {
  const folder = mkdtempSync(join(tmpdir(), "plumb-lines-"));
  const file = join(folder, "log");
  const descriptor = openSync(file, "w");
  const sink = new DescriptorSink(descriptor);
  const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index} é`);
  for (const line of lines) sink.write(line);
  await sink.flush();
  expect(readFileSync(file, "utf8")).toBe(`${lines.join("\n")}\n`);
  sink.write("late");
  sink.drain();
  await sink.flush();
  expect(readFileSync(file, "utf8").split("late")).toHaveLength(2);
  closeSync(descriptor);
  rmSync(folder, { recursive: true });
});

it("a descriptor that is gone drops lines and harms nobody", async () => {
  const sink = new DescriptorSink(999);
  sink.write("a");
  await sink.flush();
  sink.write("b");
  expect(sink.dropped).toBe(1);
  sink.drain();
});

it("a pipe that nobody reads does not stop the program", async () => {
  const url = new URL("../../../src/app/telemetry-lines.ts", import.meta.url).href;
  const code = `
    import { DescriptorSink } from ${JSON.stringify(url)};
    const sink = new DescriptorSink(2);
    const line = "x".repeat(1_000);
    for (let index = 0; index < 20_000; index += 1) sink.write(line);
    process.stdout.write(String(sink.dropped > 10_000));
    process.kill(process.pid, "SIGKILL");
  `;
  const args = ["--import", "tsx", "--input-type=module", "--eval", code];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  // `child.stderr` is never read: the pipe is full after 64 KiB.
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  await new Promise((resolve) => child.on("close", resolve).stderr.pause());
  expect(out).toBe("true");
}, 30_000);
