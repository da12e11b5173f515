/** What services need of the findings: reading, deciding, and the turn of the evaluation. Each method is one transaction. */
import type { Finding } from "../fraud/findings.ts";
import type { DeviceId } from "../model/device.ts";
import type { Actor } from "./actor.ts";
import type { Page } from "./fleet-store.ts";

export type Decision = "theft" | "swap" | "clone" | "mistake";

export interface FindingView {
  readonly id: number;
  /** As the rules made it, digests only. */
  readonly finding: Finding;
  readonly openedAt: Date;
  readonly changedAt: Date;
  readonly closedAt: Date | null;
  readonly devices: readonly {
    readonly id: DeviceId;
    readonly name: string;
    /** Labelled `protected`: nothing may cut it by itself. */
    readonly protected: boolean;
  }[];
  readonly decision: {
    readonly as: Decision;
    readonly by: string;
    readonly at: Date;
    readonly reason: string;
  } | null;
}

export interface FindingQuery {
  /** Null: open ones. */
  readonly states: readonly Finding["state"]["kind"][] | null;
  readonly patterns: readonly string[] | null;
  /** Findings about a device that it chooses; selector text. Null: all. */
  readonly selector: string | null;
  readonly limit: number;
  readonly cursor: string | null;
}

/** What the first look found; null: nothing was looked at yet. */
export interface FirstLook {
  readonly at: Date;
  readonly patterns: readonly {
    readonly pattern: string;
    readonly count: number;
    readonly confirmed: number;
  }[];
}

export interface FindingsStore {
  /** Newest first. @throws `invalid` for a cursor or a selector that is none */
  findings(query: FindingQuery): Promise<Page<FindingView>>;
  /** Who read the evidence stands in the history. */
  finding(id: number, actor: Actor): Promise<FindingView | null>;
  firstLook(): Promise<FirstLook | null>;
  /**
   * Swap and mistake close it, and settle what happened before; theft and clone leave it open as `actioned`. The same again
   * changes nothing. @throws `not_found`, `finding_closed`
   */
  decide(id: number, as: Decision, reason: string, actor: Actor): Promise<FindingView>;
  /**
   * Evaluates some of what waits. @param failed told of what cannot be evaluated, which waits ten minutes then
   * @returns how much was taken; 0: nothing is due
   */
  evaluateDue(failed: (error: unknown) => void): Promise<number>;
}
