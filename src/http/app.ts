/**
 * The HTTP face: request id, log line, token, route, problem. Served by `app/serve.ts`; tests call `app.request(...)`.
 *
 * Checks run in one order everywhere: 401, 403, 415, 400, 413, 422, 404, 409, 412. (A body past its limit is never read,
 * so it is 413 whatever it holds.)
 */
import { Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { matchedRoutes } from "hono/route";
import { AppError } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import type { Clock } from "../lib/time.ts";
import type { AaaStore } from "../ports/aaa-store.ts";
import type { FeedStore } from "../ports/feed-store.ts";
import type { FindingsStore } from "../ports/findings-store.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import type { InventoryStore } from "../ports/inventory-store.ts";
import type { LoginTester } from "../ports/outbound.ts";
import type { ResponseStore } from "../ports/response-store.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { WebhookStore } from "../ports/webhook-store.ts";
import { accessOf, type Access, type Caller } from "../service/access.ts";
import { operationsOf } from "../service/operations.ts";
import type { Keys } from "../service/keys.ts";
import type { MapsOf } from "../service/maps.ts";
import type { RadiusIngest } from "../service/radius.ts";
import { RateLimit } from "../service/rate-limit.ts";
import { rememberingAccess } from "../service/remember-caller.ts";
import { acsRoutes } from "./acs.ts";
import { auditorRoutes } from "./auditor.ts";
import { billingRoutes } from "./billing.ts";
import type { App, Ctx, Env } from "./context.ts";
import { documentRoutes } from "./document.ts";
import { eventRoutes } from "./events.ts";
import { findingRoutes } from "./findings.ts";
import { idempotency } from "./idempotency.ts";
import { importRoutes } from "./imports.ts";
import { inventoryRoutes } from "./inventory.ts";
import { keyRoutes } from "./keys.ts";
import { limit } from "./limited.ts";
import { operationRoutes } from "./operations.ts";
import { operatorRoutes } from "./operator.ts";
import { peerOf } from "./peer.ts";
import { answerProblem, appErrorOf } from "./problem.ts";
import { radiusRoutes } from "./radius.ts";
import { responseRoutes } from "./responses.ts";
import { routerOf } from "./router.ts";
import { serverRoutes } from "./server.ts";
import { serviceRoutes } from "./services.ts";
import { tokenRoutes } from "./tokens.ts";
import { webhookRoutes } from "./webhooks.ts";
import { whyRoutes } from "./why.ts";
import { requestIdFrom } from "./request-id.ts";

export interface HttpDeps {
  readonly store: FleetStore;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly version: string;
  readonly mapsOf: MapsOf;
  readonly radius: RadiusIngest;
  /** Without it there are no addresses for events. */
  readonly feed?: FeedStore;
  /** Without it there are no addresses for webhooks. */
  readonly webhooks?: WebhookStore;
  /** Ends streams, from the first signal on; never, where it is left out. */
  readonly ending?: AbortSignal;
  /** Without it there are no addresses for keys. */
  readonly keys?: Keys;
  /** Without it there are no addresses for findings. */
  readonly findings?: FindingsStore;
  /** Without it there are no addresses for the inventory. */
  readonly inventory?: InventoryStore;
  /** Without these two there are no addresses for responses to misuse and for what was asked of the AAA. */
  readonly responses?: ResponseStore;
  readonly aaa?: AaaStore;
  /** Without it, and `aaa`, no rotation can be proven by a login. */
  readonly logins?: LoginTester;
  /** True from the first signal on: readiness fails, what is under way is finished. */
  readonly shuttingDown: () => boolean;
  /** The text of `manifests/openapi.json`. Without it there are no addresses for the document of the API. */
  readonly openapi?: string;
  /** More for `/statusz`: who holds the ACS slots, where the breaker stands. Never used to kill a process. */
  readonly status?: () => Promise<Readonly<Record<string, unknown>>>;
}

export function httpApp(deps: HttpDeps): App {
  const { store, telemetry, clock } = deps;
  const now = (): Date => clock.now();
  const access = accessOf({ store, now });
  const rates = new RateLimit();
  const app: App = new Hono<Env>();

  app.use(async (c, next) => {
    const requestId = requestIdFrom(c.req.header("Request-Id"), now());
    c.set("requestId", requestId);
    const started = clock.monotonicMs();
    await telemetry.isolate({ requestId, method: c.req.method }, next);
    c.header("Request-Id", requestId);
    c.header("X-Content-Type-Options", "nosniff");
    if (c.req.path.startsWith("/v1/")) c.header("Cache-Control", "no-store");
    telemetry.log("debug", "request", {
      ...{ requestId, method: c.req.method, route: routeOf(c), status: c.res.status },
      ms: Math.round(clock.monotonicMs() - started),
      owner: (c.get("caller") as Env["Variables"]["caller"] | undefined)?.actor.owner,
    });
  });

  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed(c, methods) {
        const allow = [...new Set([...methods, "OPTIONS"])].join(", ");
        if (c.req.method === "OPTIONS") return c.body(null, 204, { Allow: allow });
        const message = `this address takes ${allow}`;
        const answer = answerProblem(c as Ctx, new AppError("method_not_allowed", message));
        answer.headers.set("Allow", allow);
        return answer;
      },
    }),
  );

  const router = routerOf(app);
  const remembering = rememberingAccess(access, () => clock.monotonicMs());
  // Before the gate of /v1: whoever writes a client has no token yet.
  if (deps.openapi !== undefined) documentRoutes(router, { openapi: deps.openapi });
  radiusRoutes(router, { radius: deps.radius, authenticate: remembering });

  app.use("/v1/*", async (c, next) => {
    c.set("caller", await callerOf(access, c as Ctx));
    limit(c as Ctx, rates, clock.monotonicMs());
    await next();
  });

  idempotency(app, store);
  const operations = operationsOf({ store, clock, shuttingDown: deps.shuttingDown });
  billingRoutes(router, { store, mapsOf: deps.mapsOf, operations });
  const { aaa, logins, ending = new AbortController().signal } = deps;
  serviceRoutes(router, { store, mapsOf: deps.mapsOf, operations, aaa, logins, ending });
  importRoutes(router, { store, mapsOf: deps.mapsOf });
  operationRoutes(router, operations);
  acsRoutes(router, { store });
  operatorRoutes(router, { store, now, mapsOf: deps.mapsOf });
  whyRoutes(router, { store });
  auditorRoutes(router, { store, now });
  tokenRoutes(router, { store });
  if (deps.feed !== undefined) {
    const { feed } = deps;
    const stillValid = (c: Ctx) =>
      callerOf(access, c).then(
        () => true,
        () => false,
      );
    eventRoutes(router, { feed, clock, ending, stillValid });
  }
  if (deps.webhooks !== undefined) webhookRoutes(router, { store: deps.webhooks, now });
  if (deps.keys !== undefined) keyRoutes(router, { keys: deps.keys });
  if (deps.inventory !== undefined) inventoryRoutes(router, { store: deps.inventory });
  const { findings, responses } = deps;
  if (findings !== undefined) findingRoutes(router, { findings, responses });
  if (responses !== undefined && aaa !== undefined) {
    responseRoutes(router, { responses, aaa, store });
  }
  serverRoutes(router, {
    ...{ store, version: deps.version, shuttingDown: deps.shuttingDown },
    status: deps.status ?? (() => Promise.resolve({})),
    callerOf: (c) => callerOf(access, c),
    addresses: () => addressesOf(app),
  });

  app.notFound((c) => answerProblem(c, nothingHere(app, c)));
  app.onError((error, c) => {
    const shown = appErrorOf(error);
    if (shown.code === "internal") {
      telemetry.capture({
        message: "an HTTP request failed inside",
        fingerprint: ["http", "internal", c.req.method, routeOf(c)],
        level: "error",
        tags: { requestId: c.get("requestId"), method: c.req.method, route: routeOf(c) },
        error,
      });
    }
    return answerProblem(c, shown);
  });
  return app;
}

async function callerOf(access: Access, c: Ctx): Promise<Caller> {
  return await access.authenticate(c.req.header("Authorization"), c.get("requestId"), peerOf(c));
}

/** The pattern and not the path: few values, and no id of a device in a metric or a group of errors. */
function routeOf(c: Ctx): string {
  return matchedRoutes(c).findLast((route) => route.method !== "ALL")?.path ?? "(none)";
}

function addressesOf(app: App): readonly { readonly method: string; readonly path: string }[] {
  return app.routes.filter(({ method }) => method !== "ALL");
}

function nothingHere(app: App, c: Ctx): AppError {
  const known = [...new Set(addressesOf(app).map(({ path }) => path))];
  const hint = didYouMean(c.req.path, known);
  return new AppError(
    "not_found",
    `there is nothing at this address.${hint} GET / lists what there is`,
  );
}
