/** The tasks and faults that GenieACS keeps for a device, and how one of them is taken back (genieacs-nbi.md 2). */
import type { Clock } from "../../lib/time.ts";
import type { DeviceId } from "../../model/device.ts";
import type { CallContext } from "../../ports/acs.ts";
import { faultPath, isTaskId, listPath, taskPath } from "./address.ts";
import { decodeList, textOf, type Members } from "./answer.ts";
import type { Ask } from "./nbi.ts";

const NO_TASK = "Task not found";
/** While a session of the device lasts, its tasks cannot be taken back (503). */
const TAKE_BACK_TRIES = 3;
const TAKE_BACK_PAUSE_MS = 1_000;

export interface QueuedTask {
  readonly id: string;
  /** `uniqueKey`; empty when it has none. */
  readonly key: string;
}

export class Queue {
  readonly #ask: Ask;
  readonly #clock: Clock;

  constructor(ask: Ask, clock: Clock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /** Of all the device's tasks; undefined when they cannot be read. Not their values: passwords are among them. */
  async tasks(device: DeviceId, context: CallContext): Promise<readonly QueuedTask[] | undefined> {
    const tasks = await this.#list("tasks", ["device", "uniqueKey"], device, context);
    return tasks?.flatMap(({ _id: id, uniqueKey }) =>
      isTaskId(id) ? [{ id, key: textOf(uniqueKey) }] : [],
    );
  }

  /** Undefined when they cannot be read. */
  async faults(device: DeviceId, context: CallContext): Promise<readonly Members[] | undefined> {
    return await this.#list("faults", ["code", "message", "detail"], device, context);
  }

  /**
   * Takes a task away for good. Deleting it deletes its fault with it; a fault that outlived its task is tried again by
   * itself (0.10). Undefined: both are gone; else why something may be left.
   */
  async clean(taskId: string, device: DeviceId, context: CallContext): Promise<string | undefined> {
    const end = await this.drop(taskPath(taskId), device, context);
    if (end !== 404) return end === 200 ? undefined : leftBehind(taskId, end);
    const fault = await this.drop(faultPath(device, taskId), device, context);
    return fault === 200 ? undefined : leftBehind(taskId, fault);
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
    const asked = `its ${collection}`;
    if (list?.kind === "unknown") context.passedOver?.(list.fault, asked);
    if (list?.kind !== "list") return undefined;
    const { documents } = list;
    const isOurs = (each: Members): boolean =>
      each["device"] === device || textOf(each["_id"]).startsWith(`${device}:`);
    // The answer to a question about another device is not "nothing waits": what waits would be replaced.
    if (documents.length === 0 || documents.some(isOurs)) return documents.filter(isOurs);
    context.passedOver?.("wrong_device", asked);
    return undefined;
  }

  /** The status of the last try, or what kept it from getting one that can be believed. */
  async drop(path: string, device: DeviceId, context: CallContext): Promise<number | string> {
    for (let tries = 1; ; tries += 1) {
      const question = { call: "TakeBack", method: "DELETE", path } as const;
      const answer = await this.#ask(question, device, context);
      if (answer.kind !== "answer") {
        return answer.kind === "unknown" ? answer.fault : answer.reason;
      }
      const { status, body } = answer;
      const said = body.trim();
      if ((status === 200 && said !== "") || (status === 404 && said !== NO_TASK)) {
        context.passedOver?.("garbled", "a task or fault that was taken back");
        return "garbled";
      }
      if (status !== 503 || tries >= TAKE_BACK_TRIES) return status;
      await this.#clock.sleep(TAKE_BACK_PAUSE_MS, context.signal);
    }
  }
}

export function leftBehind(taskId: string, end: number | string): string {
  const why = typeof end === "number" ? `HTTP ${end}` : end;
  return `task ${taskId} may still wait in the ACS: taking it back ended with ${why}`;
}
