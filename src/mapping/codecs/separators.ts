/** Pieces of a text between separators, for the steps that keep a list in one text. Blanks around a piece are not read. */
import { z } from "zod";

/** What is written between two pieces. */
export const sepSchema = z.string().min(1).max(4).describe("Written between two items.");
export const readSepSchema = z
  .string()
  .min(1)
  .max(8)
  .optional()
  .describe("Each of its characters separates as well when reading.");

export interface Separators {
  readonly sep: string;
  readonly readSep?: string | undefined;
}

/** The pieces of a text, none for a blank one; an empty piece stays, so that it can be refused. */
export function piecesOf(text: string, { sep, readSep = "" }: Separators): string[] {
  if (text.trim() === "") return [];
  return Array.from(readSep)
    .reduce((pieces, one) => pieces.flatMap((piece) => piece.split(one)), text.split(sep))
    .map((piece) => piece.trim());
}

/** The pieces in one text, or undefined where they could not be read back (one is empty, or holds a separator). */
export function joinPieces(pieces: readonly string[], separators: Separators): string | undefined {
  const text = pieces.join(separators.sep);
  const back = piecesOf(text, separators);
  const same =
    back.length === pieces.length &&
    back.every((piece, at) => piece !== "" && piece === pieces[at]);
  return same ? text : undefined;
}
