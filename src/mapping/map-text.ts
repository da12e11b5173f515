/** What a map says, part by part, each with its place. */
import type { Action } from "./actions.ts";
import type { AnchorText } from "./anchors.ts";
import type { BindingText } from "./binding.ts";
import type { Declaration } from "./declares.ts";
import type { Layer } from "./layer.ts";
import type { Match } from "./match.ts";
import type { Verify } from "./verify.ts";

/** A part of a document with the place where it was written, so that an inherited mistake is shown at its origin. */
export interface Placed<T> {
  /** Name of the map that wrote it. */
  readonly by: string;
  readonly file: string;
  readonly pointer: string;
  readonly value: T;
  /** Its content, for comparisons: two parts of equal text mean the same. */
  readonly text: string;
}

/** All that a map says of devices, by name. */
export interface Sections {
  readonly declares: ReadonlyMap<string, Placed<Declaration>>;
  readonly anchors: ReadonlyMap<string, Placed<AnchorText>>;
  /** Null takes away what a wider map binds. */
  readonly bind: ReadonlyMap<string, Placed<BindingText | null>>;
  readonly actions: ReadonlyMap<string, Placed<Action>>;
}

export const SECTIONS = ["declares", "anchors", "bind", "actions"] as const;

export interface MapText extends Sections {
  readonly name: string;
  readonly file: string;
  readonly layer: Layer;
  /** Nobody has approved it yet (the label `status: suggested`): whatever it binds is only read. */
  readonly suggested: boolean;
  readonly extends: readonly string[];
  readonly match: Match;
  readonly verify: Verify;
}
