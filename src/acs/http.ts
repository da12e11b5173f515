/**
 * The inner transport: one HTTP exchange over a keep-alive connection of our own. It never rejects.
 *
 * Nothing is handed to a socket before that socket is connected (and its TLS is up), so `sent` is exact on the safe
 * side: false only while the ACS cannot have got a byte of the question. `admit` is asked in the very tick that writes
 * the socket; there a lease's remaining time and a mode that changed meanwhile are looked at (I1).
 *
 * An idle connection is dropped after 2 s, far below the limits of IIS (120 s) and of proxies: a connection that the
 * other side closes while we write to it costs an *unknown* outcome, a new one costs a millisecond.
 */
import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { messageOf } from "../lib/errors.ts";
import type { Exchange, ExchangeResult, NotSent, Transport } from "../ports/acs.ts";

export interface HttpOptions {
  /** From the start of the exchange to the last byte of the answer, connecting included. ms */
  readonly deadlineMs: number;
  /** An answer is cut here, so that it cannot be parsed and ends as `garbled`. Bytes. */
  readonly maxBodyBytes?: number;
  /** ms */
  readonly idleMs?: number;
  /** PEM of a certificate authority to trust instead of the system's; for sites with one of their own. */
  readonly ca?: string;
  readonly now: () => Date;
  /** The last word before the first byte. A result other than undefined holds the exchange back. */
  readonly admit?: (exchange: Exchange) => NotSent | undefined;
}

const MAX_BODY_BYTES = 16 * 1024 * 1024;
const IDLE_MS = 2_000;
/** What Node itself may add. Anything else that shows up (tracing headers) is taken out again: the ACS is a stranger. */
const OWN_HEADERS = new Set(["host", "connection", "content-length"]);

export function httpTransport(options: HttpOptions): Transport {
  const agentOptions = { keepAlive: true, timeout: options.idleMs ?? IDLE_MS };
  const plain = new http.Agent(agentOptions);
  const secure = new https.Agent(
    options.ca === undefined ? agentOptions : { ...agentOptions, ca: options.ca },
  );
  return (exchange) =>
    new Promise((resolve) => {
      const isSecure = exchange.url.startsWith("https:");
      const agent = isSecure ? secure : plain;
      new OneExchange(exchange, options, resolve).start(isSecure ? https : http, agent);
    });
}

class OneExchange {
  readonly #exchange: Exchange;
  readonly #options: HttpOptions;
  readonly #resolve: (result: ExchangeResult) => void;
  #request: ClientRequest | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sentAt: Date | undefined;
  #sentMs = 0;
  #ended = false;

  constructor(exchange: Exchange, options: HttpOptions, resolve: (result: ExchangeResult) => void) {
    this.#exchange = exchange;
    this.#options = options;
    this.#resolve = resolve;
  }

  start(protocol: typeof http | typeof https, agent: http.Agent): void {
    const { signal } = this.#exchange.context;
    if (signal.aborted) {
      this.#stop();
      return;
    }
    signal.addEventListener("abort", this.#stop, { once: true });
    const { deadlineMs } = this.#options;
    this.#timer = setTimeout(() => {
      this.#fail("timeout", `no answer within ${deadlineMs} ms`);
    }, deadlineMs);
    try {
      const request = protocol.request(this.#exchange.url, {
        method: this.#exchange.method,
        agent,
        headers: this.#exchange.headers,
      });
      this.#request = request;
      request.on("error", (error) => {
        this.#fail("connection", describe(error));
      });
      request.on("socket", (socket) => {
        this.#whenReady(socket, request);
      });
      request.on("response", (response) => {
        this.#receive(response);
      });
    } catch (error) {
      this.#fail("connection", describe(error));
    }
  }

  #whenReady(socket: Socket, request: ClientRequest): void {
    if (request.reusedSocket) {
      // Bytes that wait on an idle connection answer an earlier question, and would be taken for the answer to this one.
      if (socket.readableLength > 0) {
        this.#fail("connection", "unasked bytes on an idle connection");
        return;
      }
      this.#send(request);
      return;
    }
    socket.once("encrypted" in socket ? "secureConnect" : "connect", () => {
      this.#send(request);
    });
  }

  #send(request: ClientRequest): void {
    if (this.#ended) return;
    const held = this.#held();
    if (held !== undefined) {
      this.#end(held);
      return;
    }
    const ours = new Set(Object.keys(this.#exchange.headers).map((name) => name.toLowerCase()));
    for (const name of request.getHeaderNames()) {
      if (!ours.has(name) && !OWN_HEADERS.has(name)) request.removeHeader(name);
    }
    this.#sentAt = this.#options.now();
    this.#sentMs = performance.now();
    request.end(this.#exchange.body);
  }

  /** A last word that fails is a no: it runs in a socket's event, where a throw would end the process. */
  #held(): NotSent | undefined {
    try {
      return this.#options.admit?.(this.#exchange);
    } catch (error) {
      return { kind: "not_sent", reason: "lease_lost", detail: messageOf(error) };
    }
  }

  #receive(response: IncomingMessage): void {
    const limit = this.#options.maxBodyBytes ?? MAX_BODY_BYTES;
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk.subarray(0, limit - bytes));
      bytes += chunk.length;
      if (bytes > limit) this.#answer(response, Buffer.concat(chunks), false);
    });
    response.on("end", () => {
      // `end` also comes when the connection is cut in a body of known length.
      if (response.complete) this.#answer(response, Buffer.concat(chunks), true);
      else this.#fail("connection", "cut inside the answer");
    });
    response.on("error", (error) => {
      this.#fail("connection", describe(error));
    });
  }

  #answer(response: IncomingMessage, body: Buffer, isWhole: boolean): void {
    const contentType = response.headers["content-type"] ?? "";
    const date = new Date(response.headers.date ?? "");
    const result = {
      kind: "answer",
      status: response.statusCode ?? 0,
      phrase: response.statusMessage ?? "",
      contentType,
      body: decode(body, contentType),
      sentAt: this.#sentAt ?? this.#options.now(),
      tookMs: performance.now() - this.#sentMs,
      ...(Number.isNaN(date.getTime()) ? {} : { date }),
    } as const;
    this.#end(result, isWhole);
  }

  #fail(fault: "timeout" | "connection", detail: string): void {
    this.#end({ kind: "no_answer", fault, sent: this.#sentAt !== undefined, detail });
  }

  /** Bound, as it is the signal's listener. */
  readonly #stop = (): void => {
    if (this.#sentAt === undefined) {
      this.#end({ kind: "not_sent", reason: "stopped", detail: "stopped before it was sent" });
    } else this.#fail("connection", "stopped while waiting for the answer");
  };

  /** The first ending counts. A connection without a whole answer is destroyed: a late answer must find nobody. */
  #end(result: ExchangeResult, keepsConnection = false): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#exchange.context.signal.removeEventListener("abort", this.#stop);
    if (!keepsConnection) this.#request?.destroy();
    this.#resolve(result);
  }
}

/** Code and message of a socket's error; it names hosts and ports and no content. */
function describe(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code;
  const message = messageOf(error);
  return typeof code === "string" && !message.includes(code) ? `${code}: ${message}` : message;
}

/** Text in the charset that the header names, UTF-8 without one; bytes that do not fit become U+FFFD, which is refused. */
function decode(body: Buffer, contentType: string): string {
  const charset = /charset="?([\w-]{1,40})/i.exec(contentType)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}
