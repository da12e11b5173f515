/** Answers to POST that are kept for whoever sends the same request again (`Idempotency-Key`). */

/** An answer as it went out. Its body may hold a secret: the store seals it. */
export interface KeptAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly location: string | null;
  readonly body: string;
}

/** Of a request that came with a key. */
export interface KeyedRequest {
  readonly owner: string;
  readonly key: string;
  /** Method, address and body: what has to be the same for it to be the same request. */
  readonly content: string;
}

export interface ReplayStore {
  /**
   * `claimed`: it is the first, or the one before it died; keep its answer or let the key go. `other`: the key stands for
   * another request. `running`: the first one is still under way.
   */
  claimKey(
    request: KeyedRequest,
    times: { readonly keptMs: number; readonly runningMs: number },
  ): Promise<
    | { readonly kind: "claimed" | "other" | "running" }
    | { readonly kind: "answered"; readonly answer: KeptAnswer }
  >;
  keepAnswer(request: KeyedRequest, answer: KeptAnswer): Promise<void>;
  /** Nothing was changed: the key is as good as unused. */
  releaseKey(request: KeyedRequest): Promise<void>;
}
