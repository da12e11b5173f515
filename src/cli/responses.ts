/** `plumb findings respond` and `undo`: what a person has done about a finding, and takes back. */
import type { Command } from "commander";
import { responseCalls } from "../client/responses.ts";
import { AppError } from "../lib/errors.ts";
import type { ApiAaaRequest, ApiResponse } from "../model/api-responses.ts";
import { printJson, type Session } from "./io.ts";
import { ago, clean, table } from "./text.ts";

/** @throws `usage` */
export function numberOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const details = { next: "plumb findings list" };
  throw new AppError("usage", "a finding is named by its number", { details });
}

export function registerResponses(findings: Command, session: () => Session): void {
  findings
    .command("respond")
    .summary("do something about it")
    .description(
      "Act on a finding. rotate asks the owner of the credential for a new password, disconnect ends the sessions of\n" +
        "boxes that are not the bound one, suspend takes the service away until a resume. A device that is labelled\n" +
        "protected is not cut.",
    )
    .argument("<finding>", "its number")
    .requiredOption("--step <step>", "rotate, disconnect or suspend")
    .requiredOption("--reason <text>", "kept in the history with your name")
    .addHelpText(
      "before",
      'Examples:\n  plumb findings respond 93 --step disconnect --reason "customer confirms one box"\n' +
        '  plumb findings respond 93 --step suspend --reason "case 4411"\n',
    )
    .action(async (id: string, options: { readonly step: string; readonly reason: string }) => {
      const to = session();
      say(to, id, await responseCalls(to.client).order(numberOf(id), options));
    });
  findings
    .command("undo")
    .summary("take a response back")
    .description(
      "Take a response back: a suspension is lifted, what was not sent yet is called off. A session that was ended stays so.",
    )
    .argument("<finding>", "its number")
    .argument("<response>", "number of the response, as show prints it")
    .addHelpText(
      "before",
      "Examples:\n  plumb findings undo 93 12\n  plumb findings undo 93 12 -o json\n",
    )
    .action(async (id: string, response: string) => {
      const to = session();
      say(to, id, await responseCalls(to.client).undo(numberOf(id), numberOf(response)));
    });
}

function say(to: Session, finding: string, response: ApiResponse): void {
  if (to.format === "json") printJson(to, response);
  else to.print(`Response ${response.id} to finding ${finding}: ${response.text}`);
}

/** What the NAS said, and what accounting says: one may be there without the other. */
function sessionText({ nas, session, state, errorCause, ended, stoppedAt, detail }: ApiAaaRequest) {
  const cause = errorCause === null ? "" : ` (Error-Cause ${errorCause})`;
  const stop = stoppedAt === null ? "no Stop yet" : `Stop ${stoppedAt}`;
  const more = detail === null ? "" : `, ${detail}`;
  return `${nas ?? "NAS unknown"} ${session}: ${state}${cause}, ${stop}${ended === null ? "" : `, over (${ended})`}${more}`;
}

export function responsesText(responses: readonly ApiResponse[], now: Date): string {
  const rows = responses.flatMap((one) => [
    [String(one.id), ago(one.decidedAt, now), clean(one.by), clean(one.text)],
    ...one.aaa.map((asked) => ["", "", "", clean(sessionText(asked))]),
  ]);
  return table(["RESPONSE", "WHEN", "BY", "WHAT"], rows);
}
