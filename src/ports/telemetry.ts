/** The port to logs, metrics and Sentry. Implementations redact; callers still never pass a secret. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Small, flat and safe to print. */
export type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Trouble that somebody should see in Sentry, grouped by `fingerprint` and not by its message. */
export interface Capture {
  readonly message: string;
  readonly fingerprint: readonly string[];
  readonly level: "warning" | "error";
  readonly tags: Facts;
  readonly error?: unknown;
}

export interface Telemetry {
  log(level: LogLevel, message: string, facts?: Facts): void;
  capture(capture: Capture): void;
  /** Runs one pass with logs, breadcrumbs and tags of its own, so that two devices never share them. */
  isolate<T>(tags: Facts, work: () => Promise<T>): Promise<T>;
  /** Sends what is buffered; last in shutdown. */
  close(): Promise<void>;
}
