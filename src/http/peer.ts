/** Who is at the other end of the socket. Never from a header: `X-Forwarded-For` is what a client says of itself. */
import type { Ctx } from "./context.ts";

interface OnSocket {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
}

/** Null where there is no socket, as in a request that was handed to the app directly. */
export function peerOf(c: Ctx): string | null {
  const env = c.env as OnSocket | undefined;
  return env?.incoming?.socket?.remoteAddress ?? null;
}
