/**
 * One task from its posting to its end: run in a session, faulted, or taken back. Whatever happened, no task of ours is
 * left behind as a memory of what we wanted (genieacs-nbi.md 0.7, 0.9, 0.10); where one may be, the result says so.
 */
import type { DeviceId } from "../../model/device.ts";
import type { CallContext, NotSent, Refused, Unknown } from "../../ports/acs.ts";
import { faultId, taskPath, tasksPath } from "./address.ts";
import { decodeTaken, isUnreached, unknown, type Taken } from "./answer.ts";
import { decodeFault, type BrokenOff, type Rejected } from "./faults.ts";
import type { Ask, Call } from "./nbi.ts";
import { leftBehind, type Queue } from "./queue.ts";
import { OUR_KEY, type Task } from "./tasks.ts";

/** The ACS could not reach the CPE, and the task is gone from its queue. */
export interface Away {
  readonly kind: "away";
  readonly detail: string;
  /** The connection request did not get through. */
  readonly unreached: boolean;
}

export interface Ended {
  readonly kind: "ended";
  readonly taskId: string;
  /** The task's time on the ACS's clock, ms. */
  readonly since: number;
  readonly sentAt: Date;
}

/** It waits for the next Inform of its CPE. */
export interface Posted {
  readonly kind: "posted";
  readonly taskId: string;
  /** Its time on the ACS's clock, ms. */
  readonly at: number;
}

export type Run = Ended | Rejected | BrokenOff | Away | Refused | Unknown | NotSent;

export class Sessions {
  readonly #ask: Ask;
  readonly #queue: Queue;

  constructor(ask: Ask, queue: Queue) {
    this.#ask = ask;
    this.#queue = queue;
  }

  async run(call: Call, task: Task, device: DeviceId, context: CallContext): Promise<Run> {
    const given = await this.#give(call, task, tasksPath(device), device, context);
    if (given.kind !== "taken") return given;
    if (given.state !== "ended") return await this.#notEnded(given, device, context);
    return { kind: "ended", taskId: given.taskId, since: given.at, sentAt: given.sentAt };
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
    const waiting = await this.#queue.tasks(device, context);
    if (waiting?.some((each) => each.id === taskId) !== true) return undefined;
    return await this.#notRun(taskId, "a session ended without the task", device, context);
  }

  async #notEnded(taken: Taken, device: DeviceId, context: CallContext): Promise<Run> {
    const { taskId, state, phrase } = taken;
    const faults = await this.#queue.faults(device, context);
    const fault = decodeFault(faults ?? [], faultId(device, taskId));
    if (fault === undefined && faults !== undefined && state === "waiting") {
      return await this.#notRun(taskId, phrase || "no reason given", device, context);
    }
    const said = fault ?? unknown("acs_fault", `${phrase}: its fault cannot be read`);
    const left = await this.#queue.clean(taskId, device, context);
    if (left === undefined) return said;
    // What was refused is tried again, and might be taken then.
    return said.kind === "rejected"
      ? unknown("acs_fault", `${left}; it said ${said.code} ${said.text}`)
      : { ...said, detail: `${left}; ${said.detail}` };
  }

  async #notRun(
    taskId: string,
    why: string,
    device: DeviceId,
    context: CallContext,
  ): Promise<Away | Unknown> {
    const end = await this.#queue.drop(taskPath(taskId), device, context);
    if (end === 200) return { kind: "away", detail: why, unreached: isUnreached(why) };
    if (end === 404) return unknown("timeout", `${why}; a later session took the task`);
    return unknown("timeout", `${leftBehind(taskId, end)}; ${why}`);
  }

  /** Leaves the task for the CPE's next Inform, in the place of any of ours that waits there (1, uniqueKey). */
  async post(
    call: Call,
    task: Task,
    device: DeviceId,
    context: CallContext,
  ): Promise<Posted | Refused | Unknown | NotSent> {
    const given = await this.#give(call, task, tasksPath(device, false), device, context);
    if (given.kind !== "taken") return given;
    return { kind: "posted", taskId: given.taskId, at: given.at };
  }

  /** Hands a task over. Whatever the answer says, none is left behind that nobody knows of. */
  async #give(
    call: Call,
    task: Task,
    path: string,
    device: DeviceId,
    context: CallContext,
  ): Promise<(Taken & { readonly sentAt: Date }) | Refused | Unknown | NotSent> {
    const answer = await this.#ask({ call, method: "POST", path, task }, device, context);
    if (answer.kind === "not_sent" || (answer.kind === "unknown" && !answer.sent)) return answer;
    if (answer.kind === "unknown") return await this.#adrift(answer, device, context);
    const taken = decodeTaken(answer, device, task.name);
    if (taken.kind === "unknown") return await this.#adrift(taken, device, context);
    return taken.kind === "taken" ? { ...taken, sentAt: answer.sentAt } : taken;
  }

  /** No answer that can be used, and the ACS may have taken the task all the same: what is ours there is taken back. */
  async #adrift(lost: Unknown, device: DeviceId, context: CallContext): Promise<Unknown> {
    const left: string[] = [];
    const waiting = await this.#queue.tasks(device, context);
    if (waiting === undefined) left.push("a task may wait in the ACS: its queue cannot be read");
    for (const { id, key } of waiting ?? []) {
      if (key !== OUR_KEY) continue;
      const end = await this.#queue.drop(taskPath(id), device, context);
      if (end !== 200 && end !== 404) left.push(leftBehind(id, end));
    }
    return { ...lost, detail: [...left, lost.detail].join("; ") };
  }
}
