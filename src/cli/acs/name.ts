/** Which ACS a command speaks of. */
import { AppError } from "../../lib/errors.ts";
import type { Session } from "../io.ts";

/** The one that is meant where there is only one. @throws `usage` naming those that there are */
export async function acsNamed(name: string | undefined, to: Session): Promise<string> {
  if (name !== undefined) return name;
  const names = (await to.client.records("acs")).items.map(({ metadata }) => metadata.name);
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0) return only;
  const message =
    only === undefined ? "there is no Acs yet" : `name one of the ACSes: ${names.join(", ")}`;
  const next = only === undefined ? "plumb apply -f acs.yaml" : `plumb acs status ${only}`;
  throw new AppError(only === undefined ? "not_found" : "usage", message, { details: { next } });
}
