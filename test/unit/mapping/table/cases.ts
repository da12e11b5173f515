/** Every way of having rows. */
import { plmns, ports, scanRows } from "./cases-added.ts";
import { blank, emptied, named, numbered, slotted, told } from "./cases-other.ts";
import type { TableCase } from "./table-case.ts";

export const TABLES: readonly TableCase[] = [
  plmns,
  ports,
  scanRows,
  slotted,
  numbered,
  told,
  named,
  emptied,
  blank,
];
