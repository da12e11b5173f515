/** What the API says of the server itself; types for server and client alike. */
import type { ApiFleet, Members } from "./api.ts";

export interface ApiAlive {
  readonly alive: true;
}

/** Whether it takes requests. The ACS being down never fails it. */
export interface ApiReady {
  readonly ready: boolean;
  /** Only where it is not. */
  readonly reason?: string;
}

export type ApiServerStatus = Members & {
  readonly version: string;
  readonly shuttingDown: boolean;
  readonly fleet: Omit<ApiFleet, "blocks">;
};
