/**
 * Trouble on the wire, from a seed: answers that reach the wrong caller, and one-shot faults for tests.
 *
 * Mix-ups are what the real ACS was said to do: two calls overlap, and each caller gets the other's answer. Nothing waits
 * for that: the answer that is ready first goes to the other caller, so a call can even be answered early.
 */
import { z } from "zod";
import type { HttpReply, Impostor, Question } from "./face.ts";

export const injectionSchema = z.strictObject({
  kind: z.enum([
    "html", // an IIS error page
    "empty", // HTTP 200 without a body
    "truncated", // the first half of the right answer
    "cut-before", // the connection is cut, nothing was done
    "cut-after", // the work was done, then the connection is cut
    "hang", // the work was done, and no answer comes before the caller gives up (or before delayMs)
    "slow", // the right answer, delayMs later
    "wrong-operation", // the work was done, the answer is that of another operation
    "other-device", // reads: the same parameters of another CPE of the model; writes: taken, and nothing was done
    "missing-params", // success without Params
    "soap-fault", // HTTP 500, a fault of the server
    "error-code", // refused with `code` and `message`
  ]),
  /** Only calls of this operation, or of this device; any when left out. */
  operation: z.string().optional(),
  serial: z.string().optional(),
  /** How many matching calls it hits. */
  count: z.int().min(1).max(1_000_000).default(1),
  /** Each matching call is hit with this; 1 hits the very next ones. */
  probability: z.number().gt(0).max(1).default(1),
  delayMs: z.number().min(0).optional(),
  status: z.int().min(200).max(599).default(500),
  code: z.int().default(201),
  message: z.string().default("Internal error"),
});

export type Injection = z.infer<typeof injectionSchema>;
export type InjectionInput = z.input<typeof injectionSchema>;

const WORK_DONE: ReadonlySet<Injection["kind"]> = new Set([
  "truncated",
  "cut-after",
  "hang",
  "slow",
  "wrong-operation",
]);

const HTML =
  "<!DOCTYPE html><html><head><title>500 - Internal server error.</title></head>" +
  "<body><h2>500 - Internal server error.</h2><h3>There is a problem with the resource.</h3></body></html>";

export class Injections {
  readonly #random: () => number;
  #waiting: { injection: Injection; left: number }[] = [];

  constructor(random: () => number) {
    this.#random = random;
  }

  add(input: InjectionInput): void {
    const injection = injectionSchema.parse(input);
    this.#waiting.push({ injection, left: injection.count });
  }

  clear(): void {
    this.#waiting = [];
  }

  get size(): number {
    return this.#waiting.reduce((sum, { left }) => sum + left, 0);
  }

  /** The oldest that fits and hits; it is used up by this. */
  take({ operation, serial }: Question): Injection | undefined {
    const found = this.#waiting.find(
      ({ injection }) =>
        (injection.operation ?? operation) === operation &&
        (injection.serial ?? serial) === serial &&
        (injection.probability === 1 || this.#random() < injection.probability),
    );
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left === 0) this.#waiting = this.#waiting.filter((each) => each !== found);
    return found.injection;
  }
}

function impostorOf(injection: Injection): Impostor | undefined {
  const { kind } = injection;
  if (kind === "error-code") return { kind, code: injection.code, message: injection.message };
  if (kind === "wrong-operation" || kind === "other-device") return { kind };
  return kind === "missing-params" || kind === "soap-fault" ? { kind } : undefined;
}

/** Answers one call as the injection says. `sleep` ends early when the caller hangs up. */
export async function answerInjected(
  question: Question,
  injection: Injection,
  sleep: (ms: number, untilGone: boolean) => Promise<void>,
): Promise<HttpReply> {
  const { kind, status, delayMs } = injection;
  const right = WORK_DONE.has(kind) ? await question.answer() : undefined;
  const impostor = impostorOf(injection);
  if (impostor !== undefined) return { ...(await question.impostor(impostor)), outcome: kind };
  if (kind === "html") return { status, contentType: "text/html", body: HTML, outcome: kind };
  if (kind === "slow" || kind === "hang") {
    // A hanging call without a delay ends when its caller gives up; with one it answers late, heard or not.
    await sleep(delayMs ?? (kind === "slow" ? 1_000 : 86_400_000), delayMs === undefined);
  }
  const answer = right ?? { status: 200, contentType: "text/xml; charset=utf-8", body: "" };
  if (kind === "truncated") {
    return { ...answer, body: answer.body.slice(0, answer.body.length >> 1), outcome: kind };
  }
  const cut = kind.startsWith("cut-") || (kind === "hang" && delayMs === undefined);
  return { ...answer, cut, outcome: kind };
}

interface Waiting {
  deliver: (reply: HttpReply) => void;
  swapped: boolean;
}

/** Pairs overlapping calls so that each gets the other's answer, with a probability. */
export class Mixer {
  readonly #random: () => number;
  readonly #probability: () => number;
  readonly #waiting = new Set<Waiting>();

  constructor(random: () => number, probability: () => number) {
    this.#random = random;
    this.#probability = probability;
  }

  /** The answer that this caller gets: its own, or that of a call that overlaps with it. */
  async pass(work: () => Promise<HttpReply>): Promise<HttpReply> {
    const call: Waiting = { deliver: () => undefined, swapped: false };
    const delivered = new Promise<HttpReply>((resolve) => {
      call.deliver = resolve;
    });
    const other = [...this.#waiting].find((each) => !each.swapped);
    if (other !== undefined && this.#random() < this.#probability()) {
      [call.deliver, other.deliver] = [other.deliver, call.deliver];
      call.swapped = other.swapped = true;
    }
    this.#waiting.add(call);
    const reply = await work();
    this.#waiting.delete(call);
    call.deliver(call.swapped ? { ...reply, outcome: "mixed_up" } : reply);
    return delivered;
  }
}
