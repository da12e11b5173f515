import { z } from "zod";

/** Evidence: what `get` must return on a fixture tree. Laws cannot tell a lawful map from a right one. */
export const verifySchema = z.array(
  z.strictObject({
    tree: z.string().min(1).describe("A device tree of manifests/cpes, by its name."),
    get: z
      .record(
        z.string().min(1),
        z.strictObject({
          value: z.unknown().optional().describe("The value that get returns."),
          is: z
            .enum(["absent", "unread", "unreadable", "foreign", "nonconforming"])
            .optional()
            .describe("What get finds where it is no value."),
        }),
      )
      .describe("What is found of each logical parameter."),
  }),
);
export type Verify = z.infer<typeof verifySchema>;
