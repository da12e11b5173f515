/** How a failed command ends: what is wrong and where, one next command, the request id, the exit code. */
import { ServerProblem } from "../client/http.ts";
import { AppError, ERROR_CODES, messageOf, type ErrorCode, type Problem } from "../lib/errors.ts";
import type { ApiProblem } from "../model/api.ts";
import type { Io } from "./io.ts";
import { clean, paint } from "./text.ts";

/** What to do next, for each code; a code without a line is answered by reading what there is. */
const NEXT: { readonly [Code in ErrorCode]?: string } = {
  unauthenticated: "set PLUMB_TOKEN, or PLUMB_DATA_DIR to the folder that holds admin-token",
  forbidden: "use a token that has the scope: plumb --token plumb_… …",
  server_unreachable: "start it with: plumb serve   or name another: PLUMB_URL=http://HOST:8080",
  database_unreachable: "look at: plumb api GET /readyz",
  database_newer: "start the newer version of Plumbline",
  database_owned: "stop the other process, or set another PLUMB_DATA_DIR",
  not_found: "plumb get devices",
  ambiguous_id: "repeat it with one of the full ids",
  generation_changed: "read it again, then repeat",
  held: "plumb release DEVICE --reason …",
  finding_closed: "plumb findings list",
  stopped: "plumb resume",
  in_use: "plumb get devices",
  rate_limited: "wait, then repeat it more slowly",
  token_not_current: "plumb token list",
  last_admin_token: "plumb token rotate ID",
  internal: "tell the people who run the server; plumb api GET /readyz",
};

/** The same error, with the command that helps where it has this code. */
export function advised(error: unknown, code: ErrorCode, next: string): unknown {
  if (!(error instanceof ServerProblem) || error.code !== code) return error;
  return new ServerProblem(code, { ...error.problem, details: { ...error.details, next } });
}

const USAGE = "plumb --help";

function nextFor(error: AppError): string {
  const own = error.details["next"];
  if (typeof own === "string") return own;
  const count = error.details["count"];
  if (error.code === "count_unconfirmed" && typeof count === "number") {
    return `repeat it with --expect ${count}`;
  }
  return NEXT[error.code] ?? USAGE;
}

/** `/spec/waves/0/percent` as a person writes it: `spec.waves[0].percent`. */
function dotted(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join("");
}

/** `file:line:col  path   message`, in columns. */
export function problemLines(problems: readonly Problem[]): string[] {
  const rows = problems.map(({ file, line, column, pointer, message }) => {
    const place =
      line === undefined ? "" : `${file ?? "line "}${file ? ":" : ""}${line}:${column ?? 1}`;
    return [place, clean(dotted(pointer ?? "")), clean(message)] as const;
  });
  const width = (column: 0 | 1): number => Math.max(0, ...rows.map((row) => row[column].length));
  return rows.map(([place, path, message]) =>
    [place.padEnd(width(0)), path.padEnd(width(1)), message]
      .filter((cell) => cell.length > 0)
      .join("  ")
      .trimEnd(),
  );
}

/** The problem body, also for what never reached a server. */
function problemBody(error: AppError): ApiProblem {
  if (error instanceof ServerProblem) return error.problem;
  const { code, status, retry, problems, details } = error;
  return {
    type: `/problems/${code.replaceAll("_", "-")}`,
    title: ERROR_CODES[code].title,
    status,
    detail: error.message,
    code,
    instance: "",
    requestId: "",
    retry,
    ...(problems.length === 0 ? {} : { errors: problems }),
    ...(Object.keys(details).length === 0 ? {} : { details }),
  };
}

/** Prints it and gives the exit code. Anything that is no `AppError` is a bug of ours: 70. */
export function fail(io: Io, error: unknown, json: boolean): number {
  const known =
    error instanceof AppError
      ? error
      : new AppError("internal", `a mistake of ours: ${messageOf(error)}`, { cause: error });
  if (json) io.stdout.write(`${JSON.stringify(problemBody(known), null, 2)}\n`);
  else {
    const lines = problemLines(known.problems);
    // A list of places says it all when the message is only its first line.
    const message = known.problems.length > 0 && known.code === "invalid" ? "" : known.message;
    if (message !== "") io.stderr.write(`${paint(io, "red", "error")}: ${clean(message)}\n`);
    for (const line of lines) io.stderr.write(`${line}\n`);
    if (message === "") io.stderr.write(`${summary(known)}\n`);
    const id = known instanceof ServerProblem ? `   (request ${known.problem.requestId})` : "";
    io.stderr.write(`Next: ${clean(nextFor(known))}${id}\n`);
  }
  return known.exit;
}

function summary(error: AppError): string {
  const n = error.problems.length;
  const sent = error instanceof ServerProblem ? "nothing was changed" : "nothing sent";
  return `${n} problem${n === 1 ? "" : "s"}, ${sent}.`;
}
