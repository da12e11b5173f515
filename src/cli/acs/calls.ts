/** `plumb acs calls`: the calls of ours of the last two days, with the evidence of wrong answers. */
import type { Command } from "commander";
import { AppError } from "../../lib/errors.ts";
import type { ApiAcsCall } from "../../model/api-acs.ts";
import { printJson, type Session } from "../io.ts";
import { clean, table } from "../text.ts";
import { acsNamed } from "./name.ts";

interface CallsOptions {
  readonly device?: string;
  readonly faults?: boolean;
  readonly evidence?: boolean;
  readonly limit: string;
}

export function registerCalls(acs: Command, session: () => Session): void {
  acs
    .command("calls")
    .summary("what was called of late, and what came back")
    .description(
      "The calls of ours of the last two days, newest first. They are stored a few seconds after they were made.\n" +
        "The evidence of a wrong answer is its shape, without any value that a CPE holds.",
    )
    .argument("[acs]", "its name; not needed where there is only one")
    .option("--device <device>", "only calls about this device")
    .option("--faults", "only wrong and missing answers")
    .option("--evidence", "with the answers that were not believed, masked")
    .option("--limit <n>", "at most so many, up to 1000", "50")
    .addHelpText(
      "before",
      "Examples:\n  plumb acs calls --faults\n  plumb acs calls main --device CPE-0417\n",
    )
    .action(async (name: string | undefined, options: CallsOptions) => {
      const to = session();
      if (!/^\d{1,4}$/.test(options.limit))
        throw new AppError("usage", "--limit takes a whole number from 1 to 1000");
      const query = {
        limit: Number(options.limit),
        ...(options.device === undefined ? {} : { device: options.device }),
        ...(options.faults === true ? { faults: true } : {}),
      };
      const { items } = await to.client.acsCalls(await acsNamed(name, to), query);
      if (to.format === "json") printJson(to, items);
      else if (items.length === 0) to.say("No call of the last two days is like that.");
      else to.print(callsText(items, options.evidence === true));
    });
}

function callsText(calls: readonly ApiAcsCall[], withEvidence: boolean): string {
  const rows = calls.map((call) => [
    call.at.replace("T", " ").slice(0, 19),
    clean(call.device === "" ? "-" : call.device),
    call.operation,
    call.class,
    `${call.tookMs} ms`,
    clean(call.fault === null ? call.outcome : `${call.fault}: ${call.detail ?? ""}`),
    call.changeId,
  ]);
  const head = ["WHEN (UTC)", "DEVICE", "OPERATION", "CLASS", "TOOK", "OUTCOME", "CHANGE"];
  const shown = withEvidence
    ? calls.flatMap(({ changeId, evidence }) =>
        evidence === null
          ? []
          : ["", `${changeId} was answered, values left out:`, clean(evidence)],
      )
    : [];
  return [table(head, rows), ...shown].join("\n");
}
