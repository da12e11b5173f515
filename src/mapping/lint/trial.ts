/** What a lens writes for the edge values of its domain, tried on devices that do not exist. */
import { Secret } from "../../lib/secret.ts";
import type { LogicalValue } from "../../model/logical.ts";
import type { Operation } from "../../model/parameter.ts";
import type { Anchor } from "../anchors.ts";
import { refused, type Lens } from "../codecs/codec.ts";
import { samples } from "../dictionary/samples.ts";
import type { LogicalType } from "../dictionary/type.ts";
import { devicesFor } from "./synthetic.ts";

export interface Write {
  readonly path: string;
  readonly text: string;
  /** The value that was to be said. */
  readonly value: LogicalValue;
}

export interface Trial {
  /** Each path and text once, with the first value that led to it. */
  readonly writes: readonly Write[];
  /** Why no value at all can be said, on no device; null where one can, and where a device was in the way. */
  readonly unsayable: string | null;
}

export function tryWrites(
  lens: Lens,
  type: LogicalType,
  anchors: ReadonlyMap<string, Anchor>,
): Trial {
  const writes = new Map<string, Write>();
  let refusal: string | null = null;
  let sayable = false;
  const values = samples(type.domain).filter((value) => type.never(value) === undefined);
  for (const view of devicesFor(lens, anchors)) {
    for (const value of values) {
      const shown = lens.normal(value, view);
      const put = shown.ok ? lens.put(value, view) : refused(shown.code, "", shown.message);
      if (put.kind === "edits") {
        for (const write of writesOf(put.calls, value)) {
          const key = `${write.path}\n${write.text}`;
          if (!writes.has(key)) writes.set(key, write);
        }
      }
      if (put.kind === "refused" && (put.code === "domain" || put.code === "inexact"))
        refusal ??= put.message;
      else sayable = true;
    }
  }
  return { writes: [...writes.values()], unsayable: sayable ? null : refusal };
}

function writesOf(calls: readonly Operation[], value: LogicalValue): Write[] {
  // A sample, made here: it is nobody's secret.
  const secret = value instanceof Secret ? value.open() : "";
  return calls.flatMap((call) =>
    call.kind !== "set"
      ? []
      : call.edits.map(({ path, value: edit }) => ({
          path,
          text: edit.kind === "text" ? edit.text : secret,
          value,
        })),
  );
}

/** Of a binding that only observes. */
export const NO_TRIAL: Trial = { writes: [], unsayable: null };
