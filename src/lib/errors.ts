/**
 * Every error that a person or a program may meet, in one table.
 *
 * `status` is the HTTP status, `exit` the exit code of the command line, `retry` tells a client what to do without
 * guessing from the status. A code never changes its meaning. Messages say what to do next and never hold a secret.
 */
export type Retry = "now" | "after" | "after_change" | "never";

interface CodeFacts {
  readonly status: number;
  readonly exit: number;
  readonly retry: Retry;
  readonly title: string;
}

export const ERROR_CODES = {
  // asked wrongly
  unauthenticated: { status: 401, exit: 7, retry: "after_change", title: "No valid token" },
  forbidden: { status: 403, exit: 7, retry: "after_change", title: "The token lacks a scope" },
  unsupported_media_type: {
    status: 415,
    exit: 64,
    retry: "after_change",
    title: "The body is not declared as JSON",
  },
  malformed_json: { status: 400, exit: 64, retry: "after_change", title: "The body is not JSON" },
  malformed_yaml: { status: 400, exit: 64, retry: "after_change", title: "The file is not YAML" },
  payload_too_large: {
    status: 413,
    exit: 64,
    retry: "after_change",
    title: "The body is too large",
  },
  invalid: { status: 422, exit: 64, retry: "after_change", title: "Some fields are not valid" },
  usage: { status: 400, exit: 64, retry: "after_change", title: "The command was not understood" },
  rate_limited: { status: 429, exit: 69, retry: "after", title: "The token asks too often" },
  token_not_current: {
    status: 409,
    exit: 6,
    retry: "after_change",
    title: "The token has ended or has a successor",
  },
  last_admin_token: {
    status: 409,
    exit: 6,
    retry: "after_change",
    title: "No other token could make tokens",
  },
  // not there, or not now
  not_found: { status: 404, exit: 5, retry: "after_change", title: "Nothing has this name" },
  method_not_allowed: {
    status: 405,
    exit: 64,
    retry: "never",
    title: "This address has no such method",
  },
  ambiguous_id: {
    status: 409,
    exit: 6,
    retry: "after_change",
    title: "Several devices have this name",
  },
  field_conflict: {
    status: 409,
    exit: 6,
    retry: "after_change",
    title: "Another owner set this field",
  },
  profile_conflict: {
    status: 409,
    exit: 6,
    retry: "after_change",
    title: "Two profiles say different things",
  },
  count_unconfirmed: {
    status: 409,
    exit: 6,
    retry: "after_change",
    title: "The number of devices is not confirmed",
  },
  in_use: { status: 409, exit: 6, retry: "after_change", title: "Other records refer to this one" },
  generation_changed: {
    status: 412,
    exit: 6,
    retry: "after_change",
    title: "The document changed meanwhile",
  },
  suspended_by_other: {
    status: 409,
    exit: 6,
    retry: "after_change",
    title: "Another owner suspended the service",
  },
  aaa_unproven: {
    status: 409,
    exit: 6,
    retry: "after_change",
    title: "Nobody has said that the AAA takes this password",
  },
  test_login_unavailable: {
    status: 409,
    exit: 6,
    retry: "after_change",
    title: "No test login can prove this password",
  },
  test_login_refused: { status: 409, exit: 6, retry: "after", title: "The AAA refused the login" },
  test_login_unanswered: { status: 503, exit: 69, retry: "after", title: "The AAA is silent" },
  swap_conflict: {
    status: 409,
    exit: 6,
    retry: "after_change",
    title: "The document cannot be moved to this CPE",
  },
  idempotency_key_reused: {
    status: 422,
    exit: 64,
    retry: "after_change",
    title: "The Idempotency-Key was used for another request",
  },
  idempotency_key_in_use: {
    status: 409,
    exit: 6,
    retry: "after",
    title: "The first request with this Idempotency-Key is under way",
  },
  patch_conflict: {
    status: 409,
    exit: 6,
    retry: "after_change",
    title: "The patch does not fit the document",
  },
  held: { status: 409, exit: 6, retry: "after_change", title: "The device is held" },
  finding_closed: {
    status: 409,
    exit: 6,
    retry: "never",
    title: "The finding is closed",
  },
  response_refused: {
    status: 409,
    exit: 6,
    retry: "after_change",
    title: "This response cannot be made or taken back",
  },
  stopped: { status: 409, exit: 6, retry: "after_change", title: "A stop is in force" },
  before_history: {
    status: 422,
    exit: 64,
    retry: "after_change",
    title: "It is not kept as far back as that",
  },
  // mapping
  no_map: {
    status: 422,
    exit: 3,
    retry: "after_change",
    title: "No parameter map fits this device",
  },
  ambiguous_map: {
    status: 422,
    exit: 64,
    retry: "after_change",
    title: "Two maps of equal rank disagree",
  },
  invalid_map: {
    status: 422,
    exit: 64,
    retry: "after_change",
    title: "The parameter map is not valid",
  },
  map_not_proven: {
    status: 409,
    exit: 6,
    retry: "after_change",
    title: "The map is not proven in this installation",
  },
  // the world
  acs_unreachable: { status: 503, exit: 69, retry: "after", title: "The ACS does not answer" },
  acs_wrong_answer: {
    status: 502,
    exit: 69,
    retry: "after",
    title: "The ACS answered another question",
  },
  server_unreachable: {
    status: 503,
    exit: 69,
    retry: "after",
    title: "Plumbline's server does not answer",
  },
  database_unreachable: {
    status: 503,
    exit: 69,
    retry: "after",
    title: "The database does not answer",
  },
  database_newer: {
    status: 503,
    exit: 69,
    retry: "never",
    title: "The database is from a newer version",
  },
  database_owned: {
    status: 503,
    exit: 69,
    retry: "after_change",
    title: "Another process owns the data folder",
  },
  lease_lost: {
    status: 503,
    exit: 69,
    retry: "after",
    title: "The right to call the ACS was lost",
  },
  timed_out: { status: 504, exit: 4, retry: "after", title: "It took too long and still goes on" },
  busy: { status: 503, exit: 69, retry: "after", title: "More comes in than can be stored" },
  // our side
  bad_config: {
    status: 500,
    exit: 64,
    retry: "after_change",
    title: "The configuration is not valid",
  },
  secret_unavailable: {
    status: 422,
    exit: 64,
    retry: "after_change",
    title: "A secret cannot be read",
  },
  internal: { status: 500, exit: 70, retry: "after", title: "A mistake of ours" },
} as const satisfies Record<string, CodeFacts>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One thing wrong at one place. `pointer` is a JSON Pointer; line and column (from 1) only where there is a text. */
export interface Problem {
  readonly pointer?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly code: string;
  readonly message: string;
}

export interface ErrorOptions {
  readonly problems?: readonly Problem[];
  /** Facts for a program: counts, candidates, owner. Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Seconds; for `retry: after`. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** The only error that our own code throws on purpose. Anything else that is thrown is a bug and goes to Sentry. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.problems = options.problems ?? [];
    this.details = options.details ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }

  get exit(): number {
    return ERROR_CODES[this.code].exit;
  }

  get retry(): Retry {
    return ERROR_CODES[this.code].retry;
  }
}

/** The message of anything that was thrown, for logs and operators. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  try {
    return String(error);
  } catch {
    // An object without a prototype has no words at all.
    return `something that is no error was thrown (${typeof error})`;
  }
}
