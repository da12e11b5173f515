/** `plumb acs`: what an ACS can do, how it stands, what was called, and how many calls at once it bears. */
import type { Command } from "commander";
import type { Session } from "../io.ts";
import { registerCalls } from "./calls.ts";
import { registerProbe } from "./probe.ts";
import { registerStatus } from "./status.ts";

export function registerAcs(
  program: Command,
  session: () => Session,
  exit: (code: number) => void,
): void {
  const acs = program
    .command("acs")
    .summary("an ACS: what it can do, its calls, its limits")
    .description("An ACS: what it can do, how it stands, what was called, how many calls it bears.")
    .addHelpText("before", "Examples:\n  plumb acs status\n  plumb acs probe main\n");
  registerStatus(acs, session);
  registerCalls(acs, session);
  registerProbe(acs, session, exit);
}
