/** A device of a few parameters for the steps that meet one: what it holds by path, and what a map makes of it. */
import { Secret } from "../../../src/lib/secret.ts";
import type { LogicalValue } from "../../../src/model/logical.ts";
import type { Operation, Reading, Snapshot } from "../../../src/model/parameter.ts";
import type { Mapper } from "../../../src/mapping/mapper.ts";
import { testMapper } from "./fixtures.ts";

/** Texts by path; null is nil, `?` was not read, and what is not here the device does not have. */
export type Held = Readonly<Record<string, string | null>>;

const UNREAD = "?";

function snapshotOf(held: Held): Snapshot {
  const values = new Map<string, Reading>();
  for (const [path, text] of Object.entries(held)) {
    if (text === UNREAD) values.set(path, { kind: "failed", code: 9002, text: "" });
    else values.set(path, text === null ? { kind: "null" } : { kind: "value", text });
  }
  return { values, covered: ["Device."] };
}

/** `A=1 B=secret` for each call. */
export function printCalls(calls: readonly Operation[]): string[] {
  return calls.map((call) =>
    call.kind === "set"
      ? call.edits
          .map(({ path, value }) => `${path}=${value.kind === "text" ? value.text : "secret"}`)
          .join(" ")
      : call.kind,
  );
}

export function applied(held: Held, calls: readonly Operation[]): Held {
  const next: Record<string, string | null> = { ...held };
  for (const call of calls) {
    for (const { path, value } of call.kind === "set" ? call.edits : [])
      next[path] = value.kind === "text" ? value.text : "";
  }
  return next;
}

export interface Bound {
  readonly mapper: Mapper;
  /** The value, or what else was found. */
  get(held: Held): unknown;
  /** The calls, or the code of the refusal. */
  put(value: LogicalValue, held: Held): string[] | string;
  calls(value: LogicalValue, held: Held): readonly Operation[] | undefined;
}

/** One logical parameter through one lens. */
export function bound(
  logical: string,
  lens: readonly unknown[],
  more: object = {},
  anchors: object = {},
): Bound {
  const mapper = testMapper({ anchors, bind: { [logical]: { lens, ...more } } });
  const put = (value: LogicalValue, held: Held) => mapper.put(logical, value, snapshotOf(held));
  return {
    mapper,
    get(held) {
      const got = mapper.get(logical, snapshotOf(held));
      return got.kind === "value" ? got.value : got.kind;
    },
    put(value, held) {
      const result = put(value, held);
      return result.kind === "edits" ? printCalls(result.calls) : result.code;
    },
    calls(value, held) {
      const result = put(value, held);
      return result.kind === "edits" ? result.calls : undefined;
    },
  };
}

export const SECRET = new Secret("hunter2hunter2");
