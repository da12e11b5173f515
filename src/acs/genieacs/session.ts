/**
 * One task from its posting to its end: run in a session, faulted, or taken back. Whatever happened, no task of ours is
 * left behind as a memory of what we wanted (genieacs-nbi.md 0.7, 0.9, 0.10); where one may be, the result says so.
 */
import type { Clock } from "../../lib/time.ts";
import type { DeviceId } from "../../model/device.ts";
import type { CallContext, NotSent, Refused, Unknown } from "../../ports/acs.ts";
import { faultId, faultPath, listPath, taskPath, tasksPath, isTaskId } from "./address.ts";
import { decodeList, decodeTaken, textOf, unknown, type Members, type Taken } from "./answer.ts";
import { decodeFault, type BrokenOff, type Rejected } from "./faults.ts";
import type { Ask, Call } from "./nbi.ts";
import { OUR_KEY, type Task } from "./tasks.ts";

/** The ACS could not reach the CPE, and the task is gone from its queue. */
export interface Away {
  readonly kind: "away";
  readonly detail: string;
}

export interface Ended {
  readonly kind: "ended";
  readonly taskId: string;
  /** The task's time on the ACS's clock, ms. */
  readonly since: number;
  readonly sentAt: Date;
}

export type Run = Ended | Rejected | BrokenOff | Away | Refused | Unknown | NotSent;

const NO_TASK = "Task not found";
/** While a session of the device lasts, its tasks cannot be taken back (503). */
const TAKE_BACK_TRIES = 3;
const TAKE_BACK_PAUSE_MS = 1_000;

export class Sessions {
  readonly #ask: Ask;
  readonly #clock: Clock;

  constructor(ask: Ask, clock: Clock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  async run(call: Call, task: Task, device: DeviceId, context: CallContext): Promise<Run> {
    const question = { call, method: "POST", path: tasksPath(device), task } as const;
    const answer = await this.#ask(question, device, context);
    if (answer.kind === "not_sent" || (answer.kind === "unknown" && !answer.sent)) return answer;
    if (answer.kind === "unknown") return await this.#adrift(answer, device, context);
    const taken = decodeTaken(answer, device, task.name);
    if (taken.kind === "refused") return taken;
    if (taken.kind === "unknown") return await this.#adrift(taken, device, context);
    if (taken.state !== "ended") return await this.#notEnded(taken, device, context);
    return { kind: "ended", taskId: taken.taskId, since: taken.at, sentAt: answer.sentAt };
  }

  /**
   * Any session that came in time counts as the task's own (3), so after an answer 200 the queue is asked whether it is
   * still there. Undefined: it is not, so it ran; or nobody can say.
   */
  async stillWaiting(
    { taskId }: Ended,
    device: DeviceId,
    context: CallContext,
  ): Promise<Away | Unknown | undefined> {
    const waiting = await this.#waiting(device, context);
    if (waiting?.some((each) => each.id === taskId) !== true) return undefined;
    return await this.#notRun(taskId, "a session ended without the task", device, context);
  }

  async #notEnded(taken: Taken, device: DeviceId, context: CallContext): Promise<Run> {
    const { taskId, state, phrase } = taken;
    const faults = await this.#faults(device, context);
    const fault = decodeFault(faults ?? [], faultId(device, taskId));
    if (fault === undefined && faults !== undefined && state === "waiting") {
      return await this.#notRun(taskId, phrase || "no reason given", device, context);
    }
    const said = fault ?? unknown("acs_fault", `${phrase}: its fault cannot be read`);
    const left = await this.#clean(taskId, device, context);
    if (left === undefined) return said;
    // What was refused is tried again, and might be taken then.
    return said.kind === "rejected"
      ? unknown("acs_fault", `${left}; it said ${said.code} ${said.text}`)
      : { ...said, detail: `${left}; ${said.detail}` };
  }

  /** Deleting a task deletes its fault with it; a fault that outlived its task is tried again by itself (0.10). */
  async #clean(taskId: string, device: DeviceId, context: CallContext) {
    const end = await this.#delete(taskPath(taskId), device, context);
    if (end !== 404) return end === 200 ? undefined : leftBehind(taskId, end);
    const fault = await this.#delete(faultPath(device, taskId), device, context);
    return fault === 200 ? undefined : leftBehind(taskId, fault);
  }

  async #notRun(
    taskId: string,
    why: string,
    device: DeviceId,
    context: CallContext,
  ): Promise<Away | Unknown> {
    const end = await this.#delete(taskPath(taskId), device, context);
    if (end === 200) return { kind: "away", detail: why };
    if (end === 404) return unknown("timeout", `${why}; a later session took the task`);
    return unknown("timeout", `${leftBehind(taskId, end)}; ${why}`);
  }

  /** No answer that can be used, and the ACS may have taken the task all the same: what is ours there is taken back. */
  async #adrift(lost: Unknown, device: DeviceId, context: CallContext): Promise<Unknown> {
    const left: string[] = [];
    const waiting = await this.#waiting(device, context);
    if (waiting === undefined) left.push("a task may wait in the ACS: its queue cannot be read");
    for (const { id, key } of waiting ?? []) {
      if (key !== OUR_KEY) continue;
      const end = await this.#delete(taskPath(id), device, context);
      if (end !== 200 && end !== 404) left.push(leftBehind(id, end));
    }
    return { ...lost, detail: [...left, lost.detail].join("; ") };
  }

  /** Of all the device's tasks; undefined when they cannot be read. Not their values: passwords are among them. */
  async #waiting(device: DeviceId, context: CallContext) {
    const tasks = await this.#list("tasks", ["device", "uniqueKey"], device, context);
    return tasks?.flatMap(({ _id: id, device: owner, uniqueKey }) =>
      isTaskId(id) && owner === device ? [{ id, key: textOf(uniqueKey) }] : [],
    );
  }

  async #faults(device: DeviceId, context: CallContext) {
    return await this.#list("faults", ["code", "message", "detail"], device, context);
  }

  async #list(
    collection: "tasks" | "faults",
    projection: readonly string[],
    device: DeviceId,
    context: CallContext,
  ): Promise<readonly Members[] | undefined> {
    const path = listPath(collection, { query: { device }, projection });
    const answer = await this.#ask({ call: "Query", method: "GET", path }, device, context);
    const list = answer.kind === "answer" ? decodeList(answer) : undefined;
    return list?.kind === "list" ? list.documents : undefined;
  }

  /** The status of the last try, or what kept it from getting one that can be believed. */
  async #delete(path: string, device: DeviceId, context: CallContext): Promise<number | string> {
    for (let tries = 1; ; tries += 1) {
      const question = { call: "TakeBack", method: "DELETE", path } as const;
      const answer = await this.#ask(question, device, context);
      if (answer.kind !== "answer") {
        return answer.kind === "unknown" ? answer.fault : answer.reason;
      }
      const { status, body } = answer;
      if (status === 200 && body.trim() !== "") return "garbled";
      if (status === 404 && body.trim() !== NO_TASK) return "garbled";
      if (status !== 503 || tries >= TAKE_BACK_TRIES) return status;
      await this.#clock.sleep(TAKE_BACK_PAUSE_MS, context.signal);
    }
  }
}

function leftBehind(taskId: string, end: number | string): string {
  const why = typeof end === "number" ? `HTTP ${end}` : end;
  return `task ${taskId} may still wait in the ACS: taking it back ended with ${why}`;
}
