/** How things are said on a terminal: tables, states with mark and colour, ages, secrets. */
import { styleText } from "node:util";
import { printAge } from "../lib/time.ts";
import { STATE_FACTS, type State } from "../model/status.ts";
import type { Io } from "./io.ts";

type Colour = Parameters<typeof styleText>[0];

const COLOURS: { readonly [S in State]: Colour } = {
  quarantined: "red",
  held: "yellow",
  unmapped: "magenta",
  failed: "red",
  offline: "gray",
  applying: "blue",
  drifted: "yellow",
  queued: "cyan",
  unknown: "gray",
  unverified: "cyan",
  converged: "green",
  adopting: "blue",
  unmanaged: "gray",
};

/** Colour is never the only signal, so leaving it out loses nothing. */
export function paint(io: Pick<Io, "isTTY" | "env">, colour: Colour, text: string): string {
  const plain = !io.isTTY || (io.env["NO_COLOR"] ?? "") !== "" || io.env["TERM"] === "dumb";
  return plain ? text : styleText(colour, text, { validateStream: false });
}

export function stateText(io: Pick<Io, "isTTY" | "env">, state: State): string {
  const facts = STATE_FACTS[state] as { readonly mark: string } | undefined;
  if (facts === undefined) return state; // a newer server's
  return paint(io, COLOURS[state], `${facts.mark} ${state}`);
}

const ESCAPES = /\u001b\[[0-9;]*m/g;
/** Characters that a terminal shows in two columns (CJK, full-width forms, most emoji). */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/gu;

function widthOf(text: string): number {
  const shown = text.replace(ESCAPES, "").replace(/\p{Mn}/gu, "");
  return Array.from(shown).length + (shown.match(WIDE)?.length ?? 0);
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/** Columns two blanks apart; the last one is not padded. Cells are one line each. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((row) => row.map(oneLine));
  const widths = head.map((_, column) =>
    Math.max(...lines.map((row) => widthOf(row[column] ?? ""))),
  );
  return lines
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** What others wrote (labels, reasons, device texts) must not move the cursor or fake a line. */
function oneLine(text: string): string {
  return text.replace(/\u001b(?!\[[0-9;]*m)|[\u0000-\u001a\u001c-\u001f\u007f-\u009f]/g, " ");
}

/** For texts that come from devices and people: no escape at all. */
export function clean(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
}

export function ago(at: string | null | undefined, now: Date): string {
  return at == null ? "never" : `${printAge(now.getTime() - Date.parse(at))} ago`;
}

/** `now`, `in 3 min`, or `-` when nothing happens without anybody asking. */
export function ahead(at: string | null | undefined, now: Date): string {
  if (at == null) return "-";
  const ms = Date.parse(at) - now.getTime();
  return ms <= 0 ? "now" : `in ${printAge(ms)}`;
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;
}

/** Any value of a document or an observation, in one line. A secret says that it is set, and no more. */
export function valueText(value: unknown, now: Date): string {
  if (value == null) return "-";
  if (Array.isArray(value)) return value.map((each) => valueText(each, now)).join(", ");
  if (typeof value === "string") return clean(value);
  if (typeof value !== "object") return JSON.stringify(value);
  const members = value as Readonly<Record<string, unknown>>;
  if ("set" in members) return secretText(members, now);
  if ("user" in members && "realm" in members) return at(members["user"], members["realm"]);
  if ("username" in members) {
    const { username, realm, ...rest } = members;
    const more = Object.entries(rest).map(([name, each]) => `${name} ${valueText(each, now)}`);
    return [at(username, realm), ...more].join("; ");
  }
  if ("centreKhz" in members) {
    return `${String(members["centreKhz"])}/${String(members["bandwidthKhz"])} kHz`;
  }
  return Object.entries(members)
    .map(([name, each]) => `${name} ${valueText(each, now)}`)
    .join("; ");
}

function at(user: unknown, realm: unknown): string {
  const place = typeof realm === "string" && realm !== "" ? `@${realm}` : "";
  return clean(`${String(user)}${place}`);
}

function secretText(members: Readonly<Record<string, unknown>>, now: Date): string {
  if (members["set"] !== true) return "not set";
  const { fingerprint, changedAt } = members;
  const print = typeof fingerprint === "string" ? ` · fp ${fingerprint.slice(0, 4)}` : "";
  const changed = typeof changedAt === "string" ? ` · changed ${ago(changedAt, now)}` : "";
  return `set${print}${changed}`;
}
