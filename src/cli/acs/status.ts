/** `plumb acs status`: how we stand with an ACS, and which promise is left for each thing that it lacks. */
import type { Command } from "commander";
import type { ApiAcsStatus, ApiReadLimits } from "../../model/api-acs.ts";
import { printJson, type Session } from "../io.ts";
import { ago, ahead, clean, count } from "../text.ts";
import { acsNamed } from "./name.ts";

export function registerStatus(acs: Command, session: () => Session): void {
  acs
    .command("status")
    .summary("mode, gate, calls, and what it cannot do")
    .description(
      "How we stand with an ACS: mode and scope, the gate and why it is where it is, calls and wrong answers,\n" +
        "and for each thing that this ACS cannot do the promise that is left.",
    )
    .argument("[acs]", "its name; not needed where there is only one")
    .addHelpText("before", "Examples:\n  plumb acs status\n  plumb acs status main -o json\n")
    .action(async (name: string | undefined) => {
      const to = session();
      const status = await to.client.acsStatus(await acsNamed(name, to));
      if (to.format === "json") printJson(to, status);
      else to.print(statusText(status, to.now()));
    });
}

type Stats = Readonly<{
  calls?: number;
  callP50Ms?: number | null;
  callP90Ms?: number | null;
  perMinute?: number | null;
  byFault?: Readonly<Record<string, number>>;
  breakerOpen?: boolean;
  slowed?: string | null;
  differences?: readonly string[] | null;
  capabilities?: { readonly safeConcurrency?: number } | null;
}>;

function statusText(status: ApiAcsStatus, now: Date): string {
  const stats: Stats = status.stats;
  const rows: [string, string][] = [
    ["Address", clean(`${status.kind} at ${status.address}`)],
    ["Mode", clean(`${status.mode}, scope ${status.scope}`)],
    ["Served", servedText(status, now)],
    ["Gate", gateText(status, stats, now)],
    ["Calls", callsText(stats)],
    ["Wrong", wrongText(stats)],
  ];
  if (status.reads !== null) rows.push(["Reads", readsText(status.reads, now)]);
  if (status.reads?.warning != null) rows.push(["", `too few: ${status.reads.warning}`]);
  if (stats.breakerOpen === true)
    rows.push(["Breaker", "open: it gives no usable answer; one call tries again every 30 s"]);
  if (stats.slowed != null) rows.push(["Slowed", clean(`to ${stats.slowed}`)]);
  if (status.lastProbe !== null) {
    const { at, recommended, why } = status.lastProbe;
    rows.push(["Probe", clean(`${ago(at, now)}: ${recommended} at once; ${why}`)]);
  }
  if (status.probeDueAt !== null) rows.push(["", `next one ${ahead(status.probeDueAt, now)}`]);
  const head = rows.map(([word, what]) => `  ${word.padEnd(9)}${what}`);
  const differences = (stats.differences ?? []).map((text) => `  ${clean(text)}`);
  const others =
    differences.length === 0 ? [] : ["", "What its own description says:", ...differences];
  const lacks = status.degraded.map(({ lacks: what, promise }) => `  no ${what}: ${promise}`);
  const promises =
    lacks.length === 0 ? [] : ["", "What it cannot do, and what that leaves:", ...lacks];
  return [clean(status.name), ...head, ...others, ...promises].join("\n");
}

function servedText({ holder, leaseUntil, statsAt }: ApiAcsStatus, now: Date): string {
  if (holder === null)
    return "by nobody: no controller is running, or it waits for the last one's lease";
  return clean(
    `by ${holder}, lease ends ${ahead(leaseUntil, now)}, figures of ${ago(statsAt, now)}`,
  );
}

function gateText(
  { concurrency, limit, closed, dutyCycle }: ApiAcsStatus,
  stats: Stats,
  now: Date,
): string {
  const share = `${dutyCycle} % of the time`;
  if (closed !== null) {
    const why = `closed to 1 ${ago(closed.at, now)} by a wrong answer (${closed.why})`;
    return clean(`${why}; ${concurrency} again when its record is applied anew`);
  }
  const safe = stats.capabilities?.safeConcurrency;
  const warning =
    safe !== undefined && concurrency > safe
      ? `; nobody has seen more than ${safe} answered rightly elsewhere: plumb acs probe`
      : "";
  return `${count(limit ?? concurrency, "call")} at once, ${share}${warning}`;
}

function readsText({ perHour, hours, open, changesAt, devices }: ApiReadLimits, now: Date): string {
  const often = perHour === null ? "as many as there is time for" : `at most ${perHour} an hour`;
  const change = `${open ? "until" : "not now, from"} ${ahead(changesAt, now)}`;
  const when = hours === null ? "" : `, ${clean(hours)} (${change})`;
  return `${often}${when}, for ${count(devices, "device")}; changes and what a person asks for are read at any time`;
}

function callsText({ calls, callP50Ms, callP90Ms, perMinute }: Stats): string {
  if (calls === undefined) return "none yet";
  const time = callP50Ms == null ? "" : `, p50 ${ms(callP50Ms)}, p90 ${ms(callP90Ms ?? callP50Ms)}`;
  const rate = perMinute == null ? "no rate yet" : `${perMinute} devices a minute`;
  return `${calls.toLocaleString("en-US")} by its holder${time}; ${rate}`;
}

function wrongText({ byFault = {} }: Stats): string {
  const faults = Object.entries(byFault).map(([fault, number]) => `${number} ${fault}`);
  return faults.length === 0
    ? "no wrong or missing answer"
    : `${faults.join(", ")}: plumb acs calls --faults`;
}

function ms(value: number): string {
  return value < 1_000 ? `${Math.round(value)} ms` : `${(value / 1_000).toFixed(1)} s`;
}
