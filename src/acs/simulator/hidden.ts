/**
 * Which parameters do not read back what they hold.
 *
 * The Broadband Forum's tables mark 147 parameters as hidden or secured (they read back the null value of their type: empty, 0 or false) or as commands (they read
 * back false); `SECRETS` and `COMMANDS` are the last path segments of that list. Vendors have more of the kind, with
 * names that end alike, and are not strict: where a real tree shows a value, the device does read it back. So a
 * name of this kind is hidden unless its tree shows a value. The connection request's password is hidden even then,
 * as what stood there was mostly the ACS's own memory of what it had written.
 */
import type { TreeNode } from "../../model/tree/tree.ts";

const SECRETS =
  /(Password|Passphrase|Passwd|Pwd|Secret|WEPKey|PreSharedKey|SharedKey|PreKey|RadiusKey|AuthKey|EncryptionKey|AuthenticationKey|AuthenticationCode|PrivateKey|KeyValue|CardKey|\.PIN)$/;

const COMMANDS =
  /\.(Reset|Renew|StatsReset|GPSReset|PasswordReset|ForceReconnect|ForceSample|Disconnect|SendOnBoardRequest|SendMagicPacket|Reregistration)$/;

/** Subtrees cannot reveal them either: an ACS that asks for all gets the empty text. */
export function isHidden(node: TreeNode, treeValue: string | null): boolean {
  if (!SECRETS.test(node.path)) return false;
  return treeValue === null || treeValue === "" || node.path.endsWith("ConnectionRequestPassword");
}

/** Accepts a write, does its work (nothing, here) and reads back false. */
export function isCommand(node: TreeNode): boolean {
  return node.type === "boolean" && node.writable === true && COMMANDS.test(node.path);
}
