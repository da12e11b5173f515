/** `plumb acs probe`: measures with reads how many calls at once an ACS answers rightly. It raises nothing by itself. */
import type { Command } from "commander";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../../lib/errors.ts";
import type { ApiProbe } from "../../model/api-acs.ts";
import type { ProbeLevel } from "../../model/probe.ts";
import { printJson, type Session } from "../io.ts";
import { clean, table } from "../text.ts";
import { acsNamed } from "./name.ts";

interface ProbeOptions {
  readonly device: readonly string[];
  readonly sample: string;
  readonly upTo: string;
}

const EVERY_MS = 500;
/** The answer is yes, and what was measured is no: as `diff` says that there is a difference. */
const WRONG_ANSWERS = 2;

export function registerProbe(
  acs: Command,
  session: () => Session,
  exit: (code: number) => void,
): void {
  acs
    .command("probe")
    .summary("how many calls at once it answers rightly")
    .description(
      "Measures with reads of serial numbers how many calls at once an ACS answers rightly: one, two, and so on, until\n" +
        "the first wrong answer. It changes nothing, not even the limit: that is `concurrency` of the Acs record.\n" +
        "Other work waits while a level is measured, urgent work for at most the calls in flight.\n" +
        "Exit 0 when all levels went well, 2 when wrong or missing answers ended it.",
    )
    .argument("[acs]", "its name; not needed where there is only one")
    .option(
      "--device <device>",
      "measure with this device; repeat it (else: some that were reached of late)",
      (one: string, others: readonly string[]) => [...others, one],
      [],
    )
    .option("--sample <n>", "reads at each level", "20")
    .option("--up-to <n>", "the most calls at once", "4")
    .addHelpText(
      "before",
      "Examples:\n  plumb acs probe\n  plumb acs probe main --up-to 8 --sample 50\n",
    )
    .action(async (name: string | undefined, options: ProbeOptions) => {
      const to = session();
      const acsName = await acsNamed(name, to);
      const body = {
        devices: options.device,
        sample: wholeNumber(options.sample, "--sample"),
        upTo: wholeNumber(options.upTo, "--up-to"),
      };
      const done = await wait(acsName, await to.client.probe(acsName, body), to);
      if (done.result === null) {
        const next = `plumb acs status ${acsName}`;
        const message = `nobody served the request: no controller holds ${acsName}, or it is stopped`;
        throw new AppError("not_found", message, { details: { next } });
      }
      if (to.format === "json") printJson(to, done);
      else to.print(probeText(done));
      const { levels, recommended } = done.result;
      if (recommended < levels.length || levels.length === 0) exit(WRONG_ANSWERS);
    });
}

function wholeNumber(text: string, flag: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new AppError("usage", `${flag} takes a whole number`);
  return Number(text);
}

async function wait(acs: string, asked: ApiProbe, to: Session): Promise<ApiProbe> {
  let probe = asked;
  let told = 0;
  while (probe.state === "waiting" || probe.state === "running") {
    await sleep(EVERY_MS);
    probe = await to.client.probed(acs, probe.id);
    for (const level of probe.levels.slice(told)) to.say(levelText(level));
    told = probe.levels.length;
  }
  return probe;
}

function levelText({ atOnce, calls, p50Ms }: ProbeLevel): string {
  return `${atOnce} at once: ${calls} calls, p50 ${p50Ms ?? "-"} ms`;
}

function probeText({ result }: ApiProbe): string {
  if (result === null) return "";
  const rows = result.levels.map(({ atOnce, calls, wrong, unanswered, p50Ms, p90Ms }) => {
    const faults = Object.entries(wrong).map(([fault, count]) => `${count} ${fault}`);
    const cells = [atOnce, calls, faults.join(", ") || "0", unanswered, p50Ms ?? "-", p90Ms ?? "-"];
    return cells.map(String);
  });
  const head = ["AT ONCE", "CALLS", "WRONG", "UNANSWERED", "P50 MS", "P90 MS"];
  const advice =
    result.recommended === 0
      ? "No limit can be recommended"
      : `Recommended: concurrency ${result.recommended}`;
  return [table(head, rows), "", clean(`${advice}: ${result.why}.`)].join("\n");
}
