/** A TCP link to a database that a test can cut, or let go silent, under a process that talks through it. */
import { createConnection, createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { AddressInfo } from "node:net";
import type { EmbeddedConnection } from "../../src/store/embedded/server.ts";

export interface Link {
  /** For the process that is to use it. */
  readonly connection: EmbeddedConnection;
  /** Every connection breaks, and new ones are refused. */
  cut(): void;
  /** Nothing comes through any more, and nobody is told: as when a cable is pulled. */
  silence(): void;
  restore(): void;
  close(): Promise<void>;
}

export async function startLink(to: EmbeddedConnection): Promise<Link> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: "open" | "cut" | "silent" = "open";
  const server = createServer((client) => {
    if (state === "cut") {
      client.destroy();
      return;
    }
    const { host, port } = to;
    const database = host.startsWith("/")
      ? createConnection(join(host, `.s.PGSQL.${port}`))
      : createConnection(port, host);
    const pair = [client, database] as const;
    pairs.add(pair);
    for (const [from, onward] of [pair, [database, client] as const]) {
      from.on("data", (chunk) => {
        if (state === "open") onward.write(chunk);
      });
      from.on("error", () => from.destroy());
      from.on("close", () => {
        onward.destroy();
        pairs.delete(pair);
      });
    }
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  const drop = (): void => {
    for (const [client, database] of pairs) {
      client.destroy();
      database.destroy();
    }
  };
  return {
    connection: { ...to, host: "127.0.0.1", port },
    cut() {
      state = "cut";
      drop();
    },
    silence() {
      state = "silent";
    },
    restore() {
      // What was swallowed is gone: a connection that went silent is of no use any more.
      if (state === "silent") drop();
      state = "open";
    },
    async close() {
      drop();
      await new Promise((closed) => server.close(closed));
    },
  };
}
