/** Tokens, for admins. The text of one is in the answer of the call that makes it, and nowhere else. */
import type { ApiIssuedToken, ApiRotatedToken, ApiToken } from "../model/api-access.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import type { TokenView } from "../ports/token-store.ts";
import { demand } from "../service/access.ts";
import { tokensOf } from "../service/tokens.ts";
import { readJson, readOptionalJson } from "./body.ts";
import type { Router } from "./router.ts";
import { noQuery } from "./query.ts";

function tokenOf(view: TokenView): ApiToken {
  const { id, owner, scopes, networks, ratePerSecond, createdBy, replaces, replacedBy } = view;
  return {
    ...{ id, owner, scopes, networks, ratePerSecond },
    createdAt: view.createdAt.toISOString(),
    createdBy,
    expiresAt: view.expiresAt?.toISOString() ?? null,
    revokedAt: view.revokedAt?.toISOString() ?? null,
    lastUsedAt: view.lastUsedAt?.toISOString() ?? null,
    ...{ replaces, replacedBy },
  };
}

export function tokenRoutes(app: Router, deps: { readonly store: FleetStore }): void {
  const tokens = tokensOf(deps);

  app.get("/v1/tokens", async (c) => {
    noQuery(c);
    const items = await tokens.list(c.get("caller"));
    return c.json({ items: items.map(tokenOf), next: null });
  });

  app.post("/v1/tokens", async (c) => {
    demand(c.get("caller"), "admin");
    const body = await readJson(c);
    noQuery(c);
    const { text, token } = await tokens.create(body, c.get("caller"));
    const answer: ApiIssuedToken = { ...tokenOf(token), token: text };
    return c.json(answer, 201);
  });

  app.post("/v1/tokens/:id/rotate", async (c) => {
    demand(c.get("caller"), "admin");
    const body = await readOptionalJson(c);
    noQuery(c);
    const rotated = await tokens.rotate(c.req.param("id"), body, c.get("caller"));
    const answer: ApiRotatedToken = {
      ...tokenOf(rotated.token),
      token: rotated.text,
      replaced: tokenOf(rotated.replaced),
    };
    return c.json(answer, 201);
  });

  app.delete("/v1/tokens/:id", async (c) => {
    demand(c.get("caller"), "admin");
    noQuery(c);
    return c.json(tokenOf(await tokens.revoke(c.req.param("id"), c.get("caller"))));
  });
}
