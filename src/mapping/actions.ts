/**
 * `actions`: what a device can only be told to do, by a file that it fetches (Download) or by a parameter that starts
 * something. They have no value to read back, so they are not bindings. Known to linter, coverage and people; nothing
 * carries them out yet.
 *
 *   radio-script: { meaning: sets the radio, input: [radio.scan-list], file: "3 Vendor Configuration File",
 *                   marker: Device.DeviceInfo.ProvisioningCode }
 *   restart-radio: { meaning: restarts the radio, write: { Device.X_A.Radio.Restart: true } }
 */
import { z } from "zod";
import { DICTIONARY } from "./dictionary/index.ts";
import { literalSchema } from "./literal.ts";
import { parameterName } from "./parameter-name.ts";

export const actionSchema = z
  .strictObject({
    meaning: z.string().min(1).describe("What it does, for people."),
    input: z
      .array(z.string().refine((name) => DICTIONARY.has(name), "is no logical parameter"))
      .optional()
      .describe("Logical parameters whose values it is made of."),
    file: z.string().min(1).optional().describe("The file type of CWMP's Download."),
    marker: parameterName
      .optional()
      .describe(
        "Keeps the digest of the input that was last carried out; where it differs, the action is due.",
      ),
    write: z
      .record(parameterName, literalSchema)
      .optional()
      .describe("The only place where parameters may stand that the standard calls commands."),
  })
  .refine((given) => (given.file === undefined) === (given.marker === undefined), {
    message: "file and marker go together",
  })
  .refine((given) => (given.file === undefined) !== (given.write === undefined), {
    message: "wants either file with marker, or write",
  });
export type Action = z.infer<typeof actionSchema>;
