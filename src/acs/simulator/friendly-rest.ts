/**
 * The REST twin of the Friendly service over the same CPEs: JSON with the concepts of SOAP, so each call is put to the
 * operation of the same meaning (acs-northbound-apis.md 2.5). Only what our adapter and its tests ask is served.
 *
 * Not seen anywhere, and made up: what a body that cannot be read and a fault of the server look like.
 */
import { AppError } from "../../lib/errors.ts";
import type { XmlElement } from "../../lib/xml.ts";
import { Arguments } from "./arguments.ts";
import type { Face, HttpQuestion, HttpReply, Impostor, Question } from "./face.ts";
import { authorised, type FriendlyAuth } from "./friendly.ts";
import { OPERATIONS, strayOperation, SUCCESS, type Answer, type Tools } from "./operations.ts";

export const REST_PATH = "/FTACSWS_REST/api";

type Members = Readonly<Record<string, unknown>>;

/** By the end of the path, in lower case. */
const CALLS: ReadonlyMap<string, string> = new Map([
  ["transaction", "FTGetTransactionStatus"],
  ["device/status", "FTCPEStatus"],
  ["parameter", "FTGetDeviceParameters"],
]);

const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function json(status: number, value: unknown): HttpReply {
  const contentType = "application/json; charset=utf-8";
  return { status, contentType, body: JSON.stringify(value) };
}

const UNREADABLE = json(400, { Message: "The request is invalid." });
const FAILED = json(500, { Message: "An error has occurred." });

function element(name: string, content: string | readonly XmlElement[]): XmlElement {
  const [text, children] = typeof content === "string" ? [content, []] : ["", content];
  return { namespace: "", name, attributes: new Map(), children, text, offset: 0 };
}

const word = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";

/** The arguments of the operation that means the same. */
function argumentsOf(body: Members, serial: string): Arguments {
  const names = Array.isArray(body["ParameterNames"]) ? (body["ParameterNames"] as unknown[]) : [];
  return new Arguments(
    element("call", [
      element("devicesn", serial),
      element("transactionId", word(body["TransactionId"]) || "0"),
      element("source", word(body["Source"]) || "0"),
      element("values", word(body["Values"]) || "true"),
      element(
        "arraynames",
        names.map((name) => element("string", word(name))),
      ),
    ]),
  );
}

function written({ code, message, body }: Answer): Members {
  const head = { ErrorCode: code, Message: message };
  switch (body.kind) {
    case "status":
      return { ...head, Online: body.online };
    case "counts": {
      const { completed, pending, failed } = body;
      return { ...head, CompletedCount: completed, PendingCount: pending, FailedCount: failed };
    }
    case "parameters": {
      const read = body.parameters?.filter((each) => each.code === SUCCESS);
      const Parameters = read?.map(({ name, value }) => ({ Name: name, Value: value }));
      return Parameters === undefined ? head : { ...head, Parameters };
    }
    case "none":
    case "transaction":
    case "response":
    case "info":
      return head;
  }
}

class RestCall implements Question {
  readonly operation: string;
  readonly serial: string;
  readonly creator: string;
  readonly #body: Members;
  readonly #soap: string;
  readonly #tools: Tools;

  constructor(path: string, soap: string, body: Members, tools: Tools) {
    const device = isMembers(body["Device"]) ? body["Device"] : {};
    this.operation = `POST ${path}`;
    this.serial = word(device["Sn"]);
    this.creator = word(body["Creator"]);
    this.#body = body;
    this.#soap = soap;
    this.#tools = tools;
  }

  answer(): Promise<HttpReply> {
    return this.#run(this.serial);
  }

  async #run(serial: string, run = OPERATIONS.get(this.#soap)): Promise<HttpReply> {
    if (run === undefined) return FAILED;
    try {
      const answer = await run(argumentsOf(this.#body, serial), this.#tools, serial);
      const outcome = answer.code === SUCCESS ? "ok" : "refused";
      return { ...json(200, written(answer)), outcome };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { ...UNREADABLE, outcome: "fault" };
    }
  }

  async impostor(kind: Impostor): Promise<HttpReply> {
    switch (kind.kind) {
      case "wrong-operation":
        return this.#soap === "FTCPEStatus"
          ? json(200, { ErrorCode: SUCCESS, Message: "", Id: 1 })
          : json(200, { ErrorCode: SUCCESS, Message: "", Online: true });
      case "other-device": {
        const other = this.#tools.acs.entries.find(({ device }) => device.serial !== this.serial);
        return await this.#run(other?.device.serial ?? this.serial, strayOperation(this.#soap));
      }
      case "missing-params":
        return json(200, { ErrorCode: SUCCESS, Message: "" });
      case "error-code":
        return json(200, { ErrorCode: kind.code, Message: kind.message });
      case "soap-fault":
        return FAILED;
    }
  }
}

export function friendlyRestFace(auth: FriendlyAuth, tools: Tools): Face {
  const prefix = `${REST_PATH.toLowerCase()}/`;
  return {
    name: "friendly-rest",
    serves: (question) => question.path.toLowerCase().startsWith(prefix),
    open(question: HttpQuestion) {
      const path = question.path.slice(prefix.length);
      const soap = CALLS.get(path.toLowerCase());
      if (soap === undefined) return json(404, { Message: "No such resource." });
      if (question.method !== "POST") return json(405, { Message: "Only POST is served here." });
      if (!authorised(auth, question)) return json(401, { Message: "Not authorised." });
      try {
        const body: unknown = JSON.parse(question.body);
        return isMembers(body) ? new RestCall(path, soap, body, tools) : UNREADABLE;
      } catch {
        return UNREADABLE;
      }
    },
  };
}
