/** What the ACS may still execute, in words: the same for one device and for a stop. */
import type { Members } from "../model/api.ts";
import { ago, clean } from "./text.ts";

const PATHS_SHOWN = 3;

/** No lines when there is nothing. */
export function outstandingLines(intents: readonly Members[], now: Date): string[] {
  if (intents.length === 0) return [];
  return ["The ACS may still execute:", ...intents.map((intent) => `  ${lineOf(intent, now)}`)];
}

/** @param device named first, where there are several */
export function lineOf(intent: Members, now: Date, device = false): string {
  const { fields, step, steps, outcome, verdict, intendedAt, changeId, mayFireUntil, reason } =
    intent;
  const names = Array.isArray(fields) ? fields.join(", ") : "a change";
  // Of a firmware the field alone says neither from where nor to where.
  const what = names === "firmware" && typeof reason === "string" ? `firmware (${reason})` : names;
  const how = typeof outcome === "string" ? outcome : "sent, answer unknown";
  const since = typeof intendedAt === "string" ? ago(intendedAt, now) : "";
  const parts = [
    `${what}: step ${String(step)} of ${String(steps)}, ${how}`,
    since,
    typeof verdict === "string" ? `${verdict} since` : "",
    `change ${String(changeId)}`,
    doesText(intent),
    intent["canTakeBack"] === true ? "the ACS can take it back" : "it cannot be taken back",
    typeof mayFireUntil === "string"
      ? `expected until ${mayFireUntil.slice(0, 16).replace("T", " ")} UTC`
      : "",
  ];
  const name = device ? `${String(intent["device"])}  ` : "";
  return clean(name + parts.filter((part) => part !== "").join(", "));
}

function doesText({ does }: Members): string {
  if (!Array.isArray(does) || does.length === 0) return "";
  const names = does.slice(0, PATHS_SHOWN).map(String);
  const more = does.length > PATHS_SHOWN ? ` and ${does.length - PATHS_SHOWN} more` : "";
  return `it would do ${names.join(" + ")}${more}`;
}
