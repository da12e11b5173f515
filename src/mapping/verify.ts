import { z } from "zod";

/** Evidence: what `get` must return on a fixture tree. Laws cannot tell a lawful map from a right one. */
export const verifySchema = z.array(
  z.strictObject({
    tree: z.string().min(1),
    get: z.record(
      z.string().min(1),
      z.strictObject({
        value: z.unknown().optional(),
        is: z.enum(["absent", "unread", "unreadable", "foreign", "nonconforming"]).optional(),
      }),
    ),
  }),
);
export type Verify = z.infer<typeof verifySchema>;
