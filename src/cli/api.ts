/** `plumb api`: any call of the API, with the same address, token and exit codes as the other commands. */
import type { Command } from "commander";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ServerProblem } from "../client/http.ts";
import { AppError, ERROR_CODES, messageOf, type ErrorCode } from "../lib/errors.ts";
import type { ApiProblem } from "../model/api.ts";
import type { Session } from "./io.ts";

interface Options {
  readonly data?: string;
}

export function registerApi(program: Command, session: () => Session): void {
  program
    .command("api")
    .summary("call the HTTP API")
    .description("Make one call and print the body of its answer, whatever it is.")
    .argument("<method>", "GET, PUT, POST, DELETE")
    .argument("<path>", "/v1/devices?limit=5")
    .option("-d, --data <json>", "body: JSON, @FILE, or - for stdin")
    .addHelpText(
      "before",
      "Examples:\n  plumb api GET /v1/fleet\n  plumb api PUT /v1/devices/CPE-0417/desired -d @desired.json\n",
    )
    .action(async (method: string, path: string, options: Options) => {
      await call(session(), method.toUpperCase(), path, options);
    });
}

async function call(
  session: Session,
  method: string,
  path: string,
  options: Options,
): Promise<void> {
  if (!/^[A-Z]{3,10}$/.test(method) || !path.startsWith("/")) {
    const message = "say plumb api METHOD /path";
    throw new AppError("usage", message, { details: { next: "plumb api --help" } });
  }
  const json = options.data === undefined ? undefined : await bodyOf(session, options.data);
  const { status, body, requestId } = await session.client.raw(method, path, { json });
  const problem = status >= 400 ? problemIn(body) : undefined;
  if (problem !== undefined) throw problem;
  if (body !== "") session.print(body.replace(/\n$/, ""));
  if (status < 400) return;
  const code = status >= 500 ? "server_unreachable" : "not_found";
  throw new AppError(code, `the server answered ${status} (request ${requestId})`);
}

async function bodyOf(session: Session, data: string): Promise<unknown> {
  const { io } = session;
  let text = data;
  if (data === "-") text = (await io.readStdin?.()) ?? "";
  else if (data.startsWith("@")) {
    try {
      text = readFileSync(resolve(io.cwd ?? process.cwd(), data.slice(1)), "utf8");
    } catch (error) {
      throw new AppError("usage", `the file cannot be read: ${messageOf(error)}`, { cause: error });
    }
  }
  try {
    return JSON.parse(text);
  } catch {
    // Not quoted: a body may hold a password.
    throw new AppError("malformed_json", "the body is not JSON; nothing sent");
  }
}

function problemIn(body: string): ServerProblem | undefined {
  try {
    const value = JSON.parse(body) as ApiProblem | null;
    const known = typeof value?.code === "string" && value.code in ERROR_CODES;
    return known ? new ServerProblem(value.code as ErrorCode, value) : undefined;
  } catch {
    return undefined;
  }
}
