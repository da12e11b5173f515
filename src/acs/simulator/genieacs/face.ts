/**
 * The face of a GenieACS 1.2.16: its NBI below `/nbi`, without any login, as the real one (genieacs-nbi.md 0.12, 2). Its
 * answers are held against recorded ones by `test/integration/acs/genieacs-face.test.ts`.
 */
import type { Face, HttpQuestion, HttpReply, Impostor, Question } from "../face.ts";
import { drop, list, put } from "./collections.ts";
import type { KnownDevice } from "./known-device.ts";
import { metaOf } from "./document.ts";
import { post, type PostTools } from "./posting.ts";
import { BadQuery, isPlain } from "./query.ts";
import {
  CUT,
  IN_SESSION,
  json,
  listed,
  NO_DEVICE,
  NOT_FOUND,
  notAllowed,
  plain,
} from "./replies.ts";

const PREFIX = "/nbi";

type Answered = HttpReply | "crash";

class NbiCall implements Question {
  readonly operation: string;
  readonly serial: string;
  readonly creator = "";
  readonly #question: HttpQuestion;
  readonly #tools: PostTools;
  readonly #segments: readonly string[];

  constructor(question: HttpQuestion, tools: PostTools) {
    this.#question = question;
    this.#tools = tools;
    const path = question.path.slice(PREFIX.length).replace(/\/$/, "");
    this.#segments = path.split("/").slice(1).map(decoded);
    const [collection = "", id = ""] = this.#segments;
    this.operation = operationOf(question, this.#segments);
    this.serial =
      this.#known(collection === "devices" && id !== "" ? id : asked(question))?.entry.device
        .serial ?? "";
  }

  #known(id: string): KnownDevice | undefined {
    return this.#tools.nbi.find(id);
  }

  async answer(): Promise<HttpReply> {
    const { nbi } = this.#tools;
    if (nbi.isDown) return CUT;
    const { crashes } = nbi;
    const answered = await this.#run();
    if (answered === "crash") await nbi.crash();
    // What was in flight at that worker suffers with it.
    if (answered === "crash" || nbi.crashes !== crashes) return CUT;
    // Node says it by itself, by the clock of this machine: not the one that all else here goes by.
    const date = new Date(this.#tools.acs.nowMs()).toUTCString();
    return { ...answered, headers: { ...answered.headers, date } };
  }

  async #run(): Promise<Answered> {
    const { method, query } = this.#question;
    const [collection = "", key, ...rest] = this.#segments;
    try {
      if (collection === "devices" && key !== undefined) return await this.#device(key, rest);
      if (collection === "tasks" && key !== undefined) return this.#task(key, rest);
      if (collection === "faults" && key !== undefined) return this.#fault(key);
      if (key !== undefined) return this.#named(collection, key);
      if (method !== "GET" && method !== "HEAD") return notAllowed("GET, HEAD");
      return list(this.#tools.nbi, collection, query);
    } catch (error) {
      if (error instanceof BadQuery) return "crash";
      throw error;
    }
  }

  async #device(id: string, [what, tag]: readonly string[]): Promise<Answered> {
    const { nbi } = this.#tools;
    const { method, query, body } = this.#question;
    const device = this.#known(id);
    if (what === "tasks") {
      if (method !== "POST") return notAllowed("POST");
      return await post(this.#tools, device, body, query.has("connection_request"));
    }
    if (what === "tags" && tag !== undefined) {
      if (device === undefined) return NO_DEVICE;
      if (method === "POST") device.tags.add(tag);
      else if (method === "DELETE") device.tags.delete(tag);
      else return notAllowed("POST, DELETE");
      return plain(200);
    }
    if (what !== undefined) return NOT_FOUND;
    if (method !== "DELETE") return notAllowed("DELETE");
    if (device?.inSession === true) return IN_SESSION;
    if (device !== undefined) nbi.remove(device);
    return plain(200);
  }

  #task(id: string, [action]: readonly string[]): Answered {
    if (!/^[0-9a-f]{24}$/.test(id)) return "crash";
    const found = this.#tools.nbi.taskById(id);
    if (action === "retry") {
      if (found === undefined) return "crash";
      if (found.device.inSession) return IN_SESSION;
      found.device.faults.delete(`task_${id}`);
      return plain(200);
    }
    if (this.#question.method !== "DELETE") return notAllowed("PUT DELETE");
    if (found === undefined) return plain(404, "Task not found", { outcome: "refused" });
    const { device, task } = found;
    if (device.inSession) return IN_SESSION;
    device.tasks = device.tasks.filter((each) => each !== task);
    device.faults.delete(`task_${id}`);
    return plain(200);
  }

  /** A fault that is not there is deleted as well; the task of a task's fault goes with it. */
  #fault(id: string): Answered {
    if (this.#question.method !== "DELETE") return notAllowed("DELETE");
    const colon = id.indexOf(":");
    const device = this.#known(id.slice(0, colon));
    const channel = id.slice(colon + 1);
    if (device?.inSession === true) return IN_SESSION;
    device?.faults.delete(channel);
    if (device !== undefined) {
      device.tasks = device.tasks.filter((each) => `task_${each.id}` !== channel);
    }
    return plain(200);
  }

  #named(collection: string, key: string): Answered {
    const { nbi, acs } = this.#tools;
    const { method } = this.#question;
    if (method === "PUT") return put(nbi, collection, key, this.#question, acs.nowMs());
    if (method === "DELETE") return drop(nbi, collection, key);
    return notAllowed("PUT, DELETE");
  }

  /** Another device's answer does no work on that device. */
  impostor(kind: Impostor): Promise<HttpReply> {
    const isTask = this.operation.startsWith("task ");
    const other = this.#tools.nbi.all().find(({ entry }) => entry.device.serial !== this.serial);
    switch (kind.kind) {
      case "wrong-operation":
        return Promise.resolve(isTask ? listed([], 0) : json(JSON.stringify(taskOf(other))));
      case "other-device":
        return Promise.resolve(
          isTask ? json(JSON.stringify(taskOf(other))) : listed(other ? [metaOf(other)] : [], 1),
        );
      case "missing-params":
        return Promise.resolve(isTask ? json("{}") : listed([], 0));
      case "error-code":
        return Promise.resolve(plain(400, kind.message));
      case "soap-fault":
        return Promise.resolve(CUT);
    }
  }
}

function taskOf(device: KnownDevice | undefined): Record<string, unknown> {
  const timestamp = new Date(0).toISOString();
  const name = "provisions";
  return { name, provisions: [], device: device?.id ?? "", timestamp, _id: "0".repeat(24) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The device that a query is about, where it is about one. */
function asked({ query }: HttpQuestion): string {
  try {
    const filter: unknown = JSON.parse(query.get("query") ?? "{}");
    const id = isPlain(filter) ? (filter["_id"] ?? filter["device"]) : undefined;
    return typeof id === "string" ? id : "";
  } catch {
    return "";
  }
}

/** For the call log: `task reboot`, `connection request`, `GET devices`, `DELETE tasks`. */
function operationOf({ method, body }: HttpQuestion, segments: readonly string[]): string {
  const [collection = "", , what] = segments;
  if (collection !== "devices" || what !== "tasks") return `${method} ${collection}`;
  const name = /"name":\s*"(\w+)"/.exec(body)?.[1];
  return name === undefined ? "connection request" : `task ${name}`;
}

export function genieacsFace(tools: PostTools): Face {
  return {
    name: "genieacs",
    serves: ({ path }) => path === PREFIX || path.startsWith(`${PREFIX}/`),
    open: (question) => new NbiCall(question, tools),
  };
}
