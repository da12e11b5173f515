/** `plumb map`: proving on the server, and the tools that need none. */
import type { Command } from "commander";
import type { Session } from "../io.ts";
import { registerCoverage } from "./coverage.ts";
import { registerDiff } from "./diff.ts";
import { registerExplain } from "./explain.ts";
import { registerLaws } from "./laws.ts";
import { registerLearn } from "./learn.ts";
import { registerLint } from "./lint.ts";
import { registerTest } from "./test-map.ts";

export function registerMap(
  program: Command,
  session: () => Session,
  exit: (code: number) => void,
): Command {
  const map = program
    .command("map")
    .summary("parameter maps: check, try, compare, learn, prove")
    .description(
      "Parameter maps. All but prove work on files alone and ask no server.\n" +
        "Without -f they take the maps and trees that ship.",
    )
    .addHelpText(
      "before",
      "Examples:\n  plumb map test --tree cpe.csv\n  plumb map explain wan.ppp.credential\n",
    );
  registerTest(map, session, exit);
  registerLint(map, session, exit);
  registerLaws(map, session, exit);
  registerCoverage(map, session);
  registerDiff(map, session, exit);
  registerExplain(map, session);
  registerLearn(map, session);
  return map;
}
