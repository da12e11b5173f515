/** The values of a write, whatever the ACS speaks: CWMP carries them as XML in the end. Pure. */
import type { Change, WriteValue } from "../model/parameter.ts";

/** Whether XML 1.0 can carry a text: no control characters but tab and line ends, no half surrogate pairs. */
export function isCarriable(text: string): boolean {
  return /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u.test(text);
}

/** A value that XML cannot carry would arrive as another one. */
export function uncarriable(values: readonly WriteValue[]): string | undefined {
  const misfit = values.find(
    ({ value }) => !isCarriable(typeof value === "string" ? value : value.open()),
  );
  if (misfit === undefined) return undefined;
  return `not sent: the value of ${misfit.path} holds a character that XML cannot carry`;
}

/** The secrets among them, for taking them out of what an ACS says. */
export function openedOf(values: readonly WriteValue[]): string[] {
  return values.flatMap(({ value }) => (typeof value === "string" ? [] : [value.open()]));
}

/** The values of a change, if it sets any. */
export function valuesOf(change: Change): readonly WriteValue[] {
  return change.kind === "set" ? change.values : [];
}

/** All that must not come back out of a change: secrets that it sets, and a login inside the address of a file. */
export function secretsInside(change: Change): string[] {
  if (change.kind !== "download") return openedOf(valuesOf(change));
  if (!URL.canParse(change.url)) return [];
  const { password, search } = new URL(change.url);
  return [password, decoded(password), search.slice(1)].filter((text) => text !== "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What is wrong with a download before anybody is asked, or undefined. */
export function oddDownload(change: Change): string | undefined {
  if (change.kind !== "download") return undefined;
  const { url, fileType, fileName, sizeBytes } = change;
  if (![url, fileType, fileName].every((text) => text !== "" && isCarriable(text))) {
    return "not sent: address, type and name of the file must be texts that XML can carry";
  }
  if (!URL.canParse(url)) return "not sent: the address of the file is none";
  return Number.isSafeInteger(sizeBytes) && sizeBytes > 0
    ? undefined
    : "not sent: the size of the file must be known";
}
