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

  fleet(): Promise<ApiFleet> {
    return this.ask("GET", "/v1/fleet");
  }

  devices(query: {
    readonly selector?: string | undefined;
    readonly limit?: number;
    readonly cursor?: string | null;
  }): Promise<ApiPage<ApiDevice>> {
    return this.ask("GET", "/v1/devices", { query });
  }

  device(id: string): Promise<ApiDeviceDetail> {
    return this.ask("GET", deviceAt(id));
  }

  why(id: string): Promise<ApiWhy> {
    return this.ask("GET", `${deviceAt(id)}/why`);
  }

  releaseModel(body: {
    readonly model: string;
    readonly reason: string;
  }): Promise<ApiModelReleased> {
    return this.ask("POST", "/v1/release", { json: body });
  }

  /** `hold` and `release` need a body; the others take none. */
  act(
    id: string,
    action: "hold" | "release" | "reconcile" | "prove",
    body?: Readonly<Record<string, unknown>>,
  ): Promise<ApiDeviceDetail> {
    return this.ask("POST", `${deviceAt(id)}/${action}`, { json: body });
  }

  /** On every device that `selector` of the body chooses. */
  actOn(
    action: "hold" | "release" | "reconcile",
    body: Readonly<Record<string, unknown>>,
    expect: number | null,
  ): Promise<ApiActed> {
    return this.ask("POST", `/v1/devices/${action}`, { query: { expect }, json: body });
  }

  desired(id: string): Promise<ApiDocument> {
    return this.ask("GET", `${deviceAt(id)}/desired`);
  }

  putDesired(id: string, body: unknown, ask: Omit<Ask, "json"> = {}): Promise<ApiDocument> {
    return this.ask("PUT", `${deviceAt(id)}/desired`, { ...ask, json: body });
  }

  endDesired(id: string): Promise<ApiDocument> {
    return this.ask("DELETE", `${deviceAt(id)}/desired`);
  }

  acsStatus(name: string): Promise<ApiAcsStatus> {
    return this.ask("GET", `${acsAt(name)}/status`);
  }

  acsCalls(
    name: string,
    query: { readonly device?: string; readonly faults?: boolean; readonly limit?: string },
  ): Promise<ApiPage<ApiAcsCall>> {
    return this.ask("GET", `${acsAt(name)}/calls`, { query });
  }

  probe(name: string, body: Readonly<Record<string, unknown>>): Promise<ApiProbe> {
    return this.ask("POST", `${acsAt(name)}/probe`, { json: body });
  }

  probed(name: string, id: number): Promise<ApiProbe> {
    return this.ask("GET", `${acsAt(name)}/requests/${id}`);
  }

  findings(query: {
    readonly state?: string;
    readonly pattern?: string;
    readonly selector?: string;
    readonly limit?: string;
  }): Promise<ApiFindings> {
    return this.ask("GET", "/v1/findings", { query });
  }

  finding(id: number): Promise<ApiFindingDetail> {
    return this.ask("GET", `/v1/findings/${id}`);
  }

  decideFinding(
    id: number,
    body: { readonly as: string; readonly reason: string },
  ): Promise<ApiFindingDetail> {
    return this.ask("POST", `/v1/findings/${id}/decide`, { json: body });
  }

  records(path: string): Promise<ApiPage<ApiRecord>> {
    return this.ask("GET", `/v1/${path}`);
  }

  record(path: string, name: string): Promise<ApiRecord> {
    return this.ask("GET", `/v1/${path}/${encodeURIComponent(name)}`);
  }

  apply(
    documents: readonly unknown[],
    options: { readonly dryRun?: boolean; readonly expect?: number | null },
  ): Promise<ApiApplied> {
    const query = { dryRun: options.dryRun, expect: options.expect };
    return this.ask("POST", "/v1/manifests", { query, json: { documents } });
  }

  import(
    lines: { readonly type: string; readonly text: string },
    options: { readonly dryRun: boolean; readonly expect: number | null },
  ): Promise<ApiImported> {
    return this.ask("POST", "/v1/imports", { query: options, lines, timeoutMs: IMPORT_MS });
  }

  stop(scope: {
    readonly reason: string;
    readonly acs: string | null;
    readonly selector: string | null;
  }): Promise<ApiStopped> {
    return this.ask("POST", "/v1/stop", { json: scope });
  }

  resume(acs: string | null, expect: number | null): Promise<ApiResumed> {
    return this.ask("POST", "/v1/resume", { query: { expect }, json: { acs } });
  }
}

function acsAt(name: string): string {
  return `/v1/acs/${encodeURIComponent(name)}`;
}

function deviceAt(id: string): string {
  return `/v1/devices/${encodeURIComponent(id)}`;
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
