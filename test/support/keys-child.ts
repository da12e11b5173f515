/** A rotation in a process of its own, to be killed: `node --import tsx keys-child.ts CONNECTION_JSON KEYRING_FILE`. */
import { openDatabase } from "../../src/store/database.ts";
import { loadKeyring } from "../../src/store/keyring.ts";
import { keyStore } from "../../src/store/rotate-keys.ts";
import { OPERATOR } from "./stack.ts";

const [connection = "{}", file = ""] = process.argv.slice(2);
const database = await openDatabase({ connection: JSON.parse(connection) as never });
const keys = keyStore(database.db, await loadKeyring(file));
process.stdout.write("begun\n");
await keys.rotate(
  OPERATOR,
  (rewrapped) => process.stdout.write(`${rewrapped}\n`),
  new AbortController().signal,
);
await database.close();
