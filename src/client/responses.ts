/** Calls about responses to misuse; apart from the client's other ones, which are about the fleet. */
import type { ApiResponse } from "../model/api-responses.ts";
import type { PlumbClient } from "./http.ts";

export interface ResponseCalls {
  order(
    finding: number,
    body: { readonly step: string; readonly reason: string },
  ): Promise<ApiResponse>;
  undo(finding: number, response: number): Promise<ApiResponse>;
}

export function responseCalls(client: PlumbClient): ResponseCalls {
  const at = (finding: number): string => `/v1/findings/${finding}`;
  return {
    order: (finding, body) => client.ask("POST", `${at(finding)}/respond`, { json: body }),
    undo: (finding, response) => client.ask("POST", `${at(finding)}/responses/${response}/undo`),
  };
}
