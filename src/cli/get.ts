/** `plumb get`: the fleet, devices and records, as a table, as JSON, or as names only. */
import type { Command } from "commander";
import type { ApiDevice, ApiFleet, ApiRecord } from "../model/api.ts";
import type { RecordPath } from "../client/typed.ts";
import { AppError } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import { STATES, type State } from "../model/status.ts";
import { printJson, type Session } from "./io.ts";
import { watch } from "./watch.ts";
import { ago, ahead, clean, count, stateText, table, valueText } from "./text.ts";

/** Largest page of the API. */
const PAGE = 500;

/** Records by the words that people use for them: path below `/v1`. */
const RECORDS: Readonly<Record<string, RecordPath>> = {
  profile: "profiles",
  profiles: "profiles",
  firmwareimage: "firmwareimages",
  firmwareimages: "firmwareimages",
  fraudpolicy: "fraudpolicies",
  fraudpolicies: "fraudpolicies",
  frequencyplan: "frequencyplans",
  frequencyplans: "frequencyplans",
  aaa: "aaa",
  acs: "acs",
  parametermap: "parametermaps",
  parametermaps: "parametermaps",
};
const WORDS = ["devices", "fleet", ...new Set(Object.values(RECORDS))];

interface Options {
  readonly selector?: string;
  readonly limit?: string;
  readonly watch?: boolean;
}

export function registerGet(program: Command, session: () => Session): void {
  program
    .command("get")
    .summary("list devices and records")
    .description("List devices, the fleet's counts, or records.")
    .argument(
      "<kind>",
      "devices, fleet, profiles, frequencyplans, firmwareimages, fraudpolicies, parametermaps, aaa or acs; or KIND/NAME",
    )
    .argument("[name]", "one of them, by name, id, serial or ref")
    .option("-l, --selector <selector>", "devices that match: site=cpt,state!=converged")
    .option("--limit <n>", "devices to show at most (default 50, with -w 500)")
    .option("-w, --watch", "go on with a line for each device that changes, until Ctrl+C")
    .addHelpText(
      "before",
      "Examples:\n  plumb get devices -l site=cpt,state!=converged\n  plumb get devices -l site=cpt -w\n  plumb get fleet -o json\n",
    )
    .action(async (kind: string, name: string | undefined, options: Options) => {
      const [word = "", ...rest] = kind.split("/");
      await get(session(), word.toLowerCase(), name ?? (rest.join("/") || undefined), options);
    });
}

async function get(session: Session, word: string, name: string | undefined, options: Options) {
  const filtered = (options.selector ?? options.limit ?? options.watch) !== undefined;
  if (!/^devices?$/.test(word) && filtered) {
    throw usage("-l, --limit and -w are for devices");
  }
  if (options.watch === true && name !== undefined) {
    throw usage("-w watches a list: plumb get devices -l id=ID -w");
  }
  if (word === "fleet") {
    printFleet(session, await session.client.fleet());
    return;
  }
  if (word === "devices" || word === "device") {
    if (name === undefined) await listDevices(session, options);
    else printDevices(session, [await session.client.device(name)], true);
    return;
  }
  const path = RECORDS[word];
  if (path === undefined) throw usage(`there is no kind "${word}".${didYouMean(word, WORDS)}`);
  if (name === undefined) printRecords(session, (await session.client.records(path)).items, false);
  else printRecords(session, [await session.client.record(path, name)], true);
}

function usage(message: string): AppError {
  return new AppError("usage", message, { details: { next: "plumb get --help" } });
}

function limitOf(text: string): number {
  const limit = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (limit < 1) throw usage("--limit must be a whole number from 1");
  return limit;
}

async function listDevices(session: Session, options: Options): Promise<void> {
  const watching = options.watch === true;
  const limit = limitOf(options.limit ?? (watching ? "500" : "50"));
  const items: ApiDevice[] = [];
  let next: string | null = null;
  do {
    const page = await session.client.devices({
      selector: options.selector,
      limit: Math.min(PAGE, limit - items.length),
      cursor: next,
    });
    items.push(...page.items);
    next = page.next;
  } while (next !== null && items.length < limit);
  const { format } = session;
  if (format === "json" && watching) for (const device of items) printLine(session, device);
  else if (format === "json") printJson(session, { items, next });
  else printDevices(session, items, false);
  if (format !== "json" && format !== "name") {
    const more = next === null ? "" : `; there are more: --limit ${limit * 10}`;
    session.say(`${count(items.length, "device")} shown${more}`);
  }
  if (!watching) return;
  const print = (device: ApiDevice): void => {
    printLine(session, device);
  };
  await watch(session, { selector: options.selector, limit, shown: items, print });
}

/** A change of a watched device: NDJSON, a name, or a line of the table with the time before it. */
function printLine(session: Session, device: ApiDevice): void {
  if (session.format === "json") session.print(JSON.stringify(device));
  else if (session.format === "name") session.print(device.name);
  else {
    const time = session.now().toISOString().slice(11, 19);
    session.print([time, ...cellsOf(session, device)].join("  "));
  }
}

function printDevices(session: Session, devices: readonly ApiDevice[], single: boolean): void {
  if (session.format === "json") {
    if (single) printJson(session, devices[0]);
    return;
  }
  if (session.format === "name") {
    for (const { name } of devices) session.print(name);
    return;
  }
  const wide = session.format === "wide";
  const head = ["DEVICE", "MODEL", "STATE", ...(wide ? ["ID", "ACS", "FIRMWARE", "CONTACT"] : [])];
  const rows = devices.map((device) => cellsOf(session, device));
  session.print(table([...head, "NEXT", "WHY"], rows));
}

function cellsOf(session: Session, { name, id, acs, facts, status }: ApiDevice): string[] {
  const now = session.now();
  const wide = session.format === "wide";
  return [
    clean(name),
    clean(facts?.modelName ?? "-"),
    stateText(session.io, status.state),
    ...(wide ? [id, acs, clean(facts?.softwareVersion ?? "-"), ago(status.contactAt, now)] : []),
    ahead(status.nextAt, now),
    clean(status.message),
  ];
}

function printFleet(session: Session, fleet: ApiFleet): void {
  if (session.format === "json") {
    printJson(session, fleet);
    return;
  }
  if (session.format === "name") {
    for (const state of Object.keys(fleet.states)) session.print(state);
    return;
  }
  const share = (n: number): string =>
    fleet.total === 0 ? "-" : `${((100 * n) / fleet.total).toFixed(1)} %`;
  const known = (STATES as readonly string[]).filter((state) => (fleet.states[state] ?? 0) > 0);
  const others = Object.keys(fleet.states).filter(
    (s) => !(STATES as readonly string[]).includes(s),
  );
  const rows = [...known, ...others].map((state) => {
    const n = fleet.states[state] ?? 0;
    return [stateText(session.io, state as State), n.toLocaleString("en-US"), share(n)];
  });
  rows.push(["total", fleet.total.toLocaleString("en-US"), ""]);
  session.print(table(["STATE", "DEVICES", "SHARE"], rows));
  const flat = (members: Readonly<Record<string, unknown>>): string =>
    valueText(members, session.now());
  const queue = Object.entries(fleet.queue).map(
    ([name, n]) => `${name} ${n.toLocaleString("en-US")}`,
  );
  if (queue.length > 0) session.print(`\ndue now  ${queue.join(" · ")}`);
  for (const [name, facts] of Object.entries(fleet.acs)) session.print(acsLine(name, facts));
  for (const stop of fleet.stops) session.print(`STOP in force  ${flat(stop)}`);
  for (const block of fleet.blocks) session.print(`BLOCKED for a model  ${flat(block)}`);
}

function acsLine(name: string, facts: Readonly<Record<string, unknown>>): string {
  const stats = (facts["stats"] ?? {}) as Readonly<Record<string, unknown>>;
  const number = (key: string): number | undefined =>
    typeof stats[key] === "number" ? stats[key] : undefined;
  const [calls, p50, rate] = [number("calls"), number("callP50Ms"), number("perMinute")];
  const parts = [
    clean(String(facts["kind"])),
    `mode ${clean(String(facts["mode"]))}`,
    facts["holder"] == null ? "no controller holds it" : "",
    calls === undefined ? "" : count(calls, "call"),
    p50 === undefined ? "" : `p50 ${Math.round(p50)} ms`,
    rate === undefined ? "no rate yet" : `${Math.round(rate)} devices a minute`,
    stats["breakerOpen"] === true ? "breaker open" : "",
  ];
  return `acs ${clean(name)}  ${parts.filter((part) => part !== "").join(" · ")}`;
}

function printRecords(session: Session, records: readonly ApiRecord[], single: boolean): void {
  if (session.format === "json") {
    printJson(session, single ? records[0] : { items: records, next: null });
    return;
  }
  if (session.format === "name") {
    for (const { kind, metadata } of records) session.print(`${kind}/${metadata.name}`);
    return;
  }
  const now = session.now();
  const rows = records.map(({ metadata, status, spec }) => [
    clean(metadata.name),
    String(status.revision),
    clean(status.owner),
    ago(status.changedAt, now),
    valueText(spec, now),
  ]);
  session.print(table(["NAME", "REV", "OWNER", "CHANGED", "SPEC"], rows));
}
