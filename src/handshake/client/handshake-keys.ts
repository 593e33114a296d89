import { protectionKeys } from "../io.ts";
import type { Client13 } from "./states.ts";

/** The client's keys until its Finished. */
export function clientHandshakeKeys({
  config,
  suite,
  secrets,
}: Pick<Client13, "config" | "suite" | "secrets">) {
  return protectionKeys({
    provider: config.provider,
    suite,
    secret: secrets.client,
    epoch: "handshake",
    recordsPerKey: config.limits.recordsPerKey,
  });
}
