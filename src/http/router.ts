/** The router of all routes, which takes only what the registry of routes says. */
import type { Context } from "hono";
import type { App, Env } from "./context.ts";
import type { RouteKey } from "./routes/index.ts";

type PathOf<Method extends string> = RouteKey extends infer Key
  ? Key extends `${Method} ${infer Path}`
    ? Path
    : never
  : never;
type Add<Method extends string> = <Path extends PathOf<Method>>(
  path: Path,
  answer: (c: Context<Env, Path>) => Response | Promise<Response>,
) => void;

/** An address that has no entry in `routes/` does not compile. */
export interface Router {
  readonly get: Add<"GET">;
  readonly put: Add<"PUT">;
  readonly post: Add<"POST">;
  readonly patch: Add<"PATCH">;
  readonly delete: Add<"DELETE">;
}

export function routerOf(app: App): Router {
  return {
    get: (path, answer) => void app.get(path, answer),
    put: (path, answer) => void app.put(path, answer),
    post: (path, answer) => void app.post(path, answer),
    patch: (path, answer) => void app.patch(path, answer),
    delete: (path, answer) => void app.delete(path, answer),
  };
}
