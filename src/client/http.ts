/**
 * A client of the HTTP API over `fetch`: typed answers, problems as `AppError` with their exit code, and one error for
 * every way of not being answered. It retries nothing: the caller knows what is safe to repeat.
 */
import { AppError, ERROR_CODES, messageOf, type ErrorCode } from "../lib/errors.ts";
import type {
  ApiActed,
  ApiApplied,
  ApiDevice,
  ApiDeviceDetail,
  ApiDocument,
  ApiFleet,
  ApiModelReleased,
  ApiPage,
  ApiProblem,
  ApiRecord,
  ApiResumed,
  ApiStopped,
} from "../model/api.ts";
import type { ApiFindingDetail, ApiFindings } from "../model/api-findings.ts";
import type { ApiImported } from "../model/api-imports.ts";
import type { ApiWhy } from "../model/api-why.ts";
import type { ApiAcsCall, ApiAcsStatus, ApiProbe } from "../model/api-acs.ts";
import {
  addressOf,
  type AnswerTo,
  type ArgumentsOf,
  type BodyOf,
  type CallKey,
  type QueryOf,
  type RecordPath,
} from "./typed.ts";

export interface ClientOptions {
  /** `http://127.0.0.1:8080`; a path in it is kept as a prefix. */
  readonly url: string;
  readonly token: string | null;
  readonly fetch?: typeof fetch;
  /** ms for one whole answer; default 60,000. */
  readonly timeoutMs?: number;
}

/** Each line is a transaction, and there may be ten thousand. */
const IMPORT_MS = 10 * 60_000;

/** A problem that the server answered, with the server's own words and request id. */
export class ServerProblem extends AppError {
  readonly problem: ApiProblem;

  constructor(code: ErrorCode, problem: ApiProblem) {
    super(code, problem.detail, {
      problems: problem.errors ?? [],
      details: problem.details ?? {},
      ...(problem.retryAfter === undefined ? {} : { retryAfterSeconds: problem.retryAfter }),
    });
    this.name = "ServerProblem";
    this.problem = problem;
  }
}

export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly requestId: string;
  readonly body: string;
}

type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Ask {
  readonly query?: Query | undefined;
  readonly json?: unknown;
  /** A body that is no JSON document. */
  readonly lines?: { readonly type: string; readonly text: string };
  /** ms for the whole answer, where it may take longer than others. */
  readonly timeoutMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

function queryText(query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value != null && value !== false);
  const text = new URLSearchParams(
    Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
  ).toString();
  return text === "" ? "" : `?${text}`;
}

function isProblem(value: unknown): value is ApiProblem {
  const given = value as Partial<ApiProblem> | null;
  return typeof given?.code === "string" && typeof given.detail === "string";
}

/** A newer server may know codes that we do not: its status still says what kind of trouble it is. */
function codeOf(problem: ApiProblem): ErrorCode {
  if (problem.code in ERROR_CODES) return problem.code as ErrorCode;
  const same = Object.entries(ERROR_CODES).find(([, facts]) => facts.status === problem.status);
  return (same?.[0] as ErrorCode | undefined) ?? "internal";
}

export class PlumbClient {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    if (!/^https?:\/\//.test(options.url) || !URL.canParse(options.url)) {
      throw new AppError("usage", "the server's address must begin with http:// or https://");
    }
    this.#options = options;
  }

  /** @throws `server_unreachable`, however the answer failed to come */
  async raw(method: string, path: string, ask: Ask = {}): Promise<RawAnswer> {
    const { url, token, fetch: send = fetch, timeoutMs = 60_000 } = this.#options;
    const target = `${url.replace(/\/+$/, "")}${path}${queryText(ask.query)}`;
    const headers: Record<string, string> = { Accept: "application/json", ...ask.headers };
    if (token !== null) headers["Authorization"] = `Bearer ${token}`;
    const type = ask.json === undefined ? ask.lines?.type : "application/json";
    if (type !== undefined) headers["Content-Type"] = type;
    const body = ask.json === undefined ? ask.lines?.text : JSON.stringify(ask.json);
    try {
      const answer = await send(target, {
        method,
        headers,
        redirect: "error",
        signal: AbortSignal.timeout(ask.timeoutMs ?? timeoutMs),
        ...(body === undefined ? {} : { body }),
      });
      return {
        status: answer.status,
        contentType: answer.headers.get("Content-Type") ?? "",
        requestId: answer.headers.get("Request-Id") ?? "",
        body: await answer.text(),
      };
    } catch (error) {
      throw unreachable(url, error);
    }
  }

  /** The value of the answer; undefined for 204. */
  async ask<T>(method: string, path: string, ask: Ask = {}): Promise<T> {
    const { status, contentType, body } = await this.raw(method, path, ask);
    if (status === 204) return undefined as T;
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      throw strange(this.#options.url, status, contentType);
    }
    if (status >= 200 && status < 300) return value as T;
    if (isProblem(value)) throw new ServerProblem(codeOf(value), value);
    // `/readyz` says why in a document of its own.
    throw strange(this.#options.url, status, contentType);
  }

  /** A call of the document, by its method and path. */
  call<Key extends CallKey>(key: Key, ...[ask]: ArgumentsOf<Key>): Promise<AnswerTo<Key>> {
    const { path: parts = {}, ...rest } = (ask ?? {}) as Ask & {
      readonly path?: Readonly<Record<string, string | number>>;
    };
    const { method, path } = addressOf(key, parts);
    return this.ask(method, path, rest);
  }

  fleet(): Promise<ApiFleet> {
    return this.call("GET /v1/fleet");
  }

  devices(query: QueryOf<"GET /v1/devices">): Promise<ApiPage<ApiDevice>> {
    return this.call("GET /v1/devices", { query });
  }

  device(id: string): Promise<ApiDeviceDetail> {
    return this.call("GET /v1/devices/{id}", { path: { id } });
  }

  why(id: string): Promise<ApiWhy> {
    return this.call("GET /v1/devices/{id}/why", { path: { id } });
  }

  releaseModel(json: BodyOf<"POST /v1/release">): Promise<ApiModelReleased> {
    return this.call("POST /v1/release", { json });
  }

  hold(id: string, json: BodyOf<"POST /v1/devices/{id}/hold">): Promise<ApiDeviceDetail> {
    return this.call("POST /v1/devices/{id}/hold", { path: { id }, json });
  }

  release(id: string, json: BodyOf<"POST /v1/devices/{id}/release">): Promise<ApiDeviceDetail> {
    return this.call("POST /v1/devices/{id}/release", { path: { id }, json });
  }

  act(id: string, action: "reconcile" | "prove"): Promise<ApiDeviceDetail> {
    return this.call(`POST /v1/devices/{id}/${action}`, { path: { id } });
  }

  /** On every device that `selector` of the body chooses. */
  actOn<Action extends "hold" | "release" | "reconcile">(
    action: Action,
    json: BodyOf<`POST /v1/devices/${Action}`>,
    expect: number | null,
  ): Promise<ApiActed> {
    return this.ask("POST", `/v1/devices/${action}`, { query: { expect }, json });
  }

  desired(id: string): Promise<ApiDocument> {
    return this.call("GET /v1/devices/{id}/desired", { path: { id } });
  }

  putDesired(
    id: string,
    json: BodyOf<"PUT /v1/devices/{id}/desired">,
    { headers = {} }: Pick<Ask, "headers"> = {},
  ): Promise<ApiDocument> {
    return this.call("PUT /v1/devices/{id}/desired", { path: { id }, json, headers });
  }

  endDesired(id: string): Promise<ApiDocument> {
    return this.call("DELETE /v1/devices/{id}/desired", { path: { id } });
  }

  acsStatus(name: string): Promise<ApiAcsStatus> {
    return this.call("GET /v1/acs/{name}/status", { path: { name } });
  }

  acsCalls(name: string, query: QueryOf<"GET /v1/acs/{name}/calls">): Promise<ApiPage<ApiAcsCall>> {
    return this.call("GET /v1/acs/{name}/calls", { path: { name }, query });
  }

  probe(name: string, json: BodyOf<"POST /v1/acs/{name}/probe">): Promise<ApiProbe> {
    return this.call("POST /v1/acs/{name}/probe", { path: { name }, json });
  }

  probed(name: string, id: number): Promise<ApiProbe> {
    return this.call("GET /v1/acs/{name}/requests/{id}", { path: { name, id } });
  }

  findings(query: QueryOf<"GET /v1/findings">): Promise<ApiFindings> {
    return this.call("GET /v1/findings", { query });
  }

  finding(id: number): Promise<ApiFindingDetail> {
    return this.call("GET /v1/findings/{id}", { path: { id } });
  }

  decideFinding(
    id: number,
    json: BodyOf<"POST /v1/findings/{id}/decide">,
  ): Promise<ApiFindingDetail> {
    return this.call("POST /v1/findings/{id}/decide", { path: { id }, json });
  }

  records(path: RecordPath): Promise<ApiPage<ApiRecord>> {
    return this.call(`GET /v1/${path}`);
  }

  record(path: RecordPath, name: string): Promise<ApiRecord> {
    return this.call(`GET /v1/${path}/{name}`, { path: { name } });
  }

  apply(documents: readonly unknown[], query: QueryOf<"POST /v1/manifests">): Promise<ApiApplied> {
    return this.call("POST /v1/manifests", { query, json: { documents } });
  }

  import(
    lines: { readonly type: string; readonly text: string },
    query: QueryOf<"POST /v1/imports">,
  ): Promise<ApiImported> {
    return this.call("POST /v1/imports", { query, lines, timeoutMs: IMPORT_MS });
  }

  stop(json: BodyOf<"POST /v1/stop">): Promise<ApiStopped> {
    return this.call("POST /v1/stop", { json });
  }

  resume(acs: string | null, expect: number | null): Promise<ApiResumed> {
    return this.call("POST /v1/resume", { query: { expect }, json: { acs } });
  }
}

function unreachable(url: string, cause: unknown): AppError {
  const inner = (cause as { cause?: { code?: unknown } } | null)?.cause?.code;
  const why = typeof inner === "string" ? inner : messageOf(cause);
  return new AppError("server_unreachable", `no answer from ${url} (${why})`, { cause });
}

/** A proxy, or something else that listens there. */
function strange(url: string, status: number, contentType: string): AppError {
  const what = `${status} with ${contentType === "" ? "no content type" : contentType}`;
  return new AppError("server_unreachable", `${url} answered ${what}, which is not Plumbline's`);
}
