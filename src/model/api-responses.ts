/** What the API says of responses to misuse, and of what was asked of the AAA. */

export interface ApiAaaRequest {
  readonly id: number;
  readonly purpose: "suspend" | "resume" | "misuse";
  readonly nas: string | null;
  readonly session: string;
  readonly state: "waiting" | "acked" | "gone" | "refused" | "unknown" | "told" | "moot";
  /** Name of the `Aaa` record; null: none answers for that NAS, an event asks. */
  readonly target: string | null;
  readonly packet: "disconnect" | "coa" | null;
  readonly packetsSent: number;
  /** Of RFC 5176, 3.5. */
  readonly errorCause: number | null;
  readonly detail: string | null;
  readonly askedAt: string;
  /** What the NAS said, and when. */
  readonly answeredAt: string | null;
  /** What accounting says of the same session: its Stop, and its last sign of life. */
  readonly stoppedAt: string | null;
  readonly aliveAt: string | null;
  /** By which of the two it is believed to be over; null: by neither. */
  readonly ended: "acked" | "stopped" | null;
}

export interface ApiResponse {
  readonly id: number;
  readonly step: "rotate" | "disconnect" | "suspend";
  readonly automatic: boolean;
  /** `shadow`: only noted what would have been done. */
  readonly mode: "shadow" | "live";
  readonly verdict: "act" | "refuse";
  readonly reason: string;
  readonly text: string;
  readonly state: "noted" | "open" | "done" | "failed" | "undone";
  readonly sessions: number;
  readonly by: string;
  readonly why: string | null;
  readonly decidedAt: string;
  readonly changedAt: string;
  readonly undoneBy: string | null;
  readonly aaa: readonly ApiAaaRequest[];
}

export interface ApiAaaSession {
  readonly session: string;
  readonly nas: string | null;
  readonly mac: string | null;
  /** `admitted`: it began while the service was suspended, so the AAA let in whom it was told to refuse. */
  readonly state: "running" | "outlasting" | "admitted";
  readonly startedAt: string | null;
  readonly aliveAt: string | null;
  readonly stoppedAt: string | null;
}

export interface ApiAaaRequests {
  readonly device: string;
  /** Null: the service is not suspended. */
  readonly suspendedSince: string | null;
  /** Sessions that run, and of a suspended service those that should not have begun; newest first, at most 100. */
  readonly sessions: readonly ApiAaaSession[];
  /** Newest first, at most 100. */
  readonly items: readonly ApiAaaRequest[];
}
