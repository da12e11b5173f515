/** Texts that meet the conditions by which an anchor chooses a row, and texts that do not. */
import fc from "fast-check";
import type { AnchorText } from "../anchors.ts";
import { parseCondition } from "../conditions.ts";
import { literalText } from "../literal.ts";

export type ConditionText = NonNullable<AnchorText["where"]>[number];

/** What devices say, for patterns; and what is none of what a condition wants. */
const SAYINGS = [
  "false",
  "0",
  "",
  "true",
  "1",
  "Up",
  "Device.Ethernet.Link.1.",
  "Device.IP.Interface.1.",
];

/** A text of the pattern; a pattern of RE2 that is none of JavaScript gives none. */
function matching(pattern: string): readonly string[] {
  try {
    return fc.sample(fc.stringMatching(new RegExp(pattern)), { seed: 1, numRuns: 20 });
  } catch {
    return [];
  }
}

function candidates(conditions: readonly ConditionText[]): readonly string[] {
  const literals = conditions.flatMap(({ equals, in: choice }) => [
    ...(equals === undefined ? [] : [equals]),
    ...(choice ?? []),
  ]);
  const tokens = conditions.flatMap(({ token }) => token ?? []);
  const sep = conditions.find((one) => one.sep !== undefined)?.sep?.[0] ?? ",";
  return [
    ...literals.flatMap((value) => [String(value), literalText(value)]),
    tokens.join(sep),
    ...tokens,
    ...SAYINGS,
    ...conditions.flatMap(({ matches }) => (matches === undefined ? [] : matching(matches))),
  ];
}

/** How many of the conditions a text meets. */
function met(conditions: readonly ConditionText[], text: string): number {
  return conditions.filter((given) => {
    const condition = parseCondition(given);
    return !("fault" in condition) && condition.test(text);
  }).length;
}

/**
 * @param conditions all of one parameter
 * @param held a text that it already has to hold, if any; it is kept where it meets as much as any other
 * @returns the text that meets most of them, and one that meets none
 */
export function evidenceText(
  conditions: readonly ConditionText[],
  held: string | undefined,
): { readonly meets: string; readonly fails: string } {
  const all = [...(held === undefined ? [] : [held]), ...candidates(conditions)];
  const best = Math.max(...all.map((text) => met(conditions, text)));
  return {
    meets: all.find((text) => met(conditions, text) === best) ?? "",
    fails: SAYINGS.find((text) => met(conditions, text) === 0) ?? "",
  };
}
