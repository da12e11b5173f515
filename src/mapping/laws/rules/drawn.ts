/** What most laws draw by lot: values, what was written before, and the manners of the device. */
import fc from "fast-check";
import type { LogicalValue } from "../../../model/logical.ts";
import type { LabDevice } from "../../lab/device.ts";
import { Broken, type Tally } from "../law.ts";
import { manners, settle, type Manner, type Settled, type Trial } from "../trial.ts";
import { spellingsOf, valuesOf } from "../values.ts";

/** Values of the type: mostly in normal form, some as people spell them. */
export const valuesFor = ({ bound: { type } }: Trial): fc.Arbitrary<LogicalValue> =>
  fc.oneof(
    { weight: 3, arbitrary: valuesOf(type.domain) },
    { weight: 1, arbitrary: spellingsOf(type.domain) },
  );

export interface Drawn {
  readonly value: LogicalValue;
  /** Written before, if it can be. */
  readonly before: LogicalValue | undefined;
  readonly manner: Manner;
}

export const drawnFor = (trial: Trial): fc.Arbitrary<Drawn> =>
  fc.record({
    value: valuesFor(trial),
    before: fc.option(valuesFor(trial), { nil: undefined }),
    manner: manners,
  });

/** The device after the earlier write; where that is refused, as it was. */
export function deviceAfter(
  trial: Trial,
  before: LogicalValue | undefined,
  manner: Manner,
): LabDevice {
  if (before === undefined) return trial.device;
  const settled = settle(trial, trial.device, before, manner);
  return settled.kind === "settled" ? settled.device : trial.device;
}

/** The settled device, undefined where the value was refused. @throws Broken where the map broke */
export function settledOr(
  settled: Settled,
  tally: Tally,
): Extract<Settled, { kind: "settled" }> | undefined {
  if (settled.kind === "broken") throw new Broken(settled.message);
  if (settled.kind === "settled") return settled;
  tally.refused += 1;
  return undefined;
}
