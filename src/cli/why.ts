/** `plumb why DEVICE`: one screen that says why a device is in its state, and what happens next. */
import type { Command } from "commander";
import type { ApiDeviceDetail } from "../model/api.ts";
import type { ApiWhy } from "../model/api-why.ts";
import { REASONS } from "../model/status.ts";
import { printAge } from "../lib/time.ts";
import { wantedRows } from "./describe.ts";
import { printJson, type Session } from "./io.ts";
import { outstandingLines } from "./outstanding.ts";
import { ago, ahead, clean, count, stateText, table } from "./text.ts";

export function registerWhy(program: Command, session: () => Session): void {
  program
    .command("why")
    .summary("why a device is in its state, and what happens next")
    .description(
      "Why a device is in its state: what is wanted and by whom, what was read, what keeps it, its place in the queue,\n" +
        "when it is its turn (from p50 to p90 of what was measured), its last changes, and what the ACS may still execute.",
    )
    .argument("<device>", "name, id, serial or ref")
    .addHelpText(
      "before",
      "Examples:\n  plumb why CPE-0871\n  plumb why 202BC1-BM632w-000123 -o json\n",
    )
    .action(async (device: string) => {
      const to = session();
      const why = await to.client.why(device);
      if (to.format === "json") printJson(to, why);
      else if (to.format === "name") to.print(why.device.name);
      else to.print(whyText(why, to));
    });
}

function whyText(why: ApiWhy, to: Pick<Session, "io" | "now">): string {
  const { device } = why;
  const now = to.now();
  const sections = [
    headOf(why, to),
    wantedOf(device, now),
    changesOf(why, now),
    [...outstandingLines(device.openIntents, now), ...waitingRead(why, now)].join("\n"),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function headOf(why: ApiWhy, to: Pick<Session, "io" | "now">): string {
  const now = to.now();
  const { device, keeps } = why;
  const { name, facts, status } = device;
  const model = [facts?.modelName, facts?.softwareVersion].filter(Boolean).join(", ");
  const since = ago(status.since, now).replace(" ago", "");
  const meaning = (REASONS as Readonly<Record<string, string>>)[status.reason];
  const rows: [string, string][] = [
    ["Why", clean(`${status.message} (${status.reason})`)],
    ...(meaning === undefined ? [] : [["", meaning] as [string, string]]),
    ["Read", readText(why, now)],
    ...keeps.map(({ detail, next }, at): [string, string] => {
      return [at === 0 ? "Kept by" : "", `${clean(detail)}   ${clean(next)}`];
    }),
    ...queueRow(device),
    ["Next", nextText(why, now)],
  ];
  const what = clean(model === "" ? "never read" : model);
  const head = `${clean(name)} (${what}) is ${stateText(to.io, status.state)} for ${since}`;
  return [head, ...rows.map(([word, text]) => `  ${word.padEnd(8)} ${text}`)].join("\n");
}

function readText({ device, freshUntil }: ApiWhy, now: Date): string {
  if (device.observed === null || freshUntil === null) return "never read";
  const { readAt, map } = device.observed;
  const left = Date.parse(freshUntil) - now.getTime();
  const age = left > 0 ? `fresh for ${printAge(left)}` : "too old: what it shows is unknown";
  return clean(`${ago(readAt, now)} through map ${map.name}, ${age}`);
}

function queueRow({ work }: ApiDeviceDetail): [string, string][] {
  if (work === null) return [];
  const place = work.ahead === 0 ? "nobody before it" : `${count(work.ahead, "device")} before it`;
  return [["Queue", clean(`class ${work.class}, ${place}: ${work.reason}`)]];
}

/** The hour and minute, with the date where it is not today. UTC. */
function clock(at: string, now: Date): string {
  const day = at.slice(0, 10);
  const time = `${at.slice(11, 16)} UTC`;
  return day === now.toISOString().slice(0, 10) ? time : `${day} ${time}`;
}

function nextText(why: ApiWhy, now: Date): string {
  const { next, device } = why;
  const { contactAt, reach } = device.status;
  switch (next.kind) {
    case "nothing":
      return "nothing is due; it waits for somebody to want something";
    case "now":
      return "it is being worked on now";
    case "blocked":
      return next.at === null
        ? "not before what keeps it has ended"
        : `not before what keeps it has ended; looked at again ${ahead(next.at, now)}`;
    case "offline": {
      const often =
        next.everyMs === null ? "" : `; probed about every ${printAge(next.everyMs)} till then`;
      return `when it shows a sign of life (the last one ${ago(contactAt, now)})${often}`;
    }
    case "notBefore":
      return `not before ${clock(next.at, now)} (${ahead(next.at, now)}); no rate yet`;
    case "range": {
      const [from, to] = [clock(next.from, now), clock(next.to, now)];
      const when = from === to ? `about ${from}` : `${from} to ${to}`;
      const pull = reach === "pull" ? ", and then at its next Inform" : "";
      return `${when} (${ahead(next.from, now)} to ${ahead(next.to, now)}, p50 to p90)${pull}${rateText(why)}`;
    }
  }
}

function rateText({ rate: { perMinute, callP50Ms, callP90Ms } }: ApiWhy): string {
  const rate = perMinute === null ? "no rate yet" : `${perMinute} devices a minute`;
  if (callP50Ms === null || callP90Ms === null) return `; ${rate}`;
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  return `; ${rate}, a call takes ${seconds(callP50Ms)} to ${seconds(callP90Ms)}`;
}

function wantedOf(device: ApiDeviceDetail, now: Date): string {
  const rows = wantedRows(device, now);
  return rows.length === 0
    ? "Nothing is wanted of it."
    : table(["FIELD", "WANTED", "ON THE DEVICE", "SET BY"], rows);
}

function changesOf({ changes }: ApiWhy, now: Date): string {
  if (changes.length === 0) return "";
  const rows = changes.map(
    ({ changeId, fields, step, steps, outcome, verdict, sentAt, reason }) => [
      ago(sentAt, now),
      changeId,
      `${fields.join(", ")}${steps > 1 ? ` (${step + 1} of ${steps})` : ""}`,
      outcome ?? "answer unknown",
      verdict ?? "not settled by a read",
      clean(reason),
    ],
  );
  return table(["CHANGE SENT", "ID", "FIELDS", "OUTCOME", "VERDICT", "REASON"], rows);
}

function waitingRead({ readWaitsSince }: ApiWhy, now: Date): string[] {
  if (readWaitsSince === null) return [];
  return [`A read waits in the ACS for its next Inform, asked ${ago(readWaitsSince, now)}.`];
}
