/**
 * `tokens`: a set of words in one text, with the separator and the order of the vendor (TR069_VOIP_INTERNET,
 * INTERNET_TR069_IPTV, `TR069,INTERNET`). Shown as a sorted list, each word once; written in `wireOrder`, and what that
 * does not name after it in the order of `map`. Tokens in `read` are only read: VOIP and VOICE are one service.
 *
 * A token in neither is foreign, and then nothing is written. To read past it would show a set that is not there; to keep
 * it on a write would leave running what nobody asked for; to drop it may cut the service that it names. So a person adds
 * it to the map, or says `overwriteForeign` there.
 */
import { z } from "zod";
import { pointerOf } from "../../lib/schema.ts";
import { isList, said, unsayable, type BuildContext, type Step } from "./codec.ts";
import { joinPieces, piecesOf, readSepSchema, sepSchema } from "./separators.ts";

const word = z.string().min(1);
const optionsSchema = z.strictObject({
  sep: sepSchema,
  readSep: readSepSchema,
  map: z.record(word, word).describe("Token to write for each word."),
  read: z
    .record(word, word)
    .optional()
    .describe("Word for each further token that is read and never written."),
  wireOrder: z
    .array(word)
    .optional()
    .describe("Tokens in the order in which the device wants them; others follow."),
});
type Options = z.infer<typeof optionsSchema>;

/** Each word by the tokens that mean it. */
function readWords(options: Options, context: BuildContext, pointer: string): Map<string, string> {
  const words = new Map<string, string>();
  const take = (token: string, means: string, place: string): void => {
    const twin = words.get(token);
    if (joinPieces([token], options) === undefined)
      context.problem(place, `the token "${token}" could not be read back between separators`);
    else if (twin !== undefined) context.problem(place, `the token "${token}" also means ${twin}`);
    else words.set(token, means);
  };
  for (const [name, token] of Object.entries(options.map))
    take(token, name, pointer + pointerOf(["map", name]));
  for (const [token, name] of Object.entries(options.read ?? {})) {
    const place = pointer + pointerOf(["read", token]);
    take(token, name, place);
    if (!Object.hasOwn(options.map, name)) context.problem(place, `"${name}" is no word of map`);
  }
  return words;
}

/** Tokens of `map` as they are written. */
function written(options: Options, context: BuildContext, pointer: string): string[] {
  const { map, wireOrder = [] } = options;
  const tokens = Object.values(map);
  for (const [index, token] of wireOrder.entries()) {
    const place = `${pointer}/wireOrder/${index}`;
    if (!tokens.includes(token)) context.problem(place, `"${token}" is no token of map`);
    if (wireOrder.indexOf(token) < index) context.problem(place, `"${token}" stands twice`);
  }
  return [...new Set([...wireOrder, ...tokens])];
}

export const tokens: Step<Options> = {
  name: "tokens",
  meaning: "a set of words in one text",
  shape: "value",
  options: () => optionsSchema,
  build(options, context, pointer) {
    const words = readWords(options, context, pointer);
    const order = written(options, context, pointer);
    return {
      encode(value) {
        if (!isList(value)) return unsayable("is not a list");
        const wanted = new Set<string>();
        for (const name of value) {
          if (typeof name !== "string" || !Object.hasOwn(options.map, name))
            return unsayable(`has an entry that is none of ${Object.keys(options.map).join(", ")}`);
          wanted.add(name);
        }
        const listed = order.filter((token) => wanted.has(words.get(token) ?? ""));
        const text = joinPieces(listed, options);
        return text === undefined
          ? unsayable("could not be read back from the text that it gives")
          : said(text);
      },
      decode(wire) {
        if (typeof wire !== "string") return unsayable("is not text");
        const found = new Set<string>();
        for (const token of piecesOf(wire, options)) {
          const name = words.get(token);
          if (name === undefined)
            return unsayable(
              token === "" ? "has an empty token" : `has a token that the map does not know`,
            );
          found.add(name);
        }
        return said([...found].sort((a, b) => (a < b ? -1 : 1)));
      },
    };
  },
};
