import { asciiBytes, equal } from "../../bytes.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import { TlsError } from "../../errors.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import { Writer } from "../../wire/writer.ts";
import type { ServerConfig } from "../config.ts";
import { GROUPS } from "../groups.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import type { SentRetry } from "./states.ts";

/** RFC 8446 4.1.2: what may differ in a second ClientHello. */
const MAY_DIFFER: ReadonlySet<number> = new Set([
  ExtensionType.key_share,
  ExtensionType.early_data,
  ExtensionType.cookie,
  ExtensionType.pre_shared_key,
  ExtensionType.padding,
]);

/**
 * The second ClientHello is the first one but for what was asked for.
 *
 * @throws TlsError
 */
export function checkSecondHello(
  { provider }: ServerConfig,
  retry: SentRetry,
  second: ClientHello,
): void {
  if (!equal(retry.fixed, fixedPart(provider, second)))
    throw new TlsError("hello_changed_after_retry");
  // RFC 8446 4.2.10: not after a HelloRetryRequest.
  if (second.extensions.early_data)
    throw new TlsError("hello_changed_after_retry", { detail: "early_data" });
  const shares = second.extensions.key_share ?? [];
  if (shares.length !== 1 || shares[0]?.group !== GROUPS[retry.group])
    throw new TlsError("hello_changed_after_retry", { detail: "key_share" });
  const { cookie } = second.extensions;
  if (retry.cookie === undefined ? cookie !== undefined : !cookie)
    throw new TlsError("wrong_cookie");
  if (retry.cookie && cookie && !equal(retry.cookie, cookie))
    throw new TlsError("wrong_cookie");
}

/** A digest of what has to stay the same. */
export function fixedPart(
  { hashes }: CryptoProvider,
  hello: ClientHello,
): Uint8Array {
  const { extensions: bodies } = hello;
  const types = hello.extensionTypes.filter((type) => !MAY_DIFFER.has(type));
  const writer = new Writer(1024)
    .u16(hello.legacyVersion)
    .bytes(hello.random)
    .vector8((w) => w.bytes(hello.legacySessionId));
  for (const numbers of [
    hello.cipherSuites,
    types,
    bodies.supported_groups ?? [],
    bodies.signature_algorithms ?? [],
  ])
    writer.vector24((w) => {
      for (const number of numbers) w.u16(number);
    });
  writer.bytes(asciiBytes(bodies.server_name ?? ""));
  return hashes["SHA-256"].hash(writer.finish());
}
