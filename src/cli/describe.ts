/** `plumb describe device`: everything that is known of one device, in words. */
import type { Command } from "commander";
import type { ApiDeviceDetail, Members } from "../model/api.ts";
import { AppError } from "../lib/errors.ts";
import { FIELDS, type FieldName } from "../model/fields/index.ts";
import { STATE_FACTS } from "../model/status.ts";
import { printJson, type Session } from "./io.ts";
import { outstandingLines } from "./outstanding.ts";
import { ago, ahead, clean, count, stateText, table, valueText } from "./text.ts";

export function registerDescribe(program: Command, session: () => Session): void {
  program
    .command("describe")
    .summary("everything known of a device")
    .description("Everything known of one device, in words, with its timeline.")
    .argument("<kind>", "device; or device/NAME")
    .argument("[name]", "name, id, serial or ref")
    .addHelpText(
      "before",
      "Examples:\n  plumb describe device CPE-0417\n  plumb describe device 202BC1-BM632w-000123 -o json\n",
    )
    .action(async (kind: string, name: string | undefined) => {
      const [word = "", ...rest] = kind.split("/");
      const id = name ?? rest.join("/");
      if (!/^devices?$/.test(word) || id === "") {
        const message = "say plumb describe device NAME";
        throw new AppError("usage", message, { details: { next: "plumb get devices" } });
      }
      const to = session();
      const device = await to.client.device(id);
      if (to.format === "json") printJson(to, device);
      else if (to.format === "name") to.print(device.name);
      else to.print(describe(device, to));
    });
}

type Place = Pick<Session, "io" | "now">;

function describe(device: ApiDeviceDetail, to: Place): string {
  const now = to.now();
  const sections = [
    headOf(device, to),
    wantedOf(device, now),
    passwordsOf(device, now),
    laterOf(device, now),
    conditionsOf(device, now),
    openOf(device, now),
    timelineOf(device, now),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function headOf(device: ApiDeviceDetail, to: Place): string {
  const now = to.now();
  const { name, id, identity, facts, status, hold, observed, labels } = device;
  const model = [facts?.manufacturer, facts?.modelName, facts?.softwareVersion].filter(Boolean);
  const what =
    model.length === 0 ? "never read" : model.map((part) => clean(String(part))).join(", ");
  const meaning = (STATE_FACTS[status.state] as { meaning: string } | undefined)?.meaning;
  const reach = status.reach === "pull" ? ", reached only at its own Informs" : "";
  const rows: [string, string][] = [
    [
      "State",
      `${stateText(to.io, status.state)} for ${ago(status.since, now).replace(" ago", "")}`,
    ],
    ["Why", `${clean(status.message)} (${status.reason})`],
    ...(meaning === undefined ? [] : [["", `${status.state}: ${meaning}`] as [string, string]]),
    ["Next", nextOf(device, now)],
    ["Identity", identityText(identity)],
    ["Id", id],
    ["ACS", `${clean(device.acs)}, last sign of life ${ago(status.contactAt, now)}${reach}`],
    [
      "Labels",
      Object.entries(labels)
        .map(([key, value]) => clean(`${key}=${value}`))
        .join(", ") || "-",
    ],
    [
      "Map",
      observed === null ? "-" : `${clean(observed.map.name)} (${observed.map.hash.slice(0, 8)})`,
    ],
    [
      "Read",
      observed === null ? "never read" : `${ago(observed.readAt, now)} (${observed.readAt})`,
    ],
    [
      "Converged",
      status.convergedAt === null ? "not yet" : `last proven ${ago(status.convergedAt, now)}`,
    ],
    ...(hold === null ? [] : [["Held", holdText(hold)] as [string, string]]),
  ];
  const lines = rows.map(([label, text]) => `  ${label.padEnd(10)} ${text}`);
  return [`${clean(name)} (${what})`, ...lines].join("\n");
}

function identityText(identity: ApiDeviceDetail["identity"]): string {
  const { oui, productClass, serial } = identity;
  const kind = productClass === null ? "no product class" : `product class ${productClass}`;
  return clean(`OUI ${oui} · ${kind} · serial ${serial}`);
}

function nextOf({ status, work }: ApiDeviceDetail, now: Date): string {
  if (work === null) return "nothing is due; it waits for somebody to want something";
  const first = work.ahead === 0 ? "" : `, ${count(work.ahead, "device")} before it`;
  const when = ahead(status.nextAt ?? work.dueAt, now);
  return `${when}: ${clean(work.reason)} (class ${work.class}${first})`;
}

function holdText(hold: Members): string {
  const { by, reason, until } = hold as { by?: string; reason?: string; until?: string | null };
  const end = until == null ? "until released" : `until ${until}`;
  return clean(`by ${by ?? "a person"} ${end}: ${reason ?? "no reason given"}`);
}

/** What each field should be, what the parameters that carry it were when they were read, and who says so. */
export function wantedRows(device: ApiDeviceDetail, now: Date): string[][] {
  const values = new Map(device.observed?.values.map(({ logical, entry }) => [logical, entry]));
  return device.desired.map((entry) => {
    const field = fieldOf(entry);
    const found = carriersOf(field).flatMap((logical) => {
      const seen = values.get(logical);
      return seen === undefined ? [] : [`${logical}: ${observedText(seen, now)}`];
    });
    const conflict = entry["conflict"];
    const wanted = Array.isArray(conflict)
      ? `profiles ${conflict.join(" and ")} disagree; nothing is written`
      : valueText(entry["value"], now);
    return [
      clean(field),
      wanted,
      found.join("; ") || "never read",
      sourceText(entry["source"], now),
    ];
  });
}

const PROOFS = {
  put: "given by its writer",
  word: "by its writer's word",
  test_login: "by a test login",
} as const;

/** How far each side of a password is: first the AAA, then the CPE. */
function passwordsOf({ documents }: ApiDeviceDetail, now: Date): string {
  const lines = documents.flatMap(({ writer, credential }) => {
    if (credential == null) return [];
    const { aaa, cpe, next } = credential;
    const where = aaa.by === null ? "" : ` at ${aaa.by}`;
    const shown = cpe.at === null ? "not read with it yet" : `read with it ${ago(cpe.at, now)}`;
    const waits = next === null ? "" : `; version ${next.version} waits for proof at the AAA`;
    const line = `version ${aaa.version}: AAA ${PROOFS[aaa.proof]}${where} ${ago(aaa.at, now)}; CPE ${shown}${waits}`;
    return [clean(`  ${writer}  ${line}`)];
  });
  return lines.length === 0 ? "" : ["Password", ...lines].join("\n");
}

/** What documents become by themselves, at their time. */
function laterOf({ documents }: ApiDeviceDetail, now: Date): string {
  const lines = documents.flatMap(({ writer, scheduled }) => {
    if (scheduled == null) return [];
    const { effectiveAt, action, fields, failure } = scheduled;
    const does = action === "end" ? "ends" : `becomes ${Object.keys(fields).join(", ") || "empty"}`;
    const failed = failure === null ? "" : `; it could not: ${failure}`;
    const when = `${ahead(effectiveAt, now)} (${effectiveAt})`;
    return [clean(`  ${when} the document of ${writer} ${does}${failed}`)];
  });
  return lines.length === 0 ? "" : ["Scheduled", ...lines].join("\n");
}

function fieldOf(entry: Members): string {
  return String(entry["field"] ?? entry["name"]);
}

/** The fields that are wanted, and whatever else was read. */
function wantedOf(device: ApiDeviceDetail, now: Date): string {
  const rows = wantedRows(device, now);
  const shown = new Set(device.desired.flatMap((entry) => carriersOf(fieldOf(entry))));
  const others = (device.observed?.values ?? [])
    // What the device says of itself stands at the top already.
    .filter(({ logical }) => !shown.has(logical) && !logical.startsWith("device."))
    .filter(({ entry }) => entry["kind"] !== "absent")
    .map(({ logical, entry }) => [clean(logical), "-", observedText(entry, now), ""]);
  if (rows.length + others.length === 0) return "Nothing is wanted of it, and nothing was read.";
  const age = device.observed === null ? "never read" : `read ${ago(device.observed.readAt, now)}`;
  return table(["FIELD", "WANTED", `ON THE DEVICE (${age})`, "SET BY"], [...rows, ...others]);
}

function carriersOf(field: string): readonly string[] {
  if (!(field in FIELDS)) return [];
  const { carriers } = FIELDS[field as FieldName];
  return carriers.flatMap(({ required, optional }) => [...required, ...optional]);
}

function observedText(entry: Members, now: Date): string {
  const detail = typeof entry["detail"] === "string" ? ` (${clean(entry["detail"])})` : "";
  switch (entry["kind"]) {
    case "value":
      return valueText(entry["value"], now);
    case "unreadable":
      return "never reads back";
    case "nonconforming":
      return `${valueText(entry["value"], now)}, but not as it must be${detail}`;
    case "absent":
      return `not on this device${detail}`;
    case "foreign":
      return `a value that the map cannot read${detail}`;
    default:
      return "not read";
  }
}

function sourceText(source: unknown, now: Date): string {
  if (source === null || typeof source !== "object") return "";
  const { layer, record, revision, since } = source as Record<string, unknown>;
  const when = typeof since === "string" && since !== "" ? `, ${ago(since, now)}` : "";
  return clean(`${String(layer)} ${String(record)} rev ${String(revision)}${when}`);
}

function conditionsOf({ conditions }: ApiDeviceDetail, now: Date): string {
  if (conditions.length === 0) return "";
  const rows = conditions.map(({ type, status, reason, message, since }) => {
    return [type, status, reason, ago(since, now), clean(message)];
  });
  return table(["CONDITION", "STATUS", "REASON", "SINCE", "MESSAGE"], rows);
}

function openOf(device: ApiDeviceDetail, now: Date): string {
  const open = outstandingLines(device.openIntents, now);
  const owed = device.owedRevocations.map(({ username, since }) => {
    return `  ${clean(username)}: owed ${ago(since, now)}, not proven gone from the CPE`;
  });
  return [...open, ...(owed.length === 0 ? [] : ["Revocations owed:", ...owed])].join("\n");
}

/** `changes` are JSON Patch operations, for programs; the fields that changed are named beside them. */
function inWords(data: unknown): unknown {
  if (data === null || typeof data !== "object") return data;
  return Object.fromEntries(Object.entries(data).filter(([name]) => name !== "changes"));
}

function timelineOf({ events }: ApiDeviceDetail, now: Date): string {
  if (events.length === 0) return "";
  const rows = events.map(({ at, type, actor, data, requestId }) => {
    const when = typeof at === "string" ? at : "";
    const request =
      typeof requestId === "string" && requestId !== "" ? ` · request ${requestId}` : "";
    const said = valueText(inWords(data), now);
    return [
      when.replace("T", " ").slice(0, 19),
      clean(String(type)),
      clean(String(actor)),
      `${said === "" ? "-" : said}${clean(request)}`,
    ];
  });
  return table(["WHEN (UTC)", "WHAT", "WHO", "DETAIL"], rows);
}
