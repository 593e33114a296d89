/** A server's side of Encrypted Client Hello, as far as every server has it. */
import type { ServerConfig } from "../config.ts";
import type { EchOpened } from "../ech.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import type { Start } from "./states.ts";

/**
 * The hello to go on with. What a HelloRetryRequest settled stays: a hello
 * that could not be opened is not tried again (RFC 9849 7.1.1).
 */
export function openHello(
  state: Start,
  hello: ClientHello,
): { readonly ech: EchOpened | undefined; readonly hello: ClientHello } {
  const { config, retry } = state;
  // RFC 9849 has nothing to say to a server of TLS 1.2.
  const server = config.versions.includes("TLSv1.3")
    ? config.encryptedClientHello
    : undefined;
  const ech =
    retry === undefined
      ? server?.open(config, hello)
      : state.ech?.openSecond(hello);
  return { ech, hello: ech?.hello ?? hello };
}

/** RFC 9849 7.1: for a client whose hello stayed closed. */
export function retryConfigs(
  { encryptedClientHello }: ServerConfig,
  hello: ClientHello,
  ech: EchOpened | undefined,
): Uint8Array | undefined {
  const offered = hello.extensions.encrypted_client_hello !== undefined;
  return offered && ech === undefined
    ? encryptedClientHello?.retryConfigs
    : undefined;
}
