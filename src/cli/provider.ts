/** `--provider`: whose cryptography a connection runs on. */
import { noble } from "../crypto/noble/index.ts";
import { node } from "../crypto/node.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { readChoice } from "./command.ts";

/** @throws CommandError for a name that is neither */
export function readProvider(text: string | undefined): CryptoProvider {
  const name = readChoice("--provider", text, ["noble", "node"]);
  return name === "node" ? node : noble;
}
