#!/usr/bin/env node
/** The executable: a command line in, an exit code out. The server is loaded only by the commands that start it. */
import { runCli } from "./cli/program.ts";

const server =
  (name: string) =>
  async (args: string[]): Promise<number> =>
    await (await import("./app/commands.ts")).runServerCommand(name, args);

// `plumb get devices | head` closes our output early; that is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  isTTY: process.stdout.isTTY,
  serverCommands: {
    serve: server("serve"),
    demo: server("demo"),
    simulate: server("simulate"),
    migrate: server("migrate"),
    keys: server("keys"),
  },
});
// Whatever a library left open (an idle connection, a timer) must not keep a finished command alive.
process.stdout.write("", () => process.exit());
