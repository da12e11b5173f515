/** `plumb findings`: misuse of credentials, what proves it, and what a person decides. */
import type { Command } from "commander";
import { AppError } from "../lib/errors.ts";
import type { ApiFinding, ApiFindingDetail } from "../model/api-findings.ts";
import { printJson, type Session } from "./io.ts";
import { numberOf, registerResponses, responsesText } from "./responses.ts";
import { ago, clean, count, table } from "./text.ts";

interface ListOptions {
  readonly state?: string;
  readonly pattern?: string;
  readonly selector?: string;
  readonly limit: string;
}

export function registerFindings(program: Command, session: () => Session): void {
  const findings = program
    .command("findings")
    .summary("misuse of credentials: what was found, and decisions")
    .description(
      "Misuse of credentials: what was found, what proves it, and what a person decides.",
    )
    .addHelpText("before", "Examples:\n  plumb findings list\n  plumb findings show 93\n");
  findings
    .command("list")
    .summary("what was found")
    .description("Findings, newest first; without --state the open ones.")
    .option("--state <states>", "suspected, confirmed, actioned, closed, joined by commas; or all")
    .option("--pattern <patterns>", "of the catalogue, joined by commas: P01,P08")
    .option("-l, --selector <selector>", "about devices that match, by identity and labels")
    .option("--limit <n>", "at most so many, up to 500", "50")
    .addHelpText(
      "before",
      "Examples:\n  plumb findings list --state confirmed\n  plumb findings list --pattern P08 -l site=cpt\n",
    )
    .action((options: ListOptions) => list(session(), options));
  findings
    .command("show")
    .summary("one of them, with both sides")
    .description(
      "One finding: both sides, what was asked for and against it, and what may be decided.",
    )
    .argument("<finding>", "its number")
    .addHelpText(
      "before",
      "Examples:\n  plumb findings show 93\n  plumb findings show 93 -o json\n",
    )
    .action((id: string) => show(session(), id));
  findings
    .command("decide")
    .summary("say what it was")
    .description(
      "Decide a finding. swap and mistake close it, and excuse what happened until now; theft and clone keep it open\n" +
        "as acted on. What goes on after a decision is found anew.",
    )
    .argument("<finding>", "its number")
    .requiredOption("--as <what>", "theft, swap, clone or mistake")
    .requiredOption("--reason <text>", "kept in the history with your name")
    .addHelpText(
      "before",
      'Examples:\n  plumb findings decide 93 --as swap --reason "field staff changed the box, ticket 4411"\n' +
        '  plumb findings decide 93 --as theft --reason "both online, customer confirms one"\n',
    )
    .action((id: string, options: { readonly as: string; readonly reason: string }) =>
      decide(session(), id, options),
    );
  registerResponses(findings, session);
  findings
    .command("evidence")
    .summary("the evidence, to keep or hand on")
    .description(
      "Print the evidence pack as JSON: every exhibit with its hash. It ties lines and MACs to customers, so who read it\n" +
        "stands in the history.",
    )
    .argument("<finding>", "its number")
    .addHelpText(
      "before",
      "Examples:\n  plumb findings evidence 93 > finding-93.json\n  plumb findings evidence 93 -o json\n",
    )
    .action(async (id: string) => {
      const to = session();
      const { evidence, group, pattern, decision } = await to.client.finding(numberOf(id));
      printJson(to, { finding: Number(id), pattern, group, decision, evidence });
    });
}

async function list(to: Session, { limit, ...options }: ListOptions): Promise<void> {
  if (!/^\d{1,3}$/.test(limit)) throw new AppError("usage", "--limit takes a number up to 500");
  const page = await to.client.findings({ ...options, limit: Number(limit) });
  if (to.format === "json") {
    printJson(to, page);
    return;
  }
  if (to.format === "name") {
    for (const { id } of page.items) to.print(String(id));
    return;
  }
  if (page.items.length > 0) to.print(listText(page.items, to.now()));
  else to.say("Nothing like that was found.");
  if (page.next !== null) to.say("There are more: --limit, or narrow it with --pattern and -l.");
  const first = page.firstLook?.patterns ?? [];
  if (first.length > 0) {
    const counts = first.map(({ pattern, count: n }) => `${n} x ${pattern}`).join(", ");
    to.say(`Already so on the first day, and no finding until proven anew: ${counts}.`);
  }
}

function listText(items: readonly ApiFinding[], now: Date): string {
  const rows = items.map((one) => [
    String(one.id),
    `${one.pattern} ${one.name}`,
    one.severity,
    one.closedAs === null ? one.state : `${one.state}: ${one.closedAs}`,
    ago(one.openedAt, now),
    clean(
      one.devices
        .map(({ name }) => name)
        .slice(0, 3)
        .join(" "),
    ) || "-",
    clean(one.text),
  ]);
  return table(["NR", "PATTERN", "SEVERITY", "STATE", "OPENED", "DEVICES", "WHAT"], rows);
}

async function show(to: Session, id: string): Promise<void> {
  const finding = await to.client.finding(numberOf(id));
  if (to.format === "json") printJson(to, finding);
  else to.print(detailText(finding, to.now()));
}

function detailText(finding: ApiFindingDetail, now: Date): string {
  const { id, pattern, name, severity, state, text, evidence, devices, decision } = finding;
  const { exhibits, guards, signals, firstAt, lastAt, ruleVersion } = evidence;
  const says = (members: Readonly<Record<string, unknown>>): string =>
    Object.entries(members)
      .filter(([, value]) => value !== null && value !== "")
      .map(([key, value]) => `${key} ${String(value)}`)
      .join("  ");
  const against = guards.filter(({ effect }) => effect["kind"] !== "none");
  const asked = count(guards.length, "honest cause");
  return [
    `Finding ${id}: ${pattern} ${name}, ${severity}, ${state}`,
    `  ${clean(text)}`,
    `Service:   ${clean(finding.service ?? "-")}`,
    `Devices:   ${clean(devices.map((one) => `${one.name}${one.protected ? " (protected)" : ""}`).join(", ")) || "-"}`,
    `Seen:      ${firstAt} to ${lastAt}; opened ${ago(finding.openedAt, now)}`,
    `For:       ${signals.join(", ")} (rule ${pattern}, version ${ruleVersion})`,
    `Against:   ${against.length === 0 ? `${asked} asked for, none applies` : against.map((one) => clean(`${one.guard}: ${one.detail}`)).join("; ")}`,
    "",
    table(
      ["WHEN", "KIND", "SAYS"],
      exhibits.map(({ at, kind, says: members }) => [at, kind, clean(says(members))]),
    ),
    "",
    ...(finding.responses.length === 0 ? [] : [responsesText(finding.responses, now), ""]),
    decision === null
      ? finding.closedAs === null
        ? `Decide:    plumb findings decide ${id} --as theft|swap|clone|mistake --reason …`
        : `Closed:    ${finding.closedAs}, by what came later`
      : `Decided:   ${decision.as} by ${clean(decision.by)}, ${ago(decision.at, now)}: ${clean(decision.reason)}`,
  ].join("\n");
}

async function decide(
  to: Session,
  id: string,
  body: { readonly as: string; readonly reason: string },
): Promise<void> {
  const finding = await to.client.decideFinding(numberOf(id), body);
  if (to.format === "json") printJson(to, finding);
  else to.print(`Finding ${finding.id} is ${finding.state}, decided as ${body.as}.`);
}
