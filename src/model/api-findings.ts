/** What the API says of findings: misuse of credentials, with its evidence. Digests only, never a secret. */

import type { ApiResponse } from "./api-responses.ts";

type Members = Readonly<Record<string, unknown>>;

export interface ApiFinding {
  readonly id: number;
  /** Of the catalogue: `P01`, and its name, `concurrent-use`. */
  readonly pattern: string;
  readonly name: string;
  readonly severity: "low" | "medium" | "high" | "critical";
  readonly state: "suspected" | "confirmed" | "actioned" | "closed";
  readonly text: string;
  readonly service: string | null;
  /** Devices that it speaks of; one that is `protected` is never cut by itself. */
  readonly devices: readonly {
    readonly id: string;
    readonly name: string;
    readonly protected: boolean;
  }[];
  readonly suspectedAt: string;
  readonly openedAt: string;
  readonly changedAt: string;
  readonly closedAt: string | null;
  /** Why it was closed; `decision` null: later evidence did. */
  readonly closedAs: string | null;
  readonly decision: {
    readonly as: "theft" | "swap" | "clone" | "mistake";
    readonly by: string;
    readonly at: string;
    readonly reason: string;
  } | null;
  readonly links: { readonly self: string; readonly decide: string };
}

export interface ApiFindingDetail extends ApiFinding {
  /** By which rule and key it was grouped. */
  readonly group: { readonly key: string; readonly focus: string };
  readonly sides: readonly string[];
  readonly members: readonly string[];
  /** What was done about it, refused, or noted while its step is in shadow; oldest first. */
  readonly responses: readonly ApiResponse[];
  readonly evidence: {
    readonly ruleVersion: number;
    readonly credential: string | null;
    readonly firstAt: string;
    readonly lastAt: string;
    readonly signals: readonly string[];
    /** Each honest cause that was asked for, with its answer. */
    readonly guards: readonly {
      readonly guard: string;
      readonly effect: Members;
      readonly detail: string;
    }[];
    readonly exhibits: readonly {
      readonly kind: string;
      readonly key: string;
      readonly at: string;
      readonly says: Members;
      readonly hash: string;
    }[];
  };
}

export interface ApiFindings {
  readonly items: readonly ApiFinding[];
  readonly next: string | null;
  /** What was so before anybody looked, counted once; null: nothing was looked at yet. */
  readonly firstLook: {
    readonly at: string;
    readonly patterns: readonly {
      readonly pattern: string;
      readonly count: number;
      readonly confirmed: number;
    }[];
  } | null;
}
