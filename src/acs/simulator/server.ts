/** The simulator on a socket: `startSimulator`. Also what `plumb simulate` runs in a process of its own. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { AppError, messageOf } from "../../lib/errors.ts";
import { REST_PATH } from "./friendly-rest.ts";
import { control } from "./control.ts";
import type { HttpQuestion, HttpReply } from "./face.ts";
import type { SimulatorOptions, Trouble } from "./options.ts";
import {
  createSimulator,
  type PowerChange,
  type PowerSelector,
  type SimulatorCore,
  type SimulatorStats,
} from "./simulator.ts";
import type { InjectionInput } from "./trouble.ts";

export interface Simulator {
  /** `http://127.0.0.1:PORT`; SOAP at `/ftacsws/acsws.asmx`, NBI below `/nbi`, the bench's controls below `/sim/`. */
  readonly url: string;
  readonly port: number;
  /** Address of the SOAP service. */
  readonly acsUrl: string;
  /** Address of its REST twin. */
  readonly restUrl: string;
  /** Address of the GenieACS NBI over the same CPEs. */
  readonly nbiUrl: string;
  /** Fleet, ACS and calls, for tests in the same process. */
  readonly core: SimulatorCore;
  stats(): SimulatorStats;
  setPower(on: boolean, selector?: PowerSelector): PowerChange;
  setTrouble(change: Partial<Trouble>): void;
  inject(injection: InjectionInput): void;
  /** Closes the socket at once, calls in flight included, and the files. Twice is harmless. */
  stop(): Promise<void>;
}

const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** As IIS: short ones make a client's next call fail on a connection that was just closed. */
const KEEP_ALIVE_MS = 120_000;

const NOT_FOUND: HttpReply = {
  status: 404,
  contentType: "text/html",
  body: "<html><head><title>404 - File or directory not found.</title></head></html>",
};

/** When the first bytes of a request came: Node tells of a request only when its head has been parsed. */
class Arrivals {
  readonly #now: () => number;
  readonly #first = new WeakMap<Socket, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  watch(socket: Socket): void {
    // Before Node's own listener, which reads from the socket behind our back unless there is another one.
    socket.on("data", () => undefined);
    socket.prependListener("data", () => {
      if (!this.#first.has(socket)) this.#first.set(socket, this.#now());
    });
  }

  /** Of the request that has just been told of. */
  of({ socket }: IncomingMessage): number {
    return this.#first.get(socket) ?? this.#now();
  }

  /** It has been read whole: what comes now is the next one. */
  over({ socket }: IncomingMessage): void {
    this.#first.delete(socket);
  }
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function ask(
  core: SimulatorCore,
  request: IncomingMessage,
  arrivedMs: number,
  gone: AbortSignal,
  send: (reply: HttpReply) => void,
): Promise<HttpReply> {
  const body = await readBody(request);
  if (body === undefined) return { status: 413, contentType: "text/plain", body: "too large" };
  const [path = "/", ...rest] = (request.url ?? "/").split("?");
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  const question: HttpQuestion = {
    method: request.method ?? "GET",
    path,
    query: new URLSearchParams(rest.join("?")),
    headers,
    body,
    gone,
    arrivedMs,
  };
  if (path.startsWith("/sim/")) return control(core, question);
  return (await core.exchange(question, send)) ?? NOT_FOUND;
}

function send(response: ServerResponse, reply: HttpReply): void {
  if (response.destroyed || response.writableEnded) return;
  if (reply.cut === true) {
    response.socket?.destroy();
    return;
  }
  if (reply.phrase !== undefined) response.statusMessage = reply.phrase;
  response.writeHead(reply.status, {
    ...reply.headers,
    ...(reply.contentType === "" ? {} : { "content-type": reply.contentType }),
    ...(reply.chunked === true ? {} : { "content-length": Buffer.byteLength(reply.body) }),
  });
  response.end(reply.body);
}

function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const text = `the simulator cannot listen on ${host}:${port}: ${error.message}`;
      reject(new AppError("bad_config", text, { cause: error }));
    });
    server.listen(port, host, () => {
      resolve(server.address() as AddressInfo);
    });
  });
}

/**
 * Builds the fleet and opens the socket.
 * @throws AppError `bad_config` (trees, description, state file, port), `usage` (unknown model)
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const core = await createSimulator(options);
  const arrivals = new Arrivals(() => core.settings.clock.monotonicMs());
  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.once("close", () => {
      gone.abort();
    });
    const write = (reply: HttpReply): void => {
      send(response, reply);
    };
    request.once("end", () => {
      arrivals.over(request);
    });
    ask(core, request, arrivals.of(request), gone.signal, write).then(write, (error: unknown) => {
      // The caller hung up while it was still sending; or a mistake of ours, which a caller may see.
      send(response, { status: 500, contentType: "text/plain", body: messageOf(error) });
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on("connection", (socket) => {
    arrivals.watch(socket);
  });
  const { port } = await listen(server, core.settings.port, core.settings.host).catch(
    (error: unknown) => {
      core.stop();
      throw error;
    },
  );
  const host = core.settings.host.includes(":") ? `[${core.settings.host}]` : core.settings.host;
  const url = `http://${host}:${port}`;
  return {
    url,
    port,
    acsUrl: `${url}/ftacsws/acsws.asmx`,
    restUrl: url + REST_PATH,
    nbiUrl: `${url}/nbi`,
    core,
    stats: () => core.stats(),
    setPower: (on, selector) => core.setPower(on, selector),
    setTrouble: (change) => {
      core.setTrouble(change);
    },
    inject: (injection) => {
      core.inject(injection);
    },
    stop: () =>
      new Promise((resolve) => {
        core.stop();
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
