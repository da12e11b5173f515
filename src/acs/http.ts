/**
 * The inner transport: one HTTP exchange over a keep-alive connection of our own. It never rejects.
 *
 * Nothing is handed to a socket before that socket is connected (and its TLS is up), so `sent` is exact on the safe
 * side: false only while the ACS cannot have got a byte of the question. `admit` is asked in the very tick that writes
 * the socket; there a lease's remaining time and a mode that changed meanwhile are looked at (I1).
 *
 * An exchange that comes next may be prepared: its request is made and its connection stands, and at its turn nothing is
 * left to do but to write (measured with a bare loop of 50 ms calls: 1.9 ms between two calls, 1.5 prepared).
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
const UNASKED = "unasked bytes on an idle connection";
/** What Node itself may add. Anything else that shows up (tracing headers) is taken out again: the ACS is a stranger. */
const OWN_HEADERS = new Set(["host", "connection", "content-length"]);

export function httpTransport(
  options: HttpOptions,
): Transport & { prepare(exchange: Exchange): void } {
  const agentOptions = { keepAlive: true, timeout: options.idleMs ?? IDLE_MS };
  const plain = new http.Agent(agentOptions);
  const secure = new https.Agent(
    options.ca === undefined ? agentOptions : { ...agentOptions, ca: options.ca },
  );
  const open = (one: OneExchange): OneExchange =>
    one.exchange.url.startsWith("https:") ? one.open(https, secure) : one.open(http, plain);
  let next: OneExchange | null = null;
  const transport = async (exchange: Exchange): Promise<ExchangeResult> => {
    const prepared = next?.exchange === exchange ? next : null;
    if (prepared !== null) next = null;
    if (exchange.context.signal.aborted) {
      prepared?.drop();
      return { kind: "not_sent", reason: "stopped", detail: "stopped before it was sent" };
    }
    if (prepared?.stands() === true) return await prepared.run();
    prepared?.drop();
    return await open(new OneExchange(exchange, options)).run();
  };
  const prepare = (exchange: Exchange): void => {
    if (next?.exchange === exchange) return;
    next?.drop();
    const one = new OneExchange(exchange, options);
    next = one;
    // Behind the question that is being written, and once the connection of the last answer is free again.
    setImmediate(() => {
      if (next === one) open(one).keep(options.idleMs ?? IDLE_MS);
    });
  };
  return Object.assign(transport, { prepare });
}

class OneExchange {
  readonly exchange: Exchange;
  readonly #options: HttpOptions;
  /** Undefined until its turn has come. */
  #resolve: ((result: ExchangeResult) => void) | undefined;
  #request: ClientRequest | undefined;
  /** Once its connection stands. */
  #socket: Socket | undefined;
  /** Something came on the connection before the question went out. */
  #unasked = false;
  #timer: NodeJS.Timeout | undefined;
  #sentAt: Date | undefined;
  #sentMs = 0;
  /** Set before its turn where it could not even be opened. */
  #result: ExchangeResult | undefined;

  constructor(exchange: Exchange, options: HttpOptions) {
    this.exchange = exchange;
    this.#options = options;
  }

  /** Makes the request and its connection; not a byte of the question goes out. */
  open(protocol: typeof http | typeof https, agent: http.Agent): this {
    try {
      const request = protocol.request(this.exchange.url, {
        method: this.exchange.method,
        agent,
        headers: this.exchange.headers,
      });
      this.#request = request;
      request.on("error", (error) => {
        this.#fail("connection", describe(error));
      });
      request.on("socket", (socket) => {
        this.#whenReady(socket, request.reusedSocket);
      });
      request.on("response", (response) => {
        if (this.#sentAt !== undefined) this.#receive(response);
        else this.#fail("connection", UNASKED);
      });
    } catch (error) {
      this.#fail("connection", describe(error));
    }
    return this;
  }

  /** It is made, and nothing has gone wrong with it yet. */
  stands(): boolean {
    return this.#request !== undefined && this.#result === undefined;
  }

  /** Older ones may be closed by the other side at any moment, and a turn that never comes must not leave a socket. */
  keep(ms: number): void {
    this.#timer = setTimeout(this.drop, ms);
    this.#timer.unref();
  }

  /** Its turn will not come. */
  readonly drop = (): void => {
    this.#end({ kind: "not_sent", reason: "stopped", detail: "never sent" });
  };

  run(): Promise<ExchangeResult> {
    if (this.#result !== undefined) return Promise.resolve(this.#result);
    const { deadlineMs } = this.#options;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#fail("timeout", `no answer within ${deadlineMs} ms`);
    }, deadlineMs);
    this.exchange.context.signal.addEventListener("abort", this.#stop, { once: true });
    return new Promise((resolve) => {
      this.#resolve = resolve;
      if (this.#socket !== undefined) this.#send(this.#socket);
    });
  }

  #whenReady(socket: Socket, reused: boolean): void {
    const ready = (): void => {
      this.#socket = socket;
      this.#unasked = socket.readableLength > 0;
      socket.on("data", this.#early);
      if (this.#resolve !== undefined) this.#send(socket);
    };
    if (reused) ready();
    else socket.once("encrypted" in socket ? "secureConnect" : "connect", ready);
  }

  #send(socket: Socket): void {
    socket.removeListener("data", this.#early);
    const request = this.#request;
    if (this.#result !== undefined || request === undefined) return;
    // Bytes that come before the question answer an earlier one, and would be taken for the answer to this one.
    if (this.#unasked) {
      this.#fail("connection", UNASKED);
      return;
    }
    const held = this.#held();
    if (held !== undefined) {
      this.#end(held);
      return;
    }
    const ours = new Set(Object.keys(this.exchange.headers).map((name) => name.toLowerCase()));
    for (const name of request.getHeaderNames()) {
      if (!ours.has(name) && !OWN_HEADERS.has(name)) request.removeHeader(name);
    }
    this.#sentAt = this.#options.now();
    this.#sentMs = performance.now();
    request.end(this.exchange.body);
  }

  /** A last word that fails is a no: it runs in a socket's event, where a throw would end the process. */
  #held(): NotSent | undefined {
    try {
      return this.#options.admit?.(this.exchange);
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

  readonly #early = (): void => {
    this.#unasked = true;
  };

  /** Bound, as it is the signal's listener. */
  readonly #stop = (): void => {
    if (this.#sentAt === undefined) {
      this.#end({ kind: "not_sent", reason: "stopped", detail: "stopped before it was sent" });
    } else this.#fail("connection", "stopped while waiting for the answer");
  };

  /** The first ending counts. A connection without a whole answer is destroyed: a late answer must find nobody. */
  #end(result: ExchangeResult, keepsConnection = false): void {
    if (this.#result !== undefined) return;
    this.#result = result;
    clearTimeout(this.#timer);
    this.#socket?.removeListener("data", this.#early);
    this.exchange.context.signal.removeEventListener("abort", this.#stop);
    if (!keepsConnection) this.#request?.destroy();
    this.#resolve?.(result);
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
