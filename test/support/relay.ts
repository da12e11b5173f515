/** Stands between a client and a server: keeps what passes, and is the network that fails where a test says so. */
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

export interface Relay {
  readonly url: string;
  /** Those that the server answered, in the order of its answers. */
  readonly requests: { readonly url: string; readonly body: string }[];
  /** Origin of the server; null: away, each connection is cut. */
  to: string | null;
  /** The server gets the request and its answer never arrives. */
  loseAnswers: boolean;
  close(): Promise<void>;
}

export async function startRelay(): Promise<Relay> {
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { url = "", method = "GET", headers } = request;
      if (relay.to === null) return request.socket.destroy();
      const body = Buffer.concat(chunks);
      const answer = await fetch(relay.to + url, {
        method,
        body,
        headers: {
          authorization: headers.authorization ?? "",
          "content-type": headers["content-type"] ?? "",
        },
      });
      relay.requests.push({ url, body: body.toString("latin1") });
      if (relay.loseAnswers) return request.socket.destroy();
      return response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
    })().catch(() => request.socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const relay: Relay = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    to: null,
    loseAnswers: false,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return relay;
}
