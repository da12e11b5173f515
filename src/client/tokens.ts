/** Calls about tokens; apart from the client's other ones, which are about the fleet. */
import type { ApiIssuedToken, ApiRotatedToken, ApiToken } from "../model/api-access.ts";
import type { ApiPage } from "../model/api.ts";
import type { PlumbClient } from "./http.ts";

type Body = Readonly<Record<string, unknown>>;

export interface TokenCalls {
  list(): Promise<ApiPage<ApiToken>>;
  create(body: Body): Promise<ApiIssuedToken>;
  rotate(id: string, body: Body): Promise<ApiRotatedToken>;
  revoke(id: string): Promise<ApiToken>;
}

export function tokenCalls(client: PlumbClient): TokenCalls {
  const at = (id: string): string => `/v1/tokens/${encodeURIComponent(id)}`;
  return {
    list: () => client.ask("GET", "/v1/tokens"),
    create: (body) => client.ask("POST", "/v1/tokens", { json: body }),
    rotate: (id, body) => client.ask("POST", `${at(id)}/rotate`, { json: body }),
    revoke: (id) => client.ask("DELETE", at(id)),
  };
}
