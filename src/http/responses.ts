/** Responses to misuse that a person orders or takes back, and what was asked of the AAA about a device. */
import type {
  ApiAaaRequest,
  ApiAaaRequests,
  ApiAaaSession,
  ApiResponse,
} from "../model/api-responses.ts";
import type { AaaRequestView, AaaSessionView, AaaStore } from "../ports/aaa-store.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import type { ResponseStore, ResponseView } from "../ports/response-store.ts";
import { demand } from "../service/access.ts";
import { findDevice } from "../service/devices.ts";
import { responsesOf, responseText } from "../service/responses.ts";
import { readJson } from "./body.ts";
import type { Ctx } from "./context.ts";
import { noQuery } from "./query.ts";
import type { Router } from "./router.ts";

const ID = "{[0-9]{1,15}}";

function askedOf(view: AaaRequestView): ApiAaaRequest {
  const { id, purpose, nas, session, state, target, packet, errorCause, detail, ended } = view;
  return {
    ...{ id, purpose, nas, session, state, target, packet, errorCause, detail, ended },
    packetsSent: view.sent,
    askedAt: view.askedAt.toISOString(),
    answeredAt: view.answeredAt?.toISOString() ?? null,
    stoppedAt: view.stoppedAt?.toISOString() ?? null,
    aliveAt: view.aliveAt?.toISOString() ?? null,
  };
}

function sessionOf(view: AaaSessionView): ApiAaaSession {
  const { session, nas, mac, state, startedAt, aliveAt, stoppedAt } = view;
  return {
    ...{ session, nas, mac, state },
    startedAt: startedAt?.toISOString() ?? null,
    aliveAt: aliveAt?.toISOString() ?? null,
    stoppedAt: stoppedAt?.toISOString() ?? null,
  };
}

export function responseOf(view: ResponseView): ApiResponse {
  const { id, step, automatic, mode, verdict, reason, state, sessions, by, why, undoneBy } = view;
  return {
    ...{ id, step, automatic, mode, verdict, reason, text: responseText(view) },
    ...{ state, sessions, by, why, undoneBy },
    decidedAt: view.decidedAt.toISOString(),
    changedAt: view.changedAt.toISOString(),
    aaa: view.aaa.map(askedOf),
  };
}

export function responseRoutes(
  app: Router,
  deps: { readonly responses: ResponseStore; readonly aaa: AaaStore; readonly store: FleetStore },
): void {
  const responses = responsesOf({ store: deps.responses });
  const number = (c: Ctx, name: string): number => Number(c.req.param(name));

  app.post(`/v1/findings/:id${ID}/respond`, async (c) => {
    demand(c.get("caller"), "findings:decide");
    const body = await readJson(c);
    noQuery(c);
    return c.json(responseOf(await responses.order(number(c, "id"), body, c.get("caller"))));
  });

  app.post(`/v1/findings/:id${ID}/responses/:response${ID}/undo`, async (c) => {
    demand(c.get("caller"), "findings:decide");
    noQuery(c);
    const done = await responses.undo(number(c, "id"), number(c, "response"), c.get("caller"));
    return c.json(responseOf(done));
  });

  app.get("/v1/devices/:id/aaa", async (c) => {
    demand(c.get("caller"), "devices:read");
    noQuery(c);
    const { key, id } = await findDevice(deps.store, c.req.param("id"));
    const { suspendedSince, sessions } = await deps.aaa.sessionsOf(key);
    const items = await deps.aaa.aaaOf(key);
    const answer: ApiAaaRequests = {
      device: id,
      suspendedSince: suspendedSince?.toISOString() ?? null,
      sessions: sessions.map(sessionOf),
      items: items.map(askedOf),
    };
    return c.json(answer);
  });
}
