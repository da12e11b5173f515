/** What a lens writes for the edge values of its domain, tried on devices that do not exist. */
import { Secret } from "../../lib/secret.ts";
import type { LogicalValue } from "../../model/logical.ts";
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

/** @param type null: the binding only observes */
export function tryWrites(
  lens: Lens,
  type: LogicalType | null,
  anchors: ReadonlyMap<string, Anchor>,
): Trial {
  const writes = new Map<string, Write>();
  if (type === null) return { writes: [], unsayable: null };
  const values = samples(type.domain).filter((value) => type.never(value) === undefined);
  const refusals = new Set<string>();
  let open = false;
  for (const view of devicesFor(lens, anchors)) {
    for (const value of values) {
      const shown = lens.normal(value, view);
      const put = shown.ok ? lens.put(value, view) : refused(shown.code, lens.place, shown.message);
      if (put.kind === "refused") {
        if (put.code === "domain" || put.code === "inexact") refusals.add(put.message);
        else open = true;
        continue;
      }
      open = true;
      for (const call of put.calls) {
        if (call.kind !== "set") continue;
        for (const edit of call.edits) {
          // A sample, made here: it is nobody's secret.
          const text = edit.value.kind === "text" ? edit.value.text : openSample(value);
          const key = `${edit.path}\n${text}`;
          if (!writes.has(key)) writes.set(key, { path: edit.path, text, value });
        }
      }
    }
  }
  return { writes: [...writes.values()], unsayable: open ? null : ([...refusals][0] ?? null) };
}

const openSample = (value: LogicalValue): string => (value instanceof Secret ? value.open() : "");
