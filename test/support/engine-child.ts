/** An engine in a process of its own, to be killed: `node --import tsx engine-child.ts CONNECTION_JSON KEYRING_FILE`. */
import { shippedMapsWith } from "../../src/app/shipped.ts";
import { startEngine } from "../../src/app/wire.ts";
import { openDatabase } from "../../src/store/database.ts";
import { engineStore } from "../../src/store/engine/index.ts";
import { loadKeyring } from "../../src/store/keyring.ts";
import { openSecret } from "../../src/store/secrets.ts";
import { recorder } from "./stack.ts";

const [connection = "{}", file = ""] = process.argv.slice(2);
const database = await openDatabase({ connection: JSON.parse(connection) as never });
const keyring = await loadKeyring(file);
const store = engineStore({
  db: database.db,
  digest: (label, text) => keyring.digest(label, text),
  open: (row) => openSecret(keyring, row),
  resolve: () => {
    throw new Error("no secret is referred to here");
  },
  complain: (_acs, error) => {
    throw error;
  },
  undetected: (error) => {
    throw error;
  },
});
const engine = startEngine(store, shippedMapsWith(), recorder(), () => null);
process.stdout.write("started\n");
process.once("SIGTERM", () => {
  void engine
    .stop()
    .then(() => database.close())
    .then(() => process.exit(0));
});
