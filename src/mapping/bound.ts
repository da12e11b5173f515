/** One logical parameter of a resolved map: what it is, and the lens that reads and writes it. */
import type { Problem } from "../lib/errors.ts";
import { parseDurationMs } from "../lib/time.ts";
import type { EffectClass } from "../model/plan.ts";
import type { Lens } from "./codecs/codec.ts";
import { buildBinding } from "./build-binding.ts";
import { compileAnchors } from "./compile-anchors.ts";
import { DICTIONARY } from "./dictionary/index.ts";
import type { LogicalType } from "./dictionary/type.ts";
import type { BindingText } from "./binding.ts";
import type { Stack } from "./layers.ts";
import type { Placed, Sections } from "./map-text.ts";
import type { Binding } from "./mapper.ts";
import { sequenceOf } from "./sequence.ts";

export interface Bound {
  readonly binding: Binding;
  readonly type: LogicalType;
  readonly lens: Lens;
  readonly overwriteForeign: boolean;
}

function effectsOf(given: BindingText["effects"], usual: EffectClass): EffectClass {
  return {
    interrupts: given?.interrupts ?? usual.interrupts,
    reboot: given?.reboot ?? usual.reboot,
    applies: given?.applies ?? usual.applies,
    settleMs:
      given?.settle === undefined
        ? usual.settleMs
        : (parseDurationMs(given.settle) ?? usual.settleMs),
  };
}

interface Compiled {
  readonly bound: Bound;
  readonly problems: readonly Problem[];
}

type PlacedBinding = Placed<BindingText | null>;

/**
 * Building a lens costs a hundred times what looking it up does, and a binding of a base map stands in every resolved map
 * over it. A lens names its anchors, so it is the same wherever they exist.
 */
const compiled = new WeakMap<PlacedBinding, Compiled>();

/** Everything that looks like `$name`; `$row` belongs to tables. */
function anchorsNamedIn(text: string): string[] {
  const names = [...text.matchAll(/"\$([A-Za-z]\w*)/g)].map(([, name = ""]) => name);
  return names.filter((name) => name !== "row");
}

function compileBinding(
  logical: string,
  placed: PlacedBinding,
  anchors: ReadonlySet<string>,
): Compiled | null {
  const named = anchorsNamedIn(placed.text);
  // With an unknown anchor in it, the text is built once more, to say which and what was meant.
  if (!named.every((name) => anchors.has(name))) return build(logical, placed, anchors);
  const known = compiled.get(placed) ?? build(logical, placed, new Set(named));
  if (known !== null) compiled.set(placed, known);
  return known;
}

function build(
  logical: string,
  { file, pointer, value }: PlacedBinding,
  anchors: ReadonlySet<string>,
): Compiled | null {
  const def = DICTIONARY.get(logical);
  if (def === undefined || value === null) return null;
  const built = buildBinding(logical, value, pointer, anchors);
  const problems: Problem[] = built.problems.map((problem) => ({ ...problem, file }));
  for (const end of built.ends.filter(({ secret }) => secret !== def.secret)) {
    const message = def.secret
      ? "is a secret and needs the step secret"
      : "is no secret and must not use the step secret";
    problems.push({ file, pointer: end.pointer, code: "secret", message });
  }
  const observeOnly = def.observeOnly || value.observeOnly === true;
  for (const { pointer: place, why } of observeOnly ? [] : built.oneWay) {
    const message = `${why}, so the binding has to say observeOnly: true`;
    problems.push({ file, pointer: place, code: "one_way", message });
  }
  const binding = {
    logical,
    secret: def.secret,
    observeOnly,
    effects: effectsOf(value.effects, def.effects),
    after: [],
  };
  const overwriteForeign = value.overwriteForeign === true;
  return { bound: { binding, type: def.type, lens: built.lens, overwriteForeign }, problems };
}

export function compileBindings(
  { bind, anchors: given, general }: Pick<Stack, "bind" | "anchors" | "general">,
  problems: Problem[],
): ReadonlyMap<string, Bound> {
  const bounds = new Map<string, Bound>();
  const anchors = new Set(given.keys());
  const sequence = sequenceOf(bind, problems);
  for (const [logical, placed] of bind) {
    const one = compileBinding(logical, placed, anchors);
    if (one === null) continue;
    problems.push(...one.problems);
    const { binding } = one.bound;
    const after = sequence.get(logical) ?? [];
    const observeOnly = general || binding.observeOnly;
    bounds.set(logical, { ...one.bound, binding: { ...binding, after, observeOnly } });
  }
  return bounds;
}

/** A map that is only extended: anchors may come from those that extend it, all else has to be right by itself. */
export function checkMixin(map: Sections): Problem[] {
  const problems: Problem[] = [];
  compileAnchors(map.anchors, problems);
  const known = problems.filter(({ code }) => code !== "unknown_anchor");
  for (const [logical, placed] of map.bind) {
    const anchors = new Set(anchorsNamedIn(placed.text));
    known.push(...(compileBinding(logical, placed, anchors)?.problems ?? []));
  }
  return known;
}
