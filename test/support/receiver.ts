/** A receiver of webhooks on a socket, which behaves as a test says. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly path: string;
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
  readonly body: string;
}

/** A status; `die` cuts the line after the message was taken, `hang` never answers. */
export type Behaviour =
  | number
  | "die"
  | "hang"
  | { readonly status: number; readonly headers: Readonly<Record<string, string>> };

export interface Receiver {
  readonly url: string;
  /** In the order in which they came, whatever was answered. */
  readonly received: Received[];
  /** By how many there were before; 200 where it is left out. */
  behave: (index: number, message: Received) => Behaviour;
  close(): Promise<void>;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

function answer(behaviour: Behaviour, response: ServerResponse): void {
  if (behaviour === "hang") return;
  if (behaviour === "die") response.socket?.destroy();
  else if (typeof behaviour === "number") response.writeHead(behaviour).end("thanks");
  else response.writeHead(behaviour.status, behaviour.headers).end();
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      const header = (name: string): string => String(request.headers[name] ?? "");
      const message = {
        path: request.url ?? "",
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body,
      };
      received.push(message);
      answer(receiver.behave(received.length - 1, message), response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    behave: () => 200,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
