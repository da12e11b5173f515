/** What travels with one request. */
import type { Context, Hono } from "hono";
import type { Caller } from "../service/access.ts";

export interface Env {
  Variables: {
    requestId: string;
    /** Set on every route below `/v1`. */
    caller: Caller;
  };
}

export type App = Hono<Env>;
export type Ctx = Context<Env>;
