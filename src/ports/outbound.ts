/** Messages to others, over a socket of ours: webhooks. What an answer holds is nobody's business; its status is. */
import type { Secret } from "../lib/secret.ts";

export interface OutboundMessage {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** May the receiver lie in a private network, and be spoken to without TLS? */
  readonly allowPrivate: boolean;
}

export type OutboundAnswer =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** From its `Retry-After`, in whole seconds. */
      readonly retryAfterSeconds: number | null;
    }
  /** Nothing came back that is an answer; whether it was received is not known. */
  | { readonly kind: "unanswered"; readonly why: string }
  /** It was not sent: the address is not one that we may call. */
  | { readonly kind: "refused"; readonly why: string };

export interface Outbound {
  /** One POST to one resolved address, within a deadline; redirects are answers. Never rejects. */
  post(message: OutboundMessage): Promise<OutboundAnswer>;
}

/** Who ends and changes sessions at one NAS, or at a RADIUS server that passes it on. */
export interface AaaTarget {
  /** Of its `Aaa` record. */
  readonly name: string;
  /** Name or address. */
  readonly host: string;
  readonly port: number;
  readonly secret: Secret;
  /** Packets that are sent at most, each with the same identifier and content. */
  readonly attempts: number;
  /** Until the first repeat; each further one waits twice as long. */
  readonly timeoutMs: number;
  /** Is an answer without a Message-Authenticator none? */
  readonly strict: boolean;
  /** How long the AAA has to hear of a suspension before a session is ended for it. */
  readonly settleMs: number;
  /** Filter-Id of a suspended and of an active session; null: a session is ended, and not changed. */
  readonly filterIds: { readonly suspended: string; readonly active: string } | null;
}

/** What names a session to its NAS (RFC 5176, 3.1). */
export interface AaaSession {
  readonly sessionId: string;
  readonly username: string | null;
  readonly nasIdentifier: string | null;
  /** IPv4 in dots; anything else is left out. */
  readonly nasAddress: string | null;
}

export type AaaAnswer =
  | { readonly kind: "ack"; readonly sent: number }
  /** `errorCause` null: it gave none. */
  | { readonly kind: "nak"; readonly sent: number; readonly errorCause: number | null }
  /** Whether it was done is not known. */
  | { readonly kind: "unknown"; readonly sent: number; readonly why: string };

export interface DynamicAuthorization {
  /** One Disconnect-Request, or one CoA-Request that sets a Filter-Id. Never rejects; aborted, it is unknown at once. */
  ask(
    target: AaaTarget,
    session: AaaSession,
    change: { readonly kind: "disconnect" } | { readonly kind: "coa"; readonly filterId: string },
    signal: AbortSignal,
  ): Promise<AaaAnswer>;
}

/** Where a login can be tried: the authentication side of an `Aaa` record. */
export interface LoginTarget {
  /** Of its `Aaa` record. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly secret: Secret;
  /** What we are called there, as a NAS. */
  readonly nasIdentifier: string;
  readonly method: "pap" | "chap";
  readonly attempts: number;
  readonly timeoutMs: number;
  readonly strict: boolean;
}

export type LoginAnswer =
  | { readonly kind: "accept" | "reject" }
  /** It asks for more than a password, so nothing is proven either way. */
  | { readonly kind: "challenge" }
  | { readonly kind: "unknown"; readonly why: string };

export interface LoginTester {
  /** One login of a user, by a box of ours that is none. Never rejects; aborted, it is unknown at once. */
  login(
    target: LoginTarget,
    user: {
      /** With its realm. */
      readonly name: string;
      readonly password: Secret;
      /** Calling-Station-Id, by which our own ingest knows it again. */
      readonly station: string;
    },
    signal: AbortSignal,
  ): Promise<LoginAnswer>;
}
