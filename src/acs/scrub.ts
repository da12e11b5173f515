/**
 * Takes the secrets of one call out of what the ACS said, since an ACS may echo a value in its message (I18). Pure.
 * It also caps the length, after the replacement: a cut could leave a piece of a secret that no longer matches.
 */
import type { Reading } from "../model/parameter.ts";

const MARK = "[secret]";
/** Enough for a .NET exception's first line; more than that belongs to the ACS's own log. */
const LONGEST = 200;

/** A secret as it may come back: plain, escaped as XML (once or twice) or as JSON, percent-encoded, in other case. */
function spellings(secret: string): string[] {
  const xml = (text: string): string =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const quoted = (text: string): string =>
    xml(text).replaceAll('"', "&quot;").replaceAll("'", "&apos;");
  const percent = /[\uD800-\uDFFF]/.test(secret) ? secret : encodeURIComponent(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  return [secret, secret.trim(), xml(secret), quoted(secret), xml(xml(secret)), json, percent];
}

/** Cleans a text: at most 200 characters, on one line, without any of the secrets. */
type Scrub = (text: string) => string;

export function scrubber(secrets: readonly string[]): Scrub {
  const all = new Set(secrets.flatMap(spellings).filter((text) => text !== ""));
  // Longest first, so that a secret inside a longer one does not leave the rest of it standing.
  const needles = [...all].sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const needle of needles) clean = replaceAnyCase(clean, needle);
    clean = clean.replaceAll(/\s+/g, " ").trim();
    return clean.length > LONGEST ? `${clean.slice(0, LONGEST - 1)}…` : clean;
  };
}

function replaceAnyCase(text: string, needle: string): string {
  const low = text.toLowerCase();
  const wanted = needle.toLowerCase();
  // Lower case may change the length of a text (`İ`); then positions differ and only the exact spelling is safe.
  if (low.length !== text.length || wanted.length !== needle.length) {
    return text.replaceAll(needle, MARK);
  }
  let clean = "";
  let from = 0;
  for (let at = low.indexOf(wanted); at !== -1; at = low.indexOf(wanted, from)) {
    clean += text.slice(from, at) + MARK;
    from = at + needle.length;
  }
  return clean + text.slice(from);
}

interface Worded {
  readonly kind: string;
  readonly detail?: string;
  readonly text?: string;
  readonly snapshot?: { readonly values: ReadonlyMap<string, Reading> };
}

/**
 * A result with its texts scrubbed; values that were read stay as they are.
 * @param secrets asked for only when there is a text to clean, so that they are opened no more than needed
 */
export function scrubResult<T extends Worded>(result: T, secrets: () => readonly string[]): T {
  const { detail, text, snapshot } = result;
  const failed = [...(snapshot?.values ?? [])].filter(([, reading]) => reading.kind === "failed");
  if (detail === undefined && text === undefined && failed.length === 0) return result;
  const scrub = scrubber(secrets());
  const values = new Map(snapshot?.values);
  for (const [name, reading] of failed) {
    if (reading.kind === "failed") values.set(name, { ...reading, text: scrub(reading.text) });
  }
  return {
    ...result,
    ...(detail === undefined ? {} : { detail: scrub(detail) }),
    ...(text === undefined ? {} : { text: scrub(text) }),
    ...(snapshot === undefined ? {} : { snapshot: { ...snapshot, values } }),
  };
}
