/** The patterns of the catalogue, by the ids under which policies, findings and reports name them. */
export const PATTERN_IDS = [
  "P01",
  "P02",
  "P03",
  "P04",
  "P05",
  "P06",
  "P07",
  "P08",
  "P09",
  "P10",
  "P11",
  "P12",
  "P13",
  "P14",
  "P15",
  "P16",
  "P17",
  "P18",
  "P19",
  "P20",
] as const;
export type PatternId = (typeof PATTERN_IDS)[number];
