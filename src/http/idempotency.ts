/**
 * `Idempotency-Key` on POST: the same key with the same request gets the first answer again for 72 hours, with
 * `Idempotency-Replayed: true`; with another request it is 422, and while the first is under way 409.
 *
 * Only answers of success are kept: whatever was refused changed nothing and does not use the key up, and neither does a
 * dry run. A process that dies between a change and its answer leaves the key claimed for a minute; then the request runs
 * again, which changes nothing twice, as every POST here sets a state.
 */
import { createHash } from "node:crypto";
import { AppError } from "../lib/errors.ts";
import type { KeptAnswer, KeyedRequest, ReplayStore } from "../ports/replay-store.ts";
import type { App, Ctx } from "./context.ts";

const HOUR = 3_600_000;
const TIMES = { keptMs: 72 * HOUR, runningMs: 60_000 } as const;
/** As large as the largest body of any POST. */
const BODY_LIMIT = 16 * 1024 * 1024;

/** A token of RFC 9110 or any other printable text; the quotes of a structured field do not count. */
function keyOf(c: Ctx): string | null {
  const header = c.req.header("Idempotency-Key");
  if (header === undefined) return null;
  const key = /^"(.*)"$/.exec(header.trim())?.[1] ?? header.trim();
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return key;
  const message = "must be 1 to 255 printable ASCII characters";
  throw new AppError("invalid", `Idempotency-Key ${message}`, {
    problems: [{ pointer: "", code: "bad_header", message: `Idempotency-Key ${message}` }],
  });
}

/** Of a copy, as the route reads the body again; one that is too large is refused there. */
async function bodyHash(c: Ctx): Promise<string> {
  const hash = createHash("sha256");
  const body = c.req.raw.clone().body as ReadableStream<Uint8Array> | null;
  let size = 0;
  for await (const part of body ?? []) {
    size += part.length;
    if (size > BODY_LIMIT) break;
    hash.update(part);
  }
  return hash.digest("hex");
}

async function requestOf(c: Ctx, key: string): Promise<KeyedRequest> {
  const { pathname, search } = new URL(c.req.url);
  const type = c.req.header("Content-Type") ?? "";
  const content = JSON.stringify([c.req.method, pathname, search, type, await bodyHash(c)]);
  return { owner: c.get("caller").actor.owner, key, content };
}

export function idempotency(app: App, store: ReplayStore): void {
  app.use("/v1/*", async (c: Ctx, next) => {
    const key = c.req.method === "POST" && c.req.query("dryRun") !== "true" ? keyOf(c) : null;
    if (key === null) {
      await next();
      return;
    }
    const request = await requestOf(c, key);
    const claim = await store.claimKey(request, TIMES);
    if (claim.kind === "answered") {
      c.res = again(claim.answer);
      return;
    }
    if (claim.kind !== "claimed") throw refused(claim.kind);
    await next();
    await keep(c, store, request);
  });
}

function again({ status, contentType, location, body }: KeptAnswer): Response {
  const headers = new Headers({ "Content-Type": contentType, "Idempotency-Replayed": "true" });
  if (location !== null) headers.set("Location", location);
  return new Response(body, { status, headers });
}

function refused(kind: "other" | "running"): AppError {
  if (kind === "other") {
    const message = "this key was sent with another request; take a new one for each change";
    return new AppError("idempotency_key_reused", message);
  }
  const message = "the first request with this key is still under way; send it again in a moment";
  return new AppError("idempotency_key_in_use", message, { retryAfterSeconds: 1 });
}

async function keep(c: Ctx, store: ReplayStore, request: KeyedRequest): Promise<void> {
  const { res } = c;
  if (!res.ok) {
    await store.releaseKey(request);
    return;
  }
  await store.keepAnswer(request, {
    status: res.status,
    contentType: res.headers.get("Content-Type") ?? "application/json",
    location: res.headers.get("Location"),
    body: await res.clone().text(),
  });
}
