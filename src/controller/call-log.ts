/**
 * The calls of late, until they are stored with the next renewal of the lease: a crash loses a few seconds of them, and no
 * call waits for a database. The last few answers are kept whole for as long as it takes to find out whether they are
 * believed; what is wrong with one is then noted beside its call, with its shape and without its values.
 */
import type { Clock } from "../lib/time.ts";
import type { AnswerFault, Exchange, ExchangeResult } from "../ports/acs.ts";
import type { LoggedCall } from "../ports/slot-store.ts";

/** More than can be in flight, so that an answer is still at hand when its pass has looked at it. */
const ANSWERS_KEPT = 64;
/** Calls that wait to be stored; when the database is away for long, the oldest are let go. */
const CALLS_KEPT = 5_000;

interface Entry {
  readonly call: Omit<LoggedCall, "agoMs" | "fault" | "detail" | "evidence">;
  readonly endedMs: number;
  /** Null where there was none, and once nobody asks for it any more. */
  body: string | null;
  fault: { readonly name: AnswerFault; readonly detail: string; readonly evidence: string } | null;
}

export class CallLog {
  readonly #clock: Clock;
  readonly #mask: (answer: string) => string;
  readonly #entries: Entry[] = [];

  constructor(clock: Clock, mask: (answer: string) => string) {
    this.#clock = clock;
    this.#mask = mask;
  }

  add({ operation, deviceId, context }: Exchange, tookMs: number, result: ExchangeResult): void {
    if (result.kind === "not_sent") return;
    this.#entries.push({
      call: {
        device: deviceId,
        operation,
        class: context.class,
        changeId: context.changeId,
        tookMs: Math.round(tookMs),
        outcome: result.kind === "answer" ? "answer" : result.fault,
      },
      endedMs: this.#clock.monotonicMs(),
      body: result.kind === "answer" ? result.body : null,
      fault: null,
    });
    const old = this.#entries.at(-1 - ANSWERS_KEPT);
    if (old !== undefined) old.body = null;
    if (this.#entries.length > CALLS_KEPT) this.#entries.shift();
  }

  /** The last answer under this change was not believed. */
  wrong(changeId: string, name: AnswerFault, detail: string): void {
    const entry = this.#entries.findLast(({ call }) => call.changeId === changeId);
    if (entry?.body == null) return;
    entry.fault = { name, detail, evidence: this.#mask(entry.body) };
  }

  /** Those that nobody will say more about; `stored` takes them away once they are. @param over no pass is under way */
  take(over: boolean): { readonly calls: readonly LoggedCall[]; stored(): void } {
    const now = this.#clock.monotonicMs();
    const settled = this.#entries.filter(({ endedMs }) => over || now - endedMs >= 1_000);
    return {
      calls: settled.map(({ call, endedMs, fault }) => ({
        ...call,
        agoMs: Math.round(now - endedMs),
        fault: fault?.name ?? null,
        detail: fault?.detail ?? null,
        evidence: fault?.evidence ?? null,
      })),
      stored: () => {
        const gone = new Set(settled);
        const left = this.#entries.filter((entry) => !gone.has(entry));
        this.#entries.splice(0, this.#entries.length, ...left);
      },
    };
  }
}
