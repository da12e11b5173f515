/**
 * POST to receivers that people name. The name is resolved once, every address of it is looked at, and the connection goes
 * to one of those: a name that changes between the look and the call changes nothing. Redirects are not followed.
 */
import { lookup } from "node:dns/promises";
import { request as overHttp, type RequestOptions } from "node:http";
import { request as overHttps } from "node:https";
import { isIP } from "node:net";
import { messageOf } from "../lib/errors.ts";
import type { Outbound, OutboundAnswer, OutboundMessage } from "../ports/outbound.ts";
import { isPublicAddress } from "./public-address.ts";

const DEADLINE_MS = 20_000;
/** What a receiver says besides its status is read so far and thrown away, so that its side ends in peace. */
const BODY_BYTES = 64 * 1024;

export type Resolve = (host: string) => Promise<readonly string[]>;

const system: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

interface Settings {
  readonly deadlineMs?: number;
  readonly resolve?: Resolve;
}

export function httpOutbound({
  deadlineMs = DEADLINE_MS,
  resolve = system,
}: Settings = {}): Outbound {
  return {
    async post(message) {
      const url = new URL(message.url);
      if (url.protocol !== "https:" && !message.allowPrivate)
        return { kind: "refused", why: "it is not https" };
      // In brackets in an address, without them everywhere else.
      const host = url.hostname.replace(/^\[|\]$/g, "");
      const addresses = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host];
      const [address] = addresses;
      if (address === undefined) return { kind: "unanswered", why: "its name is not known" };
      if (!message.allowPrivate && !addresses.every(isPublicAddress))
        return { kind: "refused", why: "its name leads into a private network" };
      return await send(message, url, address, deadlineMs);
    },
  };
}

function send(
  { headers, body }: OutboundMessage,
  url: URL,
  address: string,
  deadlineMs: number,
): Promise<OutboundAnswer> {
  const family = isIP(address);
  const options: RequestOptions = {
    method: "POST",
    agent: false,
    headers: { ...headers, "Content-Length": Buffer.byteLength(body), Connection: "close" },
    lookup: (_host, { all }, done) => {
      if (all === true) done(null, [{ address, family }]);
      else done(null, address, family);
    },
  };
  return new Promise((settle) => {
    const call = (url.protocol === "https:" ? overHttps : overHttp)(url, options, (answer) => {
      let left = BODY_BYTES;
      answer.on("data", (chunk: Buffer) => {
        left -= chunk.length;
        if (left < 0) answer.destroy();
      });
      answer.on("error", () => undefined);
      answer.once("close", () => {
        clearTimeout(late);
      });
      const after = answer.headers["retry-after"];
      const retryAfterSeconds =
        after !== undefined && /^\d{1,6}$/.test(after) ? Number(after) : null;
      settle({ kind: "answered", status: answer.statusCode ?? 0, retryAfterSeconds });
    });
    const late = setTimeout(() => {
      call.destroy(new Error(`no answer within ${deadlineMs} ms`));
    }, deadlineMs);
    call.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(late);
      settle({ kind: "unanswered", why: error.code ?? messageOf(error) });
    });
    call.end(body);
  });
}
