/** Responses that a person orders, and what is taken back. The caps do not count them; a protected device is not cut by them. */
import { sql } from "kysely";
import type { Finding } from "../../fraud/findings.ts";
import { AppError } from "../../lib/errors.ts";
import type { Actor } from "../../ports/actor.ts";
import type { ResponseView, Step } from "../../ports/response-store.ts";
import { askAaa, callOff } from "../aaa-asks.ts";
import { addEvents } from "../fleet/events.ts";
import { lift, suspend } from "../fleet/suspensions.ts";
import type { Trx } from "../transaction.ts";
import { aboutFinding, type About } from "./response-facts.ts";
import { addResponse, responsesTo, type NewResponse, type ResponseRow } from "./response-rows.ts";

const SUSPENDED_FOR = "fraud";

interface Row {
  content: Finding;
  devices: readonly number[];
}

function refused(message: string, reason: string): AppError {
  return new AppError("response_refused", message, { details: { reason } });
}

/** @throws `not_found`, `finding_closed`, `response_refused` */
export async function order(
  trx: Trx,
  finding: number,
  step: Step,
  why: string,
  actor: Actor,
): Promise<ResponseView> {
  const { rows } = await sql<Row>`
    select content, devices from findings where finding = ${finding}`.execute(trx);
  const [row] = rows;
  if (row === undefined) throw new AppError("not_found", `there is no finding ${finding}`);
  if (row.content.state.kind === "closed") {
    throw new AppError("finding_closed", `Finding ${finding} is closed; nothing is done about it.`);
  }
  const standing = await trx
    .selectFrom("fraud_responses")
    .select("response")
    .where("finding", "=", finding)
    .where("step", "=", step)
    .where("automatic", "=", false)
    .where("state", "in", step === "suspend" ? ["open", "done"] : ["open"])
    .executeTakeFirst();
  if (standing !== undefined) return await viewOf(trx, finding, standing.response);
  const about = await aboutFinding(trx, row.content, row.devices);
  if (about.protected) {
    throw refused(
      "a device of this finding is labelled protected, and nothing here cuts it; take the label off first",
      "protected",
    );
  }
  const response = await carryOut(trx, step, about, {
    ...{ finding, pattern: row.content.pattern, why },
    actor,
  });
  return await viewOf(trx, finding, response);
}

interface Order {
  readonly finding: number;
  readonly pattern: string;
  readonly why: string;
  readonly actor: Actor;
}

async function carryOut(trx: Trx, step: Step, about: About, given: Order): Promise<number> {
  const { finding, pattern, why, actor } = given;
  const [bound, another] = about.bound;
  const base: Omit<NewResponse, "state"> = {
    ...{ finding, pattern, step, why, automatic: false },
    mode: "live",
    verdict: "act",
    ...{ reason: "ordered", actor: actor.owner, device: bound?.device ?? null },
    ...{ writer: null, version: null, sessions: 0 },
  };
  const device = bound?.device ?? null;
  const made = async (response: number, sessions = 0): Promise<number> => {
    const data = { finding, response, pattern, step, reason: "ordered", sessions };
    await addEvents(trx, actor, [{ device, type: "ResponseMade", data }]);
    return response;
  };
  if (step === "disconnect") {
    const { foreign } = about;
    if (foreign === "own_side_unknown")
      throw refused("it cannot be told which session is the customer's own", foreign);
    if (foreign.length === 0) throw refused("no session of another box runs now", "no_session");
    const sessions = foreign.length;
    const response = await made(
      await addResponse(trx, { ...base, sessions, state: "open" }),
      sessions,
    );
    await askAaa(trx, { purpose: "misuse", device, response, sessions: foreign }, actor);
    return response;
  }
  if (bound === undefined) throw refused("no service has this credential", "no_service");
  if (another !== undefined)
    throw refused(
      "several services have this credential; suspend or rotate each by itself",
      "no_service",
    );
  if (step === "suspend") {
    await suspend(trx, bound.device, SUSPENDED_FOR, actor);
    return await made(await addResponse(trx, { ...base, state: "done" }));
  }
  const { writer, version } = bound;
  const response = await made(await addResponse(trx, { ...base, writer, version, state: "open" }));
  const data = { finding, response, writer, version };
  await addEvents(trx, actor, [{ device, type: "CredentialRotationAsked", data }]);
  return response;
}

async function viewOf(trx: Trx, finding: number, response: number): Promise<ResponseView> {
  const found = (await responsesTo(trx, finding)).find(({ id }) => id === response);
  if (found === undefined)
    throw new AppError("not_found", `finding ${finding} has no response ${response}`);
  return found;
}

/** @throws `not_found`, `response_refused` for what cannot be taken back */
export async function undo(
  trx: Trx,
  finding: number,
  response: number,
  actor: Actor,
): Promise<ResponseView> {
  const row = await trx
    .selectFrom("fraud_responses")
    .selectAll()
    .where("finding", "=", finding)
    .where("response", "=", response)
    .executeTakeFirst();
  if (row === undefined)
    throw new AppError("not_found", `finding ${finding} has no response ${response}`);
  if (row.state !== "undone") await takeBack(trx, row, actor);
  return await viewOf(trx, finding, response);
}

async function takeBack(trx: Trx, row: ResponseRow, actor: Actor): Promise<void> {
  const { step, state, device, response, finding } = row;
  if (state === "noted" || state === "failed")
    throw refused("nothing was done, so there is nothing to take back", "nothing_done");
  if (step === "rotate" && state === "done")
    throw refused("the password is another one already; rotate again for a new one", "rotated");
  if (step === "disconnect" && (await callOff(trx, response)) === 0) {
    throw refused("what was ended cannot be taken back; the box may log in again", "sent");
  }
  if (step === "suspend" && device !== null && !(await isWantedByAnother(trx, row))) {
    await lift(trx, device, { owner: row.actor, reason: SUSPENDED_FOR }, actor);
  }
  await trx
    .updateTable("fraud_responses")
    .set({ state: "undone", undone_by: actor.owner, changed_at: sql<Date>`now()` })
    .where("response", "=", response)
    .execute();
  const data = { finding, response, step };
  await addEvents(trx, actor, [{ device, type: "ResponseUndone", data }]);
}

/** One reason of one owner stands once, whatever it was set for. */
async function isWantedByAnother(trx: Trx, { device, actor, response }: ResponseRow) {
  const { rows } = await sql`
    select from fraud_responses
    where device = ${device} and actor = ${actor} and step = 'suspend' and state = 'done' and response <> ${response}
    limit 1`.execute(trx);
  return rows.length > 0;
}

/** A finding that was a swap or a mistake: what was done about it and can be taken back, is. */
export async function takeBackAll(trx: Trx, finding: number, actor: Actor): Promise<void> {
  const rows = await trx
    .selectFrom("fraud_responses")
    .selectAll()
    .where("finding", "=", finding)
    .where("state", "in", ["open", "done"])
    .orderBy("response")
    .execute();
  for (const row of rows) {
    try {
      await takeBack(trx, row, actor);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
}
