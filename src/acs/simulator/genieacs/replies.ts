/** How the NBI writes its answers: version header, no length, plain words for what is wrong (recorded samples). */
import type { HttpReply } from "../face.ts";

const VERSION = { "genieacs-version": "1.2.16" };

/** Words without a type of their own; empty where there is nothing to say. */
export function plain(status: number, body = "", more: Partial<HttpReply> = {}): HttpReply {
  return {
    status,
    contentType: "",
    body,
    chunked: true,
    ...more,
    headers: { ...VERSION, ...more.headers },
  };
}

export function json(body: string, more: Partial<HttpReply> = {}): HttpReply {
  return plain(200, body, { contentType: "application/json", ...more });
}

/** As it is streamed: one document a line. */
export function listed(documents: readonly unknown[], total: number): HttpReply {
  const lines = documents.map((document) => JSON.stringify(document)).join(",\n");
  return json(`[\n${lines}\n]`, { headers: { total: String(total) } });
}

export const NO_DEVICE = plain(404, "No such device", { outcome: "refused" });
export const IN_SESSION = plain(503, "Device is in session", { outcome: "refused" });
export const NOT_FOUND = plain(404, "404 Not Found", { outcome: "refused" });

export function notAllowed(allow: string): HttpReply {
  return plain(405, "405 Method Not Allowed", { headers: { allow }, outcome: "refused" });
}

export function badRequest(error: unknown): HttpReply {
  return plain(400, String(error), { outcome: "refused" });
}

/** The connection is cut, now or after the worker is up again. */
export const CUT: HttpReply = plain(500, "", { cut: true, outcome: "worker lost" });
