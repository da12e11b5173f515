/** Misuse of credentials, for whoever reads and decides it. Every member is named here, so that nothing gets out by being added. */
import type { ApiFinding, ApiFindingDetail, ApiFindings } from "../model/api-findings.ts";
import type { FindingView, FindingsStore } from "../ports/findings-store.ts";
import type { ResponseStore, ResponseView } from "../ports/response-store.ts";
import { demand } from "../service/access.ts";
import { findingsOf, patternName } from "../service/findings.ts";
import { readJson } from "./body.ts";
import type { Ctx } from "./context.ts";
import type { Router } from "./router.ts";
import { QUERIES } from "./queries.ts";
import { noQuery, readQuery } from "./query.ts";
import { responseOf } from "./responses.ts";

const ID = "{[0-9]{1,15}}";

function findingOf(view: FindingView): ApiFinding {
  const { id, finding, devices, decision } = view;
  const { pattern, severity, state, text, suspectedAt, evidence } = finding;
  const self = `/v1/findings/${id}`;
  return {
    ...{ id, pattern, name: patternName(pattern), severity, state: state.kind, text },
    service: evidence.service,
    devices,
    suspectedAt,
    openedAt: view.openedAt.toISOString(),
    changedAt: view.changedAt.toISOString(),
    closedAt: view.closedAt?.toISOString() ?? null,
    closedAs: state.kind === "closed" ? state.as : null,
    decision: decision === null ? null : { ...decision, at: decision.at.toISOString() },
    links: { self, decide: `${self}/decide` },
  };
}

function detailOf(view: FindingView, responses: readonly ResponseView[]): ApiFindingDetail {
  const { key, focus, sides, members, evidence } = view.finding;
  const { ruleVersion, credential, firstAt, lastAt, signals, guards, exhibits } = evidence;
  return {
    ...findingOf(view),
    group: { key, focus },
    ...{ sides, members },
    responses: responses.map(responseOf),
    evidence: {
      ...{ ruleVersion, credential, firstAt, lastAt, signals },
      guards: guards.map(({ guard, effect, detail }) => ({ guard, effect: { ...effect }, detail })),
      exhibits,
    },
  };
}

export function findingRoutes(
  app: Router,
  deps: {
    readonly findings: FindingsStore;
    /** Left out: nothing is done about findings. */
    readonly responses?: ResponseStore | undefined;
  },
): void {
  const findings = findingsOf({ store: deps.findings });
  const id = (c: Ctx): number => Number(c.req.param("id"));
  const detail = async (view: FindingView): Promise<ApiFindingDetail> =>
    detailOf(view, (await deps.responses?.responsesTo(view.id)) ?? []);

  app.get("/v1/findings", async (c) => {
    demand(c.get("caller"), "findings:read");
    const given = readQuery(c, QUERIES.findings);
    const { items, next, firstLook } = await findings.list(given, c.get("caller"));
    if (next !== null) {
      const address = new URLSearchParams(c.req.query());
      address.set("cursor", next);
      c.header("Link", `</v1/findings?${address.toString()}>; rel="next"`);
    }
    const answer: ApiFindings = {
      items: items.map(findingOf),
      next,
      firstLook:
        firstLook === null
          ? null
          : { at: firstLook.at.toISOString(), patterns: firstLook.patterns },
    };
    return c.json(answer);
  });

  app.get(`/v1/findings/:id${ID}`, async (c) => {
    noQuery(c);
    return c.json(await detail(await findings.get(id(c), c.get("caller"))));
  });

  app.post(`/v1/findings/:id${ID}/decide`, async (c) => {
    demand(c.get("caller"), "findings:decide");
    const body = await readJson(c);
    noQuery(c);
    return c.json(await detail(await findings.decide(id(c), body, c.get("caller"))));
  });
}
