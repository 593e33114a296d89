/** `--provider`: whose cryptography a connection runs on. */
import { noble } from "../crypto/noble/index.ts";
import { node } from "../crypto/node.ts";
import type { CryptoProvider } from "../crypto/provider.ts";

export const PROVIDERS = ["noble", "node"] as const;

export function providerOf(
  name: (typeof PROVIDERS)[number] = "noble",
): CryptoProvider {
  return name === "node" ? node : noble;
}
