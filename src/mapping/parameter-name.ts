/** One parameter by its full name, where a map may not leave open which: no anchor, no `{instance}`. */
import { z } from "zod";
import { instanceNames, parseTemplate } from "./path.ts";

export const parameterName = z.string().refine((text) => {
  const parsed = parseTemplate(text);
  const isOne =
    !("fault" in parsed) && parsed.anchor === null && instanceNames(parsed).length === 0;
  return isOne && /^(Device|InternetGatewayDevice)\./.test(text);
}, "wants one parameter by its full name");
