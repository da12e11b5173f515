/**
 * The linter of parameter maps: what can be said against a map without a device. One line for each rule; a rule sees one
 * map over all that lies under it.
 */
import type { Problem } from "../../lib/errors.ts";
import type { Stack } from "../layers.ts";
import type { Standard } from "../standard/standard.ts";
import { beyondLimits } from "./rules/beyond-limits.ts";
import { boundCommand } from "./rules/bound-command.ts";
import { openAnchor } from "./rules/open-anchor.ts";
import { readOnly } from "./rules/read-only.ts";
import { retiredPath } from "./rules/retired-path.ts";
import type { Rule } from "./rules/rule.ts";
import { sharedFootprint } from "./rules/shared-footprint.ts";
import { shownSecret } from "./rules/shown-secret.ts";
import { unknownPath } from "./rules/unknown-path.ts";
import { unsayable } from "./rules/unsayable.ts";
import { wrongKind } from "./rules/wrong-kind.ts";
import { wrongRoot } from "./rules/wrong-root.ts";
import { subjectOf } from "./subject.ts";
import type { Trial } from "./trial.ts";

export interface LintProblem extends Problem {
  readonly severity: "error" | "warning";
  readonly file: string;
  readonly pointer: string;
}

export const RULES: readonly Rule[] = [
  wrongRoot,
  unknownPath,
  retiredPath,
  wrongKind,
  shownSecret,
  boundCommand,
  readOnly,
  beyondLimits,
  unsayable,
  sharedFootprint,
  openAnchor,
];

/**
 * @param maps that load, each over all that its match implies (`MapSet.stack`)
 * @returns in order of the maps and the rules; what several maps inherit is said once, at its origin
 */
export function lintMaps(maps: readonly Stack[], standard: Standard): LintProblem[] {
  const found = new Map<string, LintProblem>();
  const trials = new Map<string, Trial>();
  for (const map of maps) {
    const subject = subjectOf(map, standard, trials);
    for (const { name, check } of RULES) {
      for (const one of check(subject)) {
        const key = [name, one.file, one.pointer, one.message].join("\n");
        if (!found.has(key)) found.set(key, { ...one, code: name });
      }
    }
  }
  return [...found.values()];
}
