/** What is asked of the AAA about sessions, and what became of it. */
import type { AaaAnswer, AaaTarget, LoginTarget } from "./outbound.ts";

/** Why a session is to be ended or changed. */
export type AaaPurpose = "suspend" | "resume" | "misuse";

/**
 * `acked`: the NAS says that it is done. `gone`: it knows no such session. `refused`: it said no. `unknown`: no answer that
 * is one. `told`: no `Aaa` record answers for that NAS, and an event asks whoever listens. `moot`: the session had ended,
 * or it was called off, before anything was sent.
 */
export type AaaState = "waiting" | "acked" | "gone" | "refused" | "unknown" | "told" | "moot";

export interface AaaRequestView {
  readonly id: number;
  readonly purpose: AaaPurpose;
  readonly nas: string | null;
  readonly session: string;
  readonly state: AaaState;
  /** Name of the `Aaa` record that was asked. */
  readonly target: string | null;
  readonly packet: "disconnect" | "coa" | null;
  /** Packets that were sent, repeats included. */
  readonly sent: number;
  /** Of RFC 5176, 3.5; null: none was given. */
  readonly errorCause: number | null;
  readonly detail: string | null;
  readonly askedAt: Date;
  readonly answeredAt: Date | null;
  /** By accounting, apart from what the NAS answered: its Stop, and its last sign of life. */
  readonly stoppedAt: Date | null;
  readonly aliveAt: Date | null;
  /** Is it believed to be over: by the NAS's word, by its Stop, or not? */
  readonly ended: "acked" | "stopped" | null;
}

/**
 * `running`: as it should. `outlasting`: the service is suspended, and it began before that; it was asked to end.
 * `admitted`: it began after the suspension took hold, so the AAA let in whom it was told to refuse.
 */
export type AaaSessionState = "running" | "outlasting" | "admitted";

export interface AaaSessionView {
  readonly session: string;
  readonly nas: string | null;
  readonly mac: string | null;
  readonly state: AaaSessionState;
  /** By the NAS's clock; null: nobody told. */
  readonly startedAt: Date | null;
  readonly aliveAt: Date | null;
  readonly stoppedAt: Date | null;
}

export interface ServiceSessions {
  /** Null: the service is not suspended. */
  readonly suspendedSince: Date | null;
  /** Newest first, at most 100: those that run, and those that were admitted. */
  readonly sessions: readonly AaaSessionView[];
}

export interface DueAaaRequest {
  readonly id: number;
  readonly purpose: AaaPurpose;
  readonly session: string;
  readonly nas: string | null;
  readonly nasAddress: string | null;
  /** Of the document in force, with its realm; null: none names it any more. */
  readonly username: string | null;
  /** Whole rounds that were made before; each is several packets. */
  readonly rounds: number;
  /** ms since it was asked. */
  readonly ageMs: number;
  /** Accounting says that the session has ended. */
  readonly isOver: boolean;
  /** Null: no record answers for its NAS. */
  readonly target: AaaTarget | null;
  /** Why the target cannot be asked now, as its secret is missing. */
  readonly hindrance: string | null;
}

export type AaaOutcome =
  | { readonly kind: "answered"; readonly packet: "disconnect" | "coa"; readonly answer: AaaAnswer }
  /** To be looked at again in so many ms. */
  | { readonly kind: "later"; readonly waitMs: number; readonly detail: string }
  | { readonly kind: "told" }
  | { readonly kind: "moot"; readonly detail: string };

export interface AaaStore {
  /** Takes what is due, under a lease of so many ms: who dies leaves it to the next, who asks again. */
  takeAaa(limit: number, leaseMs: number): Promise<readonly DueAaaRequest[]>;
  settleAaa(request: DueAaaRequest, outcome: AaaOutcome): Promise<void>;
  /** Where a login of this realm is tried ("" is none); null: nowhere. @throws `secret_unavailable` */
  loginTarget(realm: string): Promise<LoginTarget | null>;
  /** Newest first, at most 100. */
  aaaOf(device: number): Promise<readonly AaaRequestView[]>;
  sessionsOf(device: number): Promise<ServiceSessions>;
}
