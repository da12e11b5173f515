/**
 * Logs and Sentry behind the port. Whatever is given to it, it does not throw, does not wait, and lets no secret out.
 *
 * A line is JSON where a program reads it and short where a person does. The tags of the pass (`isolate`) stand on each
 * of its lines; in Sentry the lines of a pass are the breadcrumbs of its events, and of no other's.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { AppError, messageOf } from "../lib/errors.ts";
import type { Secret } from "../lib/secret.ts";
import type { Capture, Facts, LogLevel, Telemetry } from "../ports/telemetry.ts";
import { DescriptorSink, jsonLine, terminalLine, type LogSink } from "./telemetry-lines.ts";
import { createRedactor } from "./telemetry-redact.ts";
import { startSentry, type Reporter, type SentryOptions } from "./telemetry-sentry.ts";

export type { LogSink } from "./telemetry-lines.ts";

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export interface TelemetryOptions extends SentryOptions {
  readonly level: LogLevel;
  /** The installation's own secrets: taken out of every text. */
  readonly secrets?: Iterable<Secret>;
  /** Does a person read the lines? By default: is standard error a terminal. */
  readonly terminal?: boolean;
  /** By default standard error, in a way that never waits. */
  readonly sink?: LogSink;
  readonly now?: () => Date;
}

/** Since the start. */
export interface TelemetryCounts {
  readonly logged: Readonly<Record<LogLevel, number>>;
  readonly captured: number;
  readonly droppedLines: number;
}

export interface AppTelemetry extends Telemetry {
  counts(): TelemetryCounts;
}

/** Loads Sentry, about 300 ms, only where a DSN says where to send to. */
export async function startTelemetry(options: TelemetryOptions): Promise<AppTelemetry> {
  const { level: least, sink = standardError(), now = () => new Date() } = options;
  const redactor = createRedactor([...(options.secrets ?? []), ...known(options.dsn)]);
  const wanted = options.dsn !== null || options.transport !== undefined;
  const reporter: Reporter | null = wanted ? await startSentry(options, redactor) : null;
  const pass = new AsyncLocalStorage<Facts>();
  const logged = { debug: 0, info: 0, warn: 0, error: 0 };
  const print = (options.terminal ?? process.stderr.isTTY) ? terminalLine : jsonLine;
  let captured = 0;

  const line = (
    level: LogLevel,
    message: string,
    facts: Readonly<Record<string, unknown>>,
  ): void => {
    logged[level] += 1;
    if (RANK[level] < RANK[least]) return;
    const clean = redactor.value({ ...pass.getStore(), ...facts }) as Record<string, unknown>;
    const text = redactor.text(message);
    sink.write(print({ at: now(), level, message: text, facts: clean }));
    if (pass.getStore() !== undefined && level !== "debug") reporter?.crumb(level, text, clean);
  };

  return {
    log(level, message, facts = {}) {
      safely(() => {
        line(level, message, facts);
      });
    },
    capture(capture) {
      captured += 1;
      // Apart: a report must leave even where its line cannot be written, and the other way round.
      safely(() => reporter?.capture(capture));
      safely(() => {
        line(capture.level === "warning" ? "warn" : "error", capture.message, factsOf(capture));
      });
    },
    async isolate(tags, work) {
      const run = (): ReturnType<typeof work> => pass.run(tags, work);
      return reporter === null ? run() : reporter.isolate(tags, run);
    },
    async close() {
      await Promise.allSettled([reporter?.close(), sink.flush()]);
    },
    counts: () => ({ logged: { ...logged }, captured, droppedLines: sink.dropped }),
  };
}

function standardError(): LogSink {
  const sink = new DescriptorSink(process.stderr.fd);
  process.once("exit", () => {
    sink.drain();
  });
  return sink;
}

function known(secret: Secret | null): readonly Secret[] {
  return secret === null ? [] : [secret];
}

function factsOf({ tags, fingerprint, error }: Capture): Record<string, unknown> {
  const facts: Record<string, unknown> = { ...tags, fingerprint: fingerprint.join("/") };
  if (error === undefined) return facts;
  // Our own errors say what to do; of a mistake the place is what helps.
  const stack = error instanceof Error && !(error instanceof AppError) ? error.stack : undefined;
  return { ...facts, error: messageOf(error), stack };
}

function safely(work: () => void): void {
  try {
    work();
  } catch {
    // Telemetry that fails must not take the controller with it, and has nowhere to say so.
  }
}

/** What nobody caught is a mistake of ours: it is reported, sent, and then the process ends with 70. */
export function captureCrashes(
  telemetry: Telemetry,
  process: { on(event: string, listener: (error: unknown) => void): unknown },
  exit: (code: number) => void,
): void {
  for (const event of ["uncaughtException", "unhandledRejection"]) {
    process.on(event, (error) => {
      const name = error instanceof Error ? error.name : typeof error;
      const message = "A mistake of ours that nobody caught; the process ends";
      const fingerprint = ["crash", event, name];
      telemetry.capture({ message, fingerprint, level: "error", tags: { event }, error });
      void telemetry.close().finally(() => {
        exit(70);
      });
    });
  }
}
