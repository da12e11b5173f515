/**
 * What a face is: one dialect of one ACS product on the simulator's socket. A new dialect is a file with a `Face` and a
 * line in `server.ts`. Faces know nothing of mix-ups and injected trouble; that happens between them and the socket.
 */

/** One HTTP request, read whole. */
export interface HttpQuestion {
  readonly method: string;
  /** Without the query; as sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** Aborts when the caller hangs up. */
  readonly gone: AbortSignal;
  /** Monotonic ms at which its first bytes were there: a call begins with them, not when they have been parsed. */
  readonly arrivedMs?: number;
}

export interface HttpReply {
  readonly status: number;
  /** Reason phrase; the usual one of the status when left out. */
  readonly phrase?: string;
  /** No header of the kind when it is empty. */
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Streamed, without saying its length. */
  readonly chunked?: boolean;
  /** The connection is cut instead of an answer. */
  readonly cut?: boolean;
  /** For the call log; `ok` when left out. */
  readonly outcome?: string;
}

/** How a wrong answer is wrong; the dialect decides how it looks. */
export type Impostor =
  | { readonly kind: "wrong-operation" }
  | { readonly kind: "other-device" }
  | { readonly kind: "missing-params" }
  | { readonly kind: "soap-fault" }
  | { readonly kind: "error-code"; readonly code: number; readonly message: string };

/** A call that was understood and is not answered yet. */
export interface Question {
  readonly operation: string;
  readonly serial: string;
  readonly creator: string;
  /** Does the work, latency included. */
  answer(): Promise<HttpReply>;
  /** A well-formed answer to another question. Never does the work. */
  impostor(kind: Impostor): Promise<HttpReply>;
}

export interface Face {
  readonly name: string;
  serves(question: HttpQuestion): boolean;
  /** A reply at once (description, no login, not understood), or the call. */
  open(question: HttpQuestion): HttpReply | Question;
}

export function isQuestion(opened: HttpReply | Question): opened is Question {
  return "answer" in opened;
}
