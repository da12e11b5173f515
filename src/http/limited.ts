/** The rate of each token, in front of everything that asks the store; RADIUS and health checks do not pass here. */
import { AppError } from "../lib/errors.ts";
import type { RateLimit } from "../service/rate-limit.ts";
import type { Ctx } from "./context.ts";

/** @throws `rate_limited` with the seconds to wait */
export function limit(c: Ctx, rates: RateLimit, nowMs: number): void {
  const { actor, ratePerSecond } = c.get("caller");
  const { most, left, waitSeconds } = rates.take(actor.tokenId, ratePerSecond, nowMs);
  c.header("RateLimit-Policy", `"token";q=${most};w=30`);
  c.header("RateLimit", `"token";r=${left};t=${waitSeconds}`);
  if (waitSeconds === 0) return;
  throw new AppError(
    "rate_limited",
    `this token asks more than it may: ${most} requests in 30 s. Wait, then go on more slowly`,
    { retryAfterSeconds: waitSeconds, details: { requests: most, perSeconds: 30 } },
  );
}
