/** What services need of the responses to misuse. Each method is one transaction; what is to be done is written down in it. */
import type { Actor } from "./actor.ts";
import type { AaaRequestView } from "./aaa-store.ts";

export type Step = "rotate" | "disconnect" | "suspend";

/**
 * `noted`: nothing is to be done, as it was refused or is in shadow. `open`: asked for, and not there yet. `failed`: a
 * mistake of ours; it is not tried again by itself.
 */
export type ResponseState = "noted" | "open" | "done" | "failed" | "undone";

export interface ResponseView {
  readonly id: number;
  readonly step: Step;
  /** False: a person asked for it. */
  readonly automatic: boolean;
  readonly mode: "shadow" | "live";
  readonly verdict: "act" | "refuse";
  readonly reason: string;
  readonly state: ResponseState;
  /** How many sessions of others it ends, or would have. */
  readonly sessions: number;
  readonly by: string;
  /** A person's words. */
  readonly why: string | null;
  readonly decidedAt: Date;
  readonly changedAt: Date;
  readonly undoneBy: string | null;
  /** What was asked of the AAA for it. */
  readonly aaa: readonly AaaRequestView[];
}

export interface ResponseStore {
  /**
   * Decides one response that is due, and writes down what is to be done. Several processes may do it: they take turns.
   * @param failed told of a finding that cannot be answered; that step of it is then given up
   * @returns false: nothing is due
   */
  respondDue(failed: (error: unknown) => void): Promise<boolean>;
  /** Oldest first. */
  responsesTo(finding: number): Promise<readonly ResponseView[]>;
  /**
   * A person's order; the caps do not count it. @param step the same again, while it stands, changes nothing
   * @throws `not_found`, `finding_closed`, `response_refused`
   */
  order(finding: number, step: Step, why: string, actor: Actor): Promise<ResponseView>;
  /** @throws `not_found`, `response_refused` for what cannot be taken back */
  undo(finding: number, response: number, actor: Actor): Promise<ResponseView>;
}
