/** Subscriber credentials: what the CPE shows to the AAA. */
import { z } from "zod";
import { Secret } from "../../lib/secret.ts";
import type { LogicalValue } from "../logical.ts";
import type { FieldDef } from "./field.ts";

export interface Credentials {
  readonly username: string;
  /** Empty when the user name carries no realm. Lower case: realms are domain names. */
  readonly realm: string;
  /** Absent when billing has not given one: then nothing is said about it. */
  readonly password?: Secret;
}

const CONTROL = /[\u0000-\u001f\u007f]/;
const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !CONTROL.test(value), "holds a control character");

/** `user@realm` in `username` with no `realm` beside it is split at the last `@`, here at the edge. */
const schema = z
  .strictObject({
    username: text(255).min(1),
    realm: text(255).optional(),
    password: z
      .union([
        z.instanceof(Secret),
        text(255)
          .min(1)
          .transform((value) => new Secret(value)),
      ])
      .optional(),
  })
  .transform(({ username, realm, password }, context): Credentials => {
    const at = username.lastIndexOf("@");
    const user = realm === undefined && at >= 0 ? username.slice(0, at) : username;
    const place = (realm ?? (at >= 0 ? username.slice(at + 1) : "")).toLowerCase();
    if (user === "") {
      context.addIssue({ code: "custom", path: ["username"], message: "has nothing before the @" });
    }
    if (place.includes("@")) {
      context.addIssue({ code: "custom", path: ["realm"], message: "holds an @" });
    }
    return { username: user, realm: place, ...(password === undefined ? {} : { password }) };
  });

export const credentials: FieldDef<"credentials", Credentials> = {
  name: "credentials",
  meaning: "user name, realm and password that the CPE shows to the AAA",
  schema,
  carriers: [
    { required: ["wan.ppp.credential", "wan.ppp.password"], optional: [] },
    { required: ["wimax.auth.identity", "wimax.auth.password"], optional: [] },
  ],
  phase: 10,
  urgent: true,
  toLogical(value, carrier) {
    const [identity, password] = carrier.required as [string, string];
    const values = new Map<string, LogicalValue>([
      [identity, { user: value.username, realm: value.realm }],
    ]);
    if (value.password !== undefined) values.set(password, value.password);
    return values;
  },
};
