/**
 * The inner transport: one HTTP exchange over a keep-alive connection of our own. It never rejects.
 *
 * A connection is undici's `Client`, which carries one question at a time and tells of the very tick in which it writes it:
 * the connection stands then (and its TLS is up), so `sent` is exact on the safe side, false only while the ACS cannot have
 * got a byte of the question. In that tick `admit` is asked; a lease's remaining time and a mode that changed meanwhile are
 * looked at there (I1). Node's own client leaves 0.3 ms more between two calls (1.4 and 1.1 ms, measured in one run).
 *
 * An idle connection is dropped after 2 s, far below the limits of IIS (120 s) and of proxies: a connection that the
 * other side closes while we write to it costs an *unknown* outcome, a new one costs a millisecond. Bytes that come on an
 * idle one answer an earlier question: undici looks for them before it writes, and drops the connection.
 */
import { Client, type Dispatcher } from "undici";
import { messageOf } from "../lib/errors.ts";
import type { Exchange, ExchangeResult, NotSent, Transport } from "../ports/acs.ts";
import { headersOf, type OwnHeaders } from "./http-headers.ts";

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
const UTF8 = new TextDecoder();

export function httpTransport(options: HttpOptions): Transport {
  const connections = new Connections(options);
  return (exchange) =>
    new Promise((resolve) => {
      new OneExchange(exchange, options, connections, resolve).start();
    });
}

/** Those that no exchange uses just now, by origin. */
class Connections {
  readonly #options: HttpOptions;
  readonly #free = new Map<string, Client[]>();
  #last = { url: "", origin: "", path: "" };

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /** Most ACSes are asked at one address. @throws TypeError for what is none */
  placeOf(url: string): { readonly origin: string; readonly path: string } {
    if (this.#last.url !== url) {
      const { origin, pathname, search } = new URL(url);
      this.#last = { url, origin, path: `${pathname}${search}` };
    }
    return this.#last;
  }

  take(origin: string): Client {
    const { ca, deadlineMs, idleMs = IDLE_MS } = this.#options;
    return (
      this.#free.get(origin)?.pop() ??
      new Client(origin, {
        pipelining: 1,
        allowH2: false,
        // An ACS that promises to keep it for longer is not taken at its word.
        ...{ keepAliveTimeout: idleMs, keepAliveMaxTimeout: idleMs },
        // The deadline is ours, from the first to the last byte.
        ...{ headersTimeout: 0, bodyTimeout: 0 },
        connect: { timeout: deadlineMs, ...(ca === undefined ? {} : { ca }) },
      })
    );
  }

  giveBack(origin: string, client: Client): void {
    const free = this.#free.get(origin);
    if (free === undefined) this.#free.set(origin, [client]);
    else free.push(client);
  }
}

class OneExchange implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange;
  readonly #options: HttpOptions;
  readonly #connections: Connections;
  readonly #resolve: (result: ExchangeResult) => void;
  #origin = "";
  #client: Client | undefined;
  #headers: OwnHeaders | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sentAt: Date | undefined;
  #sentMs = 0;
  #head: Pick<Answer, "status" | "phrase" | "contentType" | "date"> | undefined;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #ended = false;

  constructor(
    exchange: Exchange,
    options: HttpOptions,
    connections: Connections,
    resolve: (result: ExchangeResult) => void,
  ) {
    this.#exchange = exchange;
    this.#options = options;
    this.#connections = connections;
    this.#resolve = resolve;
  }

  start(): void {
    const { context, url, method, headers, body } = this.#exchange;
    if (context.signal.aborted) {
      this.#stop();
      return;
    }
    context.signal.addEventListener("abort", this.#stop, { once: true });
    const { deadlineMs } = this.#options;
    this.#timer = setTimeout(() => {
      this.#fail("timeout", `no answer within ${deadlineMs} ms`);
    }, deadlineMs);
    try {
      const { origin, path } = this.#connections.placeOf(url);
      const client = this.#connections.take(origin);
      this.#origin = origin;
      this.#client = client;
      this.#headers = headersOf(headers, () => {
        client.dispatch({ path, method, headers, body }, this);
      });
    } catch (error) {
      this.#fail("connection", describe(error));
    }
  }

  /** The tick that writes the socket, right before it does. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    const held = this.#held();
    if (held !== undefined) this.#end(held);
    // What undici would write once more, after a connection that broke, may have been done already.
    if (this.#sentAt !== undefined) this.#fail("connection", "the connection broke");
    if (this.#ended) {
      controller.abort(new Error("not written"));
      return;
    }
    this.#headers?.only();
    this.#sentAt = this.#options.now();
    this.#sentMs = performance.now();
  }

  /** A last word that fails is a no: a throw would be taken for an error of the connection. */
  #held(): NotSent | undefined {
    if (this.#ended || this.#sentAt !== undefined) return undefined;
    try {
      return this.#options.admit?.(this.#exchange);
    } catch (error) {
      return { kind: "not_sent", reason: "lease_lost", detail: messageOf(error) };
    }
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    phrase?: string,
  ): void {
    const date = new Date(textOf(headers["date"]));
    this.#head = {
      status,
      phrase: phrase ?? "",
      contentType: textOf(headers["content-type"]),
      ...(Number.isNaN(date.getTime()) ? {} : { date }),
    };
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const limit = this.#options.maxBodyBytes ?? MAX_BODY_BYTES;
    this.#chunks.push(chunk.subarray(0, limit - this.#bytes));
    this.#bytes += chunk.length;
    if (this.#bytes > limit) this.#answer(false);
  }

  onResponseEnd(): void {
    this.#answer(true);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const code = (error as { readonly code?: unknown }).code;
    if (code === "UND_ERR_CONNECT_TIMEOUT") {
      this.#fail("timeout", `no connection within ${this.#options.deadlineMs} ms`);
    } else if (this.#head === undefined) this.#fail("connection", describe(error));
    else this.#fail("connection", `cut inside the answer: ${describe(error)}`);
  }

  #answer(isWhole: boolean): void {
    if (this.#head === undefined) {
      this.#fail("connection", "a body without a head");
      return;
    }
    const body = decode(Buffer.concat(this.#chunks), this.#head.contentType);
    const sentAt = this.#sentAt ?? this.#options.now();
    const tookMs = performance.now() - this.#sentMs;
    this.#end({ kind: "answer", ...this.#head, body, sentAt, tookMs }, isWhole);
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
    if (this.#client !== undefined) {
      if (keepsConnection) this.#connections.giveBack(this.#origin, this.#client);
      else this.#client.destroy(new Error("no whole answer")).catch(() => undefined);
    }
    this.#resolve(result);
  }
}

type Answer = Extract<ExchangeResult, { kind: "answer" }>;

const textOf = (value: string | string[] | undefined): string =>
  (typeof value === "string" ? value : value?.[0]) ?? "";

/** Code and message of a socket's error; it names hosts and ports and no content. */
function describe(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code;
  const message = messageOf(error);
  return typeof code === "string" && !message.includes(code) ? `${code}: ${message}` : message;
}

/** Text in the charset that the header names, UTF-8 without one; bytes that do not fit become U+FFFD, which is refused. */
function decode(body: Buffer, contentType: string): string {
  const charset = /charset="?([\w-]{1,40})/i.exec(contentType)?.[1]?.toLowerCase() ?? "utf-8";
  if (charset === "utf-8") return UTF8.decode(body);
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return UTF8.decode(body);
  }
}
