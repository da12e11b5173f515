/**
 * What the edge values of a logical domain become on the wire has to obey the type and the facets there. Tried, not worked
 * out: so it holds for any chain of steps. What breaks is either a domain that the map should narrow, a step too few, or a
 * device that keeps to other limits than the standard, which belongs to declares.
 */
import { Secret } from "../../../lib/secret.ts";
import { printLogical, type LogicalValue } from "../../../model/logical.ts";
import { withoutNumbers } from "../../declares.ts";
import { checkText } from "../../standard/facets.ts";
import type { Bound, Subject } from "../subject.ts";
import type { Write } from "../trial.ts";
import type { ActionWrite } from "../unbound-uses.ts";
import type { Found, Rule } from "./rule.ts";

const SHOWN = 40;
const cut = (text: string): string =>
  text.length > SHOWN ? `${Array.from(text).slice(0, SHOWN).join("")}...` : text;

function said({ value, text }: Write): string {
  if (value instanceof Secret) return `a secret of ${Array.from(text).length} characters`;
  return `${cut(shown(value))} as "${cut(text)}"`;
}

const shown = (value: LogicalValue): string =>
  typeof value === "string" ? `"${value}"` : printLogical(value);

const HINT = "or declare what this device takes";

function ofBinding({ logical, file, pointer, uses, trial }: Bound, { known }: Subject): Found[] {
  const found = new Map<string, Found>();
  for (const write of trial.writes) {
    const { facets } = known(write.path);
    const fault = facets === null ? undefined : checkText(facets, write.text);
    const path = withoutNumbers(write.path);
    const key = `${path} ${fault?.reason ?? ""}`;
    if (fault === undefined || found.has(key)) continue;
    const use = uses.find((one) => withoutNumbers(one.path) === path);
    const message = `${logical} writes ${said(write)} to ${path}: the text ${fault.reason} (fault ${fault.code}). Narrow the value with a step, ${HINT}.`;
    found.set(key, { severity: "error", file, pointer: use?.pointer ?? pointer, message });
  }
  return [...found.values()];
}

function ofAction({ action, path, text, file, pointer }: ActionWrite, { known }: Subject): Found[] {
  const { facets } = known(path);
  const fault = facets === null ? undefined : checkText(facets, text);
  if (fault === undefined) return [];
  const message = `the action ${action} writes "${cut(text)}" to ${path}: the text ${fault.reason} (fault ${fault.code}). Write another one, ${HINT}.`;
  return [{ severity: "error", file, pointer, message }];
}

export const beyondLimits: Rule = {
  name: "beyond_limits",
  meaning: "a text that a map writes breaks type, range, size or enumeration of its parameter",
  check: (subject) => [
    ...subject.bindings.flatMap((binding) => ofBinding(binding, subject)),
    ...subject.actionWrites.flatMap((write) => ofAction(write, subject)),
  ],
};
