/**
 * Sentry, held short: no instrumentation, nothing collected that we did not say ourselves, one clean scope for each pass.
 *
 * Its defaults send request bodies and put `sentry-trace` headers on calls to the ACS, both measured (11.12); the options
 * below switch all of that off one by one, so that they hold even if somebody adds an integration later. Loading it
 * takes about 300 ms, so it is imported only when there is somewhere to send to.
 */
import type { Breadcrumb, ErrorEvent, NodeOptions } from "@sentry/node";
import type { Secret } from "../lib/secret.ts";
import type { Capture, Facts, LogLevel } from "../ports/telemetry.ts";
import type { Redactor } from "./telemetry-redact.ts";

export interface Reporter {
  capture(capture: Capture): void;
  crumb(level: LogLevel, message: string, facts: Readonly<Record<string, unknown>>): void;
  isolate<T>(tags: Facts, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface SentryOptions {
  readonly dsn: Secret | null;
  /** `plumbline@1.2.3`. */
  readonly release?: string;
  /** Tests collect the envelopes, and switch instrumentation on to see that the options hold. */
  readonly transport?: NonNullable<NodeOptions["transport"]>;
  readonly instruments?: readonly ("http" | "fetch" | "console")[];
}

/** In ms; what is not sent by then is lost. */
const CLOSE_MS = 2_000;
/** Needed by the SDK where a transport of a test stands in for a server. */
const NOWHERE = "https://none@localhost/0";

export async function startSentry(options: SentryOptions, redactor: Redactor): Promise<Reporter> {
  const sentry = await import("@sentry/node");
  const instruments = {
    http: () => sentry.httpIntegration(),
    fetch: () => sentry.nativeNodeFetchIntegration(),
    console: () => sentry.consoleIntegration(),
  };
  const extra = (options.instruments ?? []).map((name) => instruments[name]());
  sentry.init({
    ...QUIET,
    dsn: options.dsn?.open() ?? NOWHERE,
    defaultIntegrations: false,
    integrations: [sentry.linkedErrorsIntegration(), ...extra],
    beforeSend: (event) => cleaned(event, redactor),
    beforeBreadcrumb: (crumb) => redactor.value(crumb) as Breadcrumb,
    ...(options.release === undefined ? {} : { release: options.release }),
    ...(options.transport === undefined ? {} : { transport: options.transport }),
  });
  return {
    capture({ message, fingerprint, level, tags, error }) {
      sentry.withScope((scope) => {
        scope.setLevel(level);
        scope.setFingerprint([...fingerprint]);
        scope.setTags(tagsOf(tags));
        scope.setContext("capture", { message });
        if (error instanceof Error) sentry.captureException(error);
        else sentry.captureMessage(message, level);
      });
    },
    crumb(level, message, facts) {
      const data = { ...facts };
      sentry.addBreadcrumb({ level: level === "warn" ? "warning" : level, message, data });
    },
    // From an empty scope: a forked one would carry the crumbs of start-up into every event.
    isolate: (tags, work) =>
      sentry.withIsolationScope(new sentry.Scope().setTags(tagsOf(tags)), work),
    async close() {
      await sentry.close(CLOSE_MS);
    },
  };
}

const QUIET = {
  dataCollection: {
    userInfo: false,
    cookies: false,
    httpHeaders: { request: { allow: ["user-agent", "content-type"] }, response: false },
    httpBodies: [],
    urlQueryParams: false,
    graphQL: { document: false, variables: false },
    genAI: { inputs: false, outputs: false },
    mcp: { inputs: false, outputs: false },
    databaseQueryData: false,
    queues: false,
    stackFrameVariables: false,
    frameContextLines: 0,
  },
  includeLocalVariables: false,
  tracePropagationTargets: [],
  propagateTraceparent: false,
  enableRuntimeChannelInjection: false,
  sendClientReports: false,
  spotlight: false,
  maxBreadcrumbs: 30,
  // No spans: an environment variable of the SDK would otherwise switch them on.
  tracesSampleRate: 0,
} satisfies NodeOptions;

function tagsOf(tags: Facts): Record<string, string | number | boolean | null | undefined> {
  return { ...tags };
}

/** The same event without what must not leave; what the SDK keeps for itself is not sent and not walked. */
function cleaned(event: ErrorEvent, redactor: Redactor): ErrorEvent {
  const { sdkProcessingMetadata, ...rest } = event;
  delete rest.request;
  delete rest.user;
  const clean = redactor.value(rest) as ErrorEvent;
  return sdkProcessingMetadata === undefined ? clean : { ...clean, sdkProcessingMetadata };
}
