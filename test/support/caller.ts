/** A caller of the API on a socket, with a pool of connections that stay open, as rlm_rest and a billing system have one. */
import { Agent, request } from "node:http";

export interface SocketAnswer {
  readonly status: number;
  readonly body: string;
}

export class Caller {
  readonly #agent: Agent;
  readonly #url: string;
  readonly #token: string;

  /** @param atOnce connections at most; further calls wait for one */
  constructor(url: string, token: string, atOnce: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: atOnce });
    this.#url = url;
    this.#token = token;
  }

  /** Sends a value as JSON, or bytes as they are. Rejects when the connection ends without an answer. */
  call(
    method: string,
    path: string,
    content?: object,
    more: Readonly<Record<string, string>> = {},
  ): Promise<SocketAnswer> {
    const body = content instanceof Uint8Array ? content : JSON.stringify(content);
    const headers = {
      authorization: `Bearer ${this.#token}`,
      ...(content === undefined ? {} : { "content-type": "application/json" }),
      ...more,
    };
    return new Promise((resolve, reject) => {
      const options = { method, headers, agent: this.#agent };
      const asked = request(`${this.#url}${path}`, options, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => (text += part));
        answer.once("error", reject).once("end", () => {
          resolve({ status: answer.statusCode ?? 0, body: text });
        });
      });
      asked.once("error", reject);
      asked.end(body);
    });
  }

  /** Ends the connections. */
  close(): void {
    this.#agent.destroy();
  }
}
