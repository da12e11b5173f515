/** How the calls of `calls.ts` are made: what each takes as arguments, checked by the compiler against the document. */
import type { Calls } from "./calls.ts";

export type CallKey = keyof Calls;
export type AnswerTo<Key extends CallKey> = Calls[Key]["answer"];

/**
 * A word of a closed list may be any text here: it is what a person typed, and the server refuses a wrong one with the
 * words that there are. Names and kinds of members stay as the document says.
 */
type Typed<T> = T extends string
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Typed<Item>[]
    : T extends object
      ? { [Name in keyof T]: Typed<T[Name]> }
      : T;

export type BodyOf<Key extends CallKey> = Calls[Key] extends { readonly json: infer Body }
  ? Typed<Body>
  : Calls[Key] extends { readonly json?: infer Body }
    ? Typed<Body>
    : never;
export type QueryOf<Key extends CallKey> = Calls[Key] extends { readonly query?: infer Query }
  ? NonNullable<Query>
  : never;

interface Besides {
  readonly headers?: Readonly<Record<string, string>>;
  /** A body that is no JSON document. */
  readonly lines?: { readonly type: string; readonly text: string };
  /** ms for the whole answer, where it may take longer than others. */
  readonly timeoutMs?: number;
}

type PartsOf<Call> = {
  readonly [Name in keyof Call as Exclude<Name, "answer">]: Name extends "json"
    ? Typed<Call[Name]>
    : Call[Name];
};
type Parts<Key extends CallKey> = PartsOf<Calls[Key]> & Besides;

/** One argument, which may be left out where nothing has to be said. */
export type ArgumentsOf<Key extends CallKey> =
  object extends Parts<Key> ? [ask?: Parts<Key>] : [ask: Parts<Key>];

/** Kinds of records, by their paths below `/v1`. */
export type RecordPath = CallKey extends infer Key
  ? Key extends `GET /v1/${infer Path}/{name}`
    ? Path
    : never
  : never;

/** The method, and the path with its parts filled in. */
export function addressOf(
  key: CallKey,
  parts: Readonly<Record<string, string | number>>,
): { readonly method: string; readonly path: string } {
  const [method = "", template = ""] = key.split(" ");
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(parts[name] ?? "")),
  );
  return { method, path };
}
