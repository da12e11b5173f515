/** Messages to others, over a socket of ours: webhooks. What an answer holds is nobody's business; its status is. */

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
