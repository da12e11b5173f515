/**
 * `ParameterMap`: how the logical parameters are kept by a family of devices. Its spec is read by `mapping`, which knows
 * the steps and says more about a wrong one than a schema can; whether it goes together with the other maps is seen when
 * it is applied.
 */
import { z } from "zod";
import type { Problem } from "../../lib/errors.ts";
import { parameterMapSchema } from "../../mapping/document.ts";
import { readMap } from "../../mapping/map.ts";
import type { KindDef, Metadata } from "./kind.ts";

/** As it was written. */
export type ParameterMapSpec = Readonly<Record<string, unknown>>;

function check(metadata: Metadata, spec: ParameterMapSpec): readonly Problem[] {
  const document = { apiVersion: "plumbline/v1", kind: "ParameterMap", metadata, spec };
  return readMap("", document).problems.map(({ code, message, pointer = "" }) => ({
    pointer,
    code,
    message,
  }));
}

export const parameterMap: KindDef<"ParameterMap", ParameterMapSpec> = {
  kind: "ParameterMap",
  path: "parametermaps",
  meaning: "how the logical parameters are kept by a family of devices",
  spec: z.record(z.string(), z.unknown()),
  document: parameterMapSchema,
  check,
};
