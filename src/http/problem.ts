/** Every failure as RFC 9457: `application/problem+json`, with the request id, and never with a secret. */
import { HTTPException } from "hono/http-exception";
import { AppError, ERROR_CODES, type ErrorCode } from "../lib/errors.ts";
import type { ApiProblem } from "../model/api.ts";
import type { Ctx } from "./context.ts";

/** Nobody reads more, and a body of nothing but mistakes must not come back larger than it came. */
const MAX_ERRORS = 100;
const MAX_MESSAGE = 500;

function shorten(text: string): string {
  return text.length <= MAX_MESSAGE ? text : `${text.slice(0, MAX_MESSAGE)}…`;
}

export function problemOf(
  error: AppError,
  at: { readonly instance: string; readonly requestId: string },
): ApiProblem {
  const { code, status, retry, retryAfterSeconds, problems, details } = error;
  const seconds = retry === "after" ? (retryAfterSeconds ?? DEFAULT_RETRY_SECONDS) : undefined;
  return {
    type: `/problems/${code.replaceAll("_", "-")}`,
    title: ERROR_CODES[code].title,
    status,
    detail: shorten(error.message),
    code,
    instance: at.instance,
    requestId: at.requestId,
    retry,
    ...(seconds === undefined ? {} : { retryAfter: seconds }),
    ...(problems.length === 0
      ? {}
      : {
          errors: problems
            .slice(0, MAX_ERRORS)
            .map((problem) => ({ ...problem, message: shorten(problem.message) })),
        }),
    ...(Object.keys(details).length === 0 ? {} : { details }),
  };
}

const DEFAULT_RETRY_SECONDS = 5;

/** What the framework throws by itself has a plain text; here it becomes one of our codes. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: "malformed_json",
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  413: "payload_too_large",
  415: "unsupported_media_type",
};

/** Anything that was thrown, as an error of ours; `internal` says nothing of what went wrong inside. */
export function appErrorOf(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof HTTPException ? BY_STATUS[error.status] : undefined;
  if (code !== undefined) return new AppError(code, ERROR_CODES[code].title);
  const message =
    "a mistake of ours, and it was reported; quote the request id when you ask about it";
  return new AppError("internal", message, { cause: error });
}

export function answerProblem(c: Ctx, error: AppError): Response {
  const problem = problemOf(error, { instance: c.req.path, requestId: c.get("requestId") });
  const headers: Record<string, string> = {
    "Content-Type": "application/problem+json",
    "Request-Id": problem.requestId,
  };
  if (problem.retryAfter !== undefined) headers["Retry-After"] = String(problem.retryAfter);
  if (problem.status === 401) headers["WWW-Authenticate"] = `Bearer realm="plumbline"`;
  return c.body(JSON.stringify(problem), problem.status as 400, headers);
}
