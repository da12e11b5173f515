/**
 * From what single parameters need to the calls of one plan.
 *
 * - What may go together goes in one SetParameterValues; different effect classes never share a call.
 * - What can cut the link to the ACS goes last and alone, as its answer may never come.
 * - A row is added in a call of its own, before values; a row is deleted in a call of its own, after them, so that a CPE
 *   is never without both what it had and what it gets.
 * - However many parameters want a reboot behind them, there is one, and it is the last call.
 */
import { canonicalJson } from "../lib/hash.ts";
import type { Edit, Operation } from "../model/parameter.ts";
import type { EffectClass } from "../model/plan.ts";

/** Writes that belong together: one logical parameter, or one field with its secret. */
export interface Unit {
  /** Logical parameters in it. */
  readonly names: readonly string[];
  /** Logical parameters that have to be written first, if they are in the plan. */
  readonly after: readonly string[];
  readonly calls: readonly Operation[];
  readonly effect: EffectClass;
}

export interface Call<U> {
  /** Those that the call serves. */
  readonly units: readonly U[];
  readonly operation: Operation;
  readonly effect: EffectClass;
}

/** What a Reboot that we ask for does. */
export const REBOOT: EffectClass = {
  interrupts: ["mgmt", "wan"],
  reboot: "self",
  applies: "now",
  settleMs: 300_000,
};

export function cutsManagement(effect: EffectClass): boolean {
  return effect.interrupts.includes("mgmt") || effect.reboot === "self";
}

/** What several writes do together. */
export function jointEffect(effects: readonly EffectClass[]): EffectClass {
  const rank = ["none", "after", "self"] as const;
  return {
    interrupts: [...new Set(effects.flatMap(({ interrupts }) => interrupts))].sort(),
    reboot: rank[Math.max(0, ...effects.map(({ reboot }) => rank.indexOf(reboot)))] ?? "none",
    applies: effects.some(({ applies }) => applies === "afterReboot") ? "afterReboot" : "now",
    settleMs: Math.max(0, ...effects.map(({ settleMs }) => settleMs)),
  };
}

const classOf = ({ interrupts, reboot, applies }: EffectClass): string =>
  canonicalJson([[...interrupts].sort(), reboot, applies]);

/** The same units always give the same calls. `units` in the order in which they should go where nothing else decides. */
export function arrange<U extends Unit>(units: readonly U[]): Call<U>[] {
  const calls: Call<U>[] = [];
  let open = [...units];
  while (open.length > 0) {
    const group = nextGroup(open);
    open = open.filter((unit) => !group.includes(unit));
    for (const { lanes, operation } of sideBySide(group.map((unit) => unit.calls))) {
      const served = lanes.flatMap((lane) => group[lane] ?? []);
      calls.push({ units: served, operation, effect: jointEffect(served.map((u) => u.effect)) });
    }
  }
  const booting = units.filter(({ effect, calls: own }) => effect.reboot === "after" && own.length);
  if (booting.length === 0) return calls;
  const { settleMs } = jointEffect(booting.map((unit) => unit.effect));
  const effect = { ...REBOOT, settleMs: Math.max(REBOOT.settleMs, settleMs) };
  return [...calls, { units: booting, operation: { kind: "reboot" }, effect }];
}

/** Units that wait for nothing, of one effect class; those that cut management only when there is nothing else. */
function nextGroup<U extends Unit>(open: readonly U[]): U[] {
  const names = new Set(open.flatMap((unit) => unit.names));
  const waits = (unit: U): boolean =>
    unit.after.some((name) => names.has(name) && !unit.names.includes(name));
  const free = open.filter((unit) => !waits(unit));
  // Circles are refused when a map is loaded; two maps of one device cannot make one, as they are merged first.
  const ready = free.length > 0 ? free : open;
  const harmless = ready.filter(({ effect }) => !cutsManagement(effect));
  const [first] = harmless.length > 0 ? harmless : ready;
  if (first === undefined) return [];
  if (cutsManagement(first.effect)) return [first];
  return harmless.filter((unit) => classOf(unit.effect) === classOf(first.effect));
}

/**
 * Calls of several lanes laid side by side: the first of each go together where they only set, then the second of each. A
 * name stands once in a call: the same text twice is one edit, another text waits for the next call.
 */
export function sideBySide(
  lanes: readonly (readonly Operation[])[],
): { readonly lanes: readonly number[]; readonly operation: Operation }[] {
  const queues = lanes.map((calls, lane) => ({ lane, calls: [...calls] }));
  const merged: { lanes: number[]; operation: Operation }[] = [];
  for (;;) {
    const heads = queues.filter(({ calls }) => calls.length > 0);
    const sets = heads.filter(({ calls }) => calls[0]?.kind === "set");
    const alone = heads.find(({ calls }) => calls[0]?.kind === "add") ?? sets[0] ?? heads[0];
    const operation = alone?.calls[0];
    if (alone === undefined || operation === undefined) return merged;
    if (operation.kind !== "set") {
      alone.calls.shift();
      merged.push({ lanes: [alone.lane], operation });
      continue;
    }
    const edits = new Map<string, Edit>();
    const taken: number[] = [];
    for (const { lane, calls } of sets) {
      const head = calls[0];
      if (head?.kind !== "set" || head.edits.some((edit) => clashes(edits.get(edit.path), edit)))
        continue;
      for (const edit of head.edits) edits.set(edit.path, edit);
      taken.push(lane);
      calls.shift();
    }
    merged.push({ lanes: taken, operation: { kind: "set", edits: [...edits.values()] } });
  }
}

const clashes = (one: Edit | undefined, other: Edit): boolean =>
  one !== undefined && canonicalJson(one.value) !== canonicalJson(other.value);
