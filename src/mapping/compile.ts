/** From a resolved map to a `Mapper`. All that can be wrong is found here; afterwards nothing is thrown. */
import type { Problem } from "../lib/errors.ts";
import { hashValue } from "../lib/hash.ts";
import { parseDurationMs } from "../lib/time.ts";
import type { DeviceFacts } from "../model/device.ts";
import { sameValue, type LogicalValue, type Observation } from "../model/logical.ts";
import type { Snapshot } from "../model/parameter.ts";
import type { EffectClass } from "../model/plan.ts";
import { parseAnchor, type Anchor } from "./anchors.ts";
import { NO_EDITS, refused, type Lens, type Plain } from "./codecs/codec.ts";
import { DICTIONARY } from "./dictionary/index.ts";
import type { LogicalType } from "./dictionary/type.ts";
import type { BindingText, MapText } from "./map.ts";
import { evidenceOf } from "./evidence.ts";
import type { Binding, Mapper } from "./mapper.ts";
import { observationOf, obstacle } from "./outcomes.ts";
import { printTemplate } from "./path.ts";
import { buildLens } from "./pipeline.ts";
import { viewOf } from "./snapshot-view.ts";
import type { View } from "./view.ts";
import { wantedNames } from "./wanted.ts";

interface Bound {
  readonly binding: Binding;
  readonly type: LogicalType;
  readonly lens: Lens;
  readonly overwriteForeign: boolean;
}

const SERIAL = "device.serial-number";

/** Parsed anchors; follows in a circle are refused, or a walk would never start. */
function compileAnchors(map: MapText, problems: Problem[]): ReadonlyMap<string, Anchor> {
  const anchors = new Map<string, Anchor>();
  for (const [name, { file, pointer, value }] of map.anchors) {
    const anchor = parseAnchor(value);
    if ("fault" in anchor)
      problems.push({ file, pointer, code: "invalid_anchor", message: anchor.fault });
    else anchors.set(name, anchor);
  }
  for (const [name, { file, pointer }] of map.anchors) {
    const seen: string[] = [];
    let at: string | null = name;
    while (at !== null && !seen.includes(at)) {
      seen.push(at);
      const anchor: Anchor | undefined = anchors.get(at);
      const next: string | null = anchor?.kind === "follow" ? anchor.from.anchor : null;
      if (next !== null && !map.anchors.has(next)) {
        problems.push({ file, pointer, code: "unknown_anchor", message: `no anchor "${next}"` });
        anchors.delete(name);
        break;
      }
      at = next;
    }
    if (at !== null && seen.includes(at)) {
      problems.push({
        file,
        pointer,
        code: "cycle",
        message: [...seen, at].join(" follows "),
      });
      anchors.delete(name);
    }
  }
  return anchors;
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

function compileBindings(map: MapText, problems: Problem[]): ReadonlyMap<string, Bound> {
  const bounds = new Map<string, Bound>();
  const names = new Set(map.anchors.keys());
  for (const [logical, placed] of map.bind) {
    const def = DICTIONARY.get(logical);
    if (placed === null || def === undefined) continue;
    const { file, pointer, value } = placed;
    const built = buildLens(logical, value.lens, `${pointer}/lens`, names);
    problems.push(...built.problems.map((problem) => ({ ...problem, file })));
    for (const end of built.ends.filter(({ secret }) => secret !== def.secret)) {
      const message = def.secret
        ? "is a secret and needs the step secret"
        : "is no secret and must not use the step secret";
      problems.push({ file, pointer: end.pointer, code: "secret", message });
    }
    const observeOnly = def.observeOnly || value.observeOnly === true;
    for (const place of observeOnly ? [] : built.oneWay) {
      const message = "can only be read, so the binding has to say observeOnly: true";
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

/** Logical values are plain data; only their readonly-ness differs. */
const plain = (value: LogicalValue): Plain => value;

export function compileMap(map: MapText): { mapper?: Mapper; problems: Problem[] } {
  const problems: Problem[] = [];
  const anchors = compileAnchors(map, problems);
  const bounds = compileBindings(map, problems);
  const serial = bounds.get(SERIAL)?.lens.needs[0];
  if (serial?.kind !== "path" || serial.path.anchor !== null) {
    const message = `has to bind ${SERIAL} to one full path: it proves which device answered`;
    problems.push({ file: map.file, pointer: "/spec/bind", code: "no_identity", message });
    return { problems };
  }
  if (problems.length > 0) return { problems };

  const facts = [...bounds.keys()].filter((logical) => logical.startsWith("device.")).sort();
  const get = (logical: string, snapshot: Snapshot): Observation => {
    const bound = bounds.get(logical);
    if (bound === undefined)
      return { kind: "absent", path: "", detail: `the map does not bind ${logical}` };
    return observationOf(bound.lens.get(viewOf(snapshot, anchors)), bound.type);
  };
  /** As `get` would show it once written: a set sorted, a realm in lower case. */
  const normal = (logical: string, value: LogicalValue, view: View): LogicalValue => {
    const bound = bounds.get(logical);
    const form = bound?.type.parse(value);
    if (bound === undefined || form === undefined || bound.binding.secret) return value;
    const shown = bound.lens.normal(plain(form), view);
    const back = shown.ok ? bound.type.parse(shown.value) : undefined;
    return back === undefined ? form : back; // null is a value
  };

  const mapper: Mapper = {
    name: map.name,
    layers: [map.name],
    general: false,
    hash: hashValue({
      layer: map.layer,
      match: map.match,
      declares: map.declares,
      anchors: Object.fromEntries([...map.anchors].map(([name, { value }]) => [name, value])),
      bind: Object.fromEntries(
        [...map.bind].map(([name, placed]) => [name, placed?.value ?? null]),
      ),
    }),
    identityPath: printTemplate(serial.path),
    bindings: new Map([...bounds].map(([logical, { binding }]) => [logical, binding])),
    wanted(logicals, known) {
      const needs = [...new Set([SERIAL, ...facts, ...logicals])].flatMap(
        (logical) => bounds.get(logical)?.lens.needs ?? [],
      );
      return wantedNames(needs, anchors, known);
    },
    evidence: (logicals, snapshot) =>
      evidenceOf(
        logicals.flatMap((logical) => bounds.get(logical)?.lens.needs ?? []),
        anchors,
        viewOf(snapshot, anchors),
      ),
    facts: (snapshot) => factsOf(snapshot, (logical) => get(logical, snapshot)),
    get,
    put(logical, value, snapshot) {
      const bound = bounds.get(logical);
      if (bound === undefined)
        return refused("unbound", "", `the map ${map.name} does not bind ${logical}`);
      const { lens, type, binding } = bound;
      if (binding.observeOnly)
        return refused("observe_only", lens.place, `${logical} can be read, not written`);
      const form = type.parse(value);
      if (form === undefined) return refused("domain", lens.place, `is not a value of ${logical}`);
      const view = viewOf(snapshot, anchors);
      const got = lens.get(view);
      const observed = observationOf(got, type);
      // First of all: what is there already is never refused and never written, also when we would not say it that way.
      if (observed.kind === "value" && sameValue(observed.value, normal(logical, form, view)))
        return NO_EDITS;
      const never = type.never(form);
      if (never !== undefined) return refused("domain", lens.place, never);
      const sayable = lens.normal(plain(form), view);
      if (!sayable.ok) return refused(sayable.code, lens.place, sayable.message);
      return obstacle(got, observed, bound.overwriteForeign) ?? lens.put(sayable.value, view);
    },
  };
  return { mapper, problems };
}

function factsOf(snapshot: Snapshot, get: (logical: string) => Observation): DeviceFacts {
  const text = (logical: string): string | null => {
    const observed = get(logical);
    return observed.kind === "value" && typeof observed.value === "string" ? observed.value : null;
  };
  const answered = [...snapshot.values].filter(([, reading]) => reading.kind !== "failed");
  const roots = new Set(answered.map(([path]) => path.slice(0, path.indexOf("."))));
  const root = (["InternetGatewayDevice", "Device"] as const).filter((name) => roots.has(name));
  return {
    root: root.length === 1 ? (root[0] ?? null) : null,
    manufacturer: text("device.manufacturer"),
    oui: text("device.oui")?.toUpperCase() ?? null,
    productClass: text("device.product-class"),
    modelName: text("device.model-name"),
    hardwareVersion: text("device.hardware-version"),
    softwareVersion: text("device.software-version"),
  };
}
