/** The transport against servers that misbehave on a real socket. No case waits for time to pass but the deadlines. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import net, { type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { httpTransport, type HttpOptions } from "../../../src/acs/http.ts";
import type { Exchange } from "../../../src/ports/acs.ts";

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** A raw server: what it does with each connection is the case. */
async function serve(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  open.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const exchange = (url: string, signal = new AbortController().signal): Exchange => ({
  operation: "FTCPEStatus",
  method: "POST",
  url,
  headers: { "Content-Type": "text/xml", SOAPAction: '"x"' },
  body: "<question/>",
  context: { class: "read", changeId: "c", signal },
  deviceId: "d",
  alone: false,
});
const transport = (options: Partial<HttpOptions> = {}) =>
  httpTransport({ deadlineMs: 5_000, now: () => new Date(), ...options });
const answer = (body: string, headers = ""): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;

/** Answers each whole request on a connection with the next of the replies. */
const reply =
  (...replies: string[]) =>
  (socket: Socket): void => {
    socket.on("data", (chunk) => {
      if (chunk.toString().includes("<question/>")) socket.write(replies.shift() ?? answer("last"));
    });
  };

describe("an exchange", () => {
  it("brings the status, the type and the whole body, and says when the question went out", async () => {
    const url = await serve(reply(answer("<a>é</a>")));
    const before = Date.now();
    const result = await transport()(exchange(url));
    expect(result).toMatchObject({
      kind: "answer",
      status: 200,
      contentType: "text/xml",
      body: "<a>é</a>",
    });
    if (result.kind === "answer") expect(result.sentAt.getTime()).toBeGreaterThanOrEqual(before);
  });

  it("uses a connection again", async () => {
    let connections = 0;
    const url = await serve((socket) => {
      connections += 1;
      reply()(socket);
    });
    const send = transport();
    for (let i = 0; i < 5; i += 1) expect((await send(exchange(url))).kind).toBe("answer");
    expect(connections).toBe(1);
  });

  it("reads the charset that the answer names", async () => {
    const url = await serve((socket) => {
      socket.on("data", () => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=iso-8859-1\r\n");
        socket.write(
          Buffer.concat([Buffer.from("Content-Length: 1\r\n\r\n"), Buffer.from([0xe9])]),
        );
      });
    });
    expect(await transport()(exchange(url))).toMatchObject({ body: "é" });
  });

  it("sends no header that the adapter did not set, whatever a tracer adds", async () => {
    let seen = "";
    const url = await serve((socket) => {
      socket.on("data", (chunk) => {
        seen += chunk.toString();
        socket.write(answer("x"));
      });
    });
    const trace = (message: unknown): void => {
      const { request } = message as { request: { addHeader(name: string, value: string): void } };
      for (const name of ["sentry-trace", "baggage", "traceparent"]) request.addHeader(name, "1");
    };
    subscribe("undici:request:create", trace);
    try {
      await transport()(exchange(url));
    } finally {
      unsubscribe("undici:request:create", trace);
    }
    expect(seen.toLowerCase()).toContain("soapaction");
    expect(seen).not.toMatch(/sentry|baggage|traceparent/i);
  });
});

describe("no answer, and whether the question went out", () => {
  it("nobody listens: not sent", async () => {
    const url = await serve(() => undefined);
    for (const close of open.splice(0)) close();
    expect(await transport()(exchange(url))).toMatchObject({
      kind: "no_answer",
      fault: "connection",
      sent: false,
    });
  });

  it("the name does not exist: not sent", async () => {
    const result = await transport()(exchange("http://acs.invalid/"));
    expect(result).toMatchObject({ fault: "connection", sent: false });
  });

  it("the address is no address: not sent", async () => {
    expect(await transport()(exchange("nonsense"))).toMatchObject({ sent: false });
  });

  it("TLS fails before the question: not sent", async () => {
    const url = await serve((socket) => {
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    const result = await transport()(exchange(url.replace("http:", "https:")));
    expect(result).toMatchObject({ fault: "connection", sent: false });
  });

  it("TLS never gets up: a time-out, not sent", async () => {
    const url = await serve(() => undefined);
    const send = transport({ deadlineMs: 100 });
    const result = await send(exchange(url.replace("http:", "https:")));
    expect(result).toMatchObject({ fault: "timeout", sent: false });
  });

  it.each([
    ["silence", () => undefined, "timeout"],
    [
      "a body that stays slow",
      (socket: Socket) => {
        drip(socket);
      },
      "timeout",
    ],
    ["a reset after the question", (socket: Socket) => socket.resetAndDestroy(), "connection"],
    ["an orderly end without an answer", (socket: Socket) => socket.end(), "connection"],
    [
      "half of the headers",
      (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\nConte"),
      "connection",
    ],
    ["half of a body", (socket: Socket) => socket.end(answer("12345").slice(0, -2)), "connection"],
    [
      "something that is not HTTP",
      (socket: Socket) => socket.end("220 mail.example\r\n"),
      "connection",
    ],
  ] as const)("%s: sent", async (_name, act, fault) => {
    const url = await serve((socket) => {
      socket.once("data", () => act(socket));
    });
    const result = await transport({ deadlineMs: 150 })(exchange(url));
    expect(result).toMatchObject({ kind: "no_answer", fault, sent: true });
  });

  it("the deadline holds although bytes keep coming, and although the idle limit is shorter", async () => {
    const url = await serve((socket) => {
      socket.once("data", () => setTimeout(() => socket.write(answer("late")), 120));
    });
    const result = await transport({ deadlineMs: 2_000, idleMs: 30 })(exchange(url));
    expect(result).toMatchObject({ kind: "answer", body: "late" });
  });

  it("an idle connection that the other side resets while we write: sent, as nobody knows", async () => {
    const url = await serve((socket) => {
      socket.once("data", () => {
        socket.write(answer("first"));
        socket.once("data", () => socket.resetAndDestroy());
      });
    });
    const send = transport();
    expect((await send(exchange(url))).kind).toBe("answer");
    expect(await send(exchange(url))).toMatchObject({ fault: "connection", sent: true });
  });

  it("an idle connection is dropped by us before the other side does", async () => {
    const closed = new Promise<void>((done) => {
      void serve((socket) => {
        reply()(socket);
        socket.on("end", done);
        socket.on("close", done);
      }).then((url) => transport({ idleMs: 50 })(exchange(url)));
    });
    await closed;
  });

  it("bytes that nobody asked for are never taken for the next answer", async () => {
    const url = await serve(reply(answer("one") + answer("stale"), answer("two")));
    const send = transport();
    expect(await send(exchange(url))).toMatchObject({ body: "one" });
    const next = await send(exchange(url));
    expect(next).not.toMatchObject({ body: "stale" });
  });
});

describe("limits", () => {
  it("cuts a body that is too large", async () => {
    const url = await serve(reply(answer("x".repeat(5_000))));
    const result = await transport({ maxBodyBytes: 1_000 })(exchange(url));
    expect(result).toMatchObject({ kind: "answer", body: "x".repeat(1_000) });
  });
});

describe("stopping", () => {
  it("before it is sent: nothing leaves", async () => {
    const result = await transport()(exchange("http://127.0.0.1:9/", AbortSignal.abort()));
    expect(result).toMatchObject({ kind: "not_sent", reason: "stopped" });
  });

  it("while it waits for the answer: unknown, and sent", async () => {
    const stop = new AbortController();
    const url = await serve((socket) => {
      socket.once("data", () => {
        stop.abort();
      });
    });
    const result = await transport()(exchange(url, stop.signal));
    expect(result).toMatchObject({ kind: "no_answer", sent: true });
  });

  it("the last word in the tick that writes the socket holds it back", async () => {
    let bytes = 0;
    const url = await serve((socket) => {
      socket.on("data", (chunk) => {
        bytes += chunk.length;
      });
    });
    const lost = { kind: "not_sent", reason: "lease_lost", detail: "" } as const;
    const broken = (): never => {
      throw new Error("a mistake of ours");
    };
    for (const admit of [() => lost, broken]) {
      const result = await transport({ admit })(exchange(url));
      expect(result).toMatchObject({ kind: "not_sent", reason: "lease_lost" });
    }
    expect(bytes).toBe(0);
  });
});

/** Headers, and then a byte now and then for ever. */
function drip(socket: Socket): void {
  socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
  const timer = setInterval(() => socket.write("x"), 10);
  socket.on("close", () => {
    clearInterval(timer);
  });
}
