/** Calls about tokens; apart from the client's other ones, which are about the fleet. */
import type { ApiIssuedToken, ApiRotatedToken, ApiToken } from "../model/api-access.ts";
import type { ApiPage } from "../model/api.ts";
import type { PlumbClient } from "./http.ts";
import type { BodyOf } from "./typed.ts";

export interface TokenCalls {
  list(): Promise<ApiPage<ApiToken>>;
  create(json: BodyOf<"POST /v1/tokens">): Promise<ApiIssuedToken>;
  rotate(id: string, json: BodyOf<"POST /v1/tokens/{id}/rotate">): Promise<ApiRotatedToken>;
  revoke(id: string): Promise<ApiToken>;
}

export function tokenCalls(client: PlumbClient): TokenCalls {
  return {
    list: () => client.call("GET /v1/tokens"),
    create: (json) => client.call("POST /v1/tokens", { json }),
    rotate: (id, json) => client.call("POST /v1/tokens/{id}/rotate", { path: { id }, json }),
    revoke: (id) => client.call("DELETE /v1/tokens/{id}", { path: { id } }),
  };
}
