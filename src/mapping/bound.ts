/** One logical parameter of a resolved map: what it is, and the lens that reads and writes it. */
import type { Problem } from "../lib/errors.ts";
import { parseDurationMs } from "../lib/time.ts";
import type { EffectClass } from "../model/plan.ts";
import type { Lens } from "./codecs/codec.ts";
import { DICTIONARY } from "./dictionary/index.ts";
import type { LogicalType } from "./dictionary/type.ts";
import type { BindingText, MapText } from "./map.ts";
import type { Binding } from "./mapper.ts";
import { buildLens } from "./pipeline.ts";

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

/** What runs on the device, for steps that ask for it. Its own problems are reported where it is bound. */
const SOFTWARE = "device.software-version";

export function compileBindings(map: MapText, problems: Problem[]): ReadonlyMap<string, Bound> {
  const bounds = new Map<string, Bound>();
  const names = new Set(map.anchors.keys());
  const software = map.bind.get(SOFTWARE)?.value.lens;
  const version = software === undefined ? null : buildLens(SOFTWARE, software, "", names).lens;
  for (const [logical, placed] of map.bind) {
    const def = DICTIONARY.get(logical);
    if (placed === null || def === undefined) continue;
    const { file, pointer, value } = placed;
    const known = logical === SOFTWARE ? null : version;
    const built = buildLens(logical, value.lens, `${pointer}/lens`, names, known);
    problems.push(...built.problems.map((problem) => ({ ...problem, file })));
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
    bounds.set(logical, {
      binding: {
        logical,
        secret: def.secret,
        observeOnly,
        effects: effectsOf(value.effects, def.effects),
        after: [],
      },
      type: def.type,
      lens: built.lens,
      overwriteForeign: value.overwriteForeign === true,
    });
  }
  return bounds;
}
