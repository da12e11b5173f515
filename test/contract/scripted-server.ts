/** A real HTTP server on a socket that answers what it was told to, byte by byte, and remembers what it was sent. */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Wire {
  readonly status: number;
  /** Reason phrase; the usual one of the status when left out. */
  readonly phrase?: string;
  readonly contentType: string;
  readonly body: string;
  /** Cut the connection before the first byte, inside the body, or never end the body. */
  readonly cut?: "before" | "inside" | "never";
  readonly delayMs?: number;
}

interface Received {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  /** As JSON. */
  readonly headers: string;
}

export interface ScriptedServer {
  readonly url: string;
  /** Adds an answer to the script; each request takes one. */
  next(wire: Wire): void;
  /** Answers every request from its body and its first line; for tests with many calls at once. */
  always(answer: (body: string, line: string) => Wire | undefined): void;
  requests(): readonly Received[];
  reset(): void;
  close(): Promise<void>;
}

export async function scriptedServer(): Promise<ScriptedServer> {
  const script: Wire[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let received: Received[] = [];
  let always: ((body: string, line: string) => Wire | undefined) | undefined;

  const play = (wire: Wire, response: ServerResponse): void => {
    if (wire.cut === "before") {
      response.socket?.destroy();
      return;
    }
    const bytes = Buffer.from(wire.body, "utf8");
    if (wire.phrase !== undefined) response.statusMessage = wire.phrase;
    response.writeHead(wire.status, {
      "content-type": wire.contentType,
      ...(wire.cut === undefined ? {} : { "content-length": String(bytes.length + 10) }),
    });
    if (wire.cut === undefined) {
      response.end(bytes);
      return;
    }
    response.write(bytes, () => {
      if (wire.cut === "inside") response.socket?.destroy();
    });
  };

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const { method = "", url = "", headers } = request;
      received.push({ method, url, body, headers: JSON.stringify(headers) });
      const wire = always?.(body, `${method} ${url}`) ?? script.shift();
      if (wire === undefined) {
        response.writeHead(599).end("the script is over");
        return;
      }
      const timer = setTimeout(() => {
        timers.delete(timer);
        play(wire, response);
      }, wire.delayMs ?? 0);
      timers.add(timer);
    });
  };

  const server = http.createServer(serve);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/ftacsws/acsws.asmx`,
    next: (wire) => script.push(wire),
    always: (answer) => {
      always = answer;
    },
    requests: () => received,
    reset: () => {
      script.length = 0;
      received = [];
      always = undefined;
    },
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
