/**
 * Order within one binding: parameters that are set in a call of their own before its values are written, and others in
 * one behind them (switch the connection off, change it, switch it on; begin an edit, commit it). Without values to write
 * neither is set.
 *
 * A switch that the binding's own steps write as well (a lock's mode) is only moved: its edit goes first where it says what
 * `disable` says or the opposite of `enable`, otherwise last. A switch that stands in both is never left off: where the
 * value is right and the switch is not, as when we died half-way, the value is nonconforming.
 */
import type { Edit, Operation } from "../model/parameter.ts";
import type { BindingText } from "./binding.ts";
import { putChanged, refusedAs, type BuildContext, type Lens } from "./codecs/codec.ts";
import {
  companionsOf,
  isOwn,
  judge,
  needsOf,
  samePath,
  type Companion,
} from "./codecs/companion.ts";
import { literalsMeet, literalText, saysLiteral, type Literal } from "./literal.ts";
import { printTemplate } from "./path.ts";
import type { PutResult } from "./mapper.ts";
import type { View } from "./view.ts";

interface Switch {
  readonly companion: Companion;
  readonly off: Literal | undefined;
  readonly on: Literal | undefined;
  /** The steps of the binding decide what it holds in the end. */
  readonly own: boolean;
}

export function orderedLens(
  lens: Lens,
  order: NonNullable<BindingText["order"]>,
  context: Pick<BuildContext, "path" | "problem">,
  pointer: string,
): Lens {
  const off = companionsOf(order.disable, context, `${pointer}/disable`);
  const on = companionsOf(order.enable, context, `${pointer}/enable`);
  if (off.length + on.length === 0) return lens;
  const switches = pairUp(off, on, lens);
  for (const { companion, off: first, on: last } of switches) {
    if (first !== undefined && last !== undefined && literalsMeet(first, last))
      context.problem(pointer, `"${printTemplate(companion.path)}" is set to the same twice`);
  }
  const leftOff = (view: View) =>
    switches
      .filter(({ own, off: first, on: last }) => !own && first !== undefined && last !== undefined)
      .map(({ companion, on: want = "" }) => judge({ ...companion, want }, view))
      .find(({ kind }) => kind !== "holds");
  return {
    needs: [...lens.needs, ...needsOf([...off, ...on])],
    place: lens.place,
    normal: (value, view) => lens.normal(value, view),
    get(view) {
      const got = lens.get(view);
      const found = got.kind === "value" ? leftOff(view) : undefined;
      if (got.kind !== "value" || found === undefined || found.kind === "holds") return got;
      if (found.kind !== "differs") return found;
      const detail = `${found.path} is still off`;
      return { kind: "nonconforming", value: got.value, path: found.path, detail };
    },
    put(value, view) {
      const result = putChanged(lens, value, view);
      return result.kind === "refused" ? result : inOrder(result.calls, switches, view);
    },
  };
}

function pairUp(off: readonly Companion[], on: readonly Companion[], lens: Lens): Switch[] {
  const wantIn = (list: readonly Companion[], one: Companion) =>
    list.find((other) => samePath(one, other))?.want;
  const all = [...off, ...on.filter((one) => wantIn(off, one) === undefined)];
  return all.map((companion) => ({
    companion,
    off: wantIn(off, companion),
    on: wantIn(on, companion),
    own: isOwn(companion, lens),
  }));
}

/** The calls of the steps, with those of the switches before and behind them. */
function inOrder(calls: readonly Operation[], switches: readonly Switch[], view: View): PutResult {
  const first: Edit[] = [];
  const last: Edit[] = [];
  const moved = new Set<string>();
  for (const one of switches) {
    const now = judge(one.companion, view);
    if (now.kind !== "holds" && now.kind !== "differs") return refusedAs(now);
    const said = textIn(calls, now.path);
    if (said !== undefined) moved.add(now.path);
    const before = calls.length === 0 ? now.text : textBefore(one, said, now.text);
    const behind = textBehind(one, said, now.text, before);
    if (before !== now.text) first.push(edit(now.path, before));
    if (behind !== before) last.push(edit(now.path, behind));
  }
  const between = calls.flatMap((call): Operation[] => {
    if (call.kind !== "set") return [call];
    const edits = call.edits.filter(({ path }) => !moved.has(path));
    return edits.length === 0 ? [] : [{ kind: "set", edits }];
  });
  const asCall = (edits: readonly Edit[]): Operation[] =>
    edits.length === 0 ? [] : [{ kind: "set", edits }];
  return { kind: "edits", calls: [...asCall(first), ...between, ...asCall(last)] };
}

/** What a switch holds while the values are written. `said`: what the steps of the binding write to it. */
function textBefore({ off, on }: Switch, said: string | undefined, now: string): string {
  const goesFirst =
    said !== undefined &&
    (off === undefined ? on !== undefined && !saysLiteral(on, said) : saysLiteral(off, said));
  if (goesFirst) return said;
  return off === undefined || saysLiteral(off, now) ? now : literalText(off);
}

/** What it holds in the end. */
function textBehind(
  { on, own }: Switch,
  said: string | undefined,
  now: string,
  before: string,
): string {
  if (said !== undefined) return said;
  if (own) return now;
  return on === undefined || saysLiteral(on, before) ? before : literalText(on);
}

const edit = (path: string, text: string): Edit => ({ path, value: { kind: "text", text } });

function textIn(calls: readonly Operation[], path: string): string | undefined {
  const edits = calls.flatMap((call) => (call.kind === "set" ? call.edits : []));
  const found = edits.findLast((one) => one.path === path);
  return found?.value.kind === "text" ? found.value.text : undefined;
}
