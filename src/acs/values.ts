/** The values of a write, whatever the ACS speaks: CWMP carries them as XML in the end. Pure. */
import type { WriteValue } from "../model/parameter.ts";

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
