import { equal } from "../../bytes.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import { Reader } from "../../wire/reader.ts";
import { Writer } from "../../wire/writer.ts";
import type { ServerConfig } from "../config/config.ts";
import { GROUPS } from "../registries/groups.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import type { SentRetry } from "./states.ts";

/** RFC 9846 4.2.2: what may differ in a second ClientHello. */
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
  // [9846-4.2.2-02b]
  if (!equal(retry.fixed, fixedPart(provider, second)))
    throw new TlsError(reason.hello_changed_after_retry);
  // RFC 9846 4.3.10: not after a HelloRetryRequest.
  if (second.extensions.early_data)
    throw new TlsError(reason.hello_changed_after_retry, {
      detail: "early_data",
    });
  const shares = second.extensions.key_share ?? [];
  if (shares.length !== 1 || shares[0]?.group !== GROUPS[retry.group])
    throw new TlsError(reason.hello_changed_after_retry, {
      detail: "key_share",
    });
  const { cookie } = second.extensions;
  if (retry.cookie === undefined ? cookie !== undefined : !cookie)
    throw new TlsError(reason.wrong_cookie);
  if (retry.cookie && cookie && !equal(retry.cookie, cookie))
    throw new TlsError(reason.wrong_cookie);
  checkIdentities(retry.identities, second);
}

/**
 * RFC 9846 4.2.2: PSKs may be left out, and none is new or in another place.
 * `searchAgain()` wants the one that was chosen.
 */
function checkIdentities(
  first: readonly Uint8Array[] | undefined,
  { extensions }: ClientHello,
): void {
  if (first === undefined) return;
  const left = first.values();
  for (const { identity } of extensions.pre_shared_key?.identities ?? []) {
    let one = left.next();
    while (one.done !== true && !equal(one.value, identity)) one = left.next();
    if (one.done === true)
      throw new TlsError(reason.hello_changed_after_retry, {
        detail: "pre_shared_key",
      });
  }
}

/** A digest of what has to stay the same. */
export function fixedPart(
  { hashes }: CryptoProvider,
  { raw }: ClientHello,
): Uint8Array {
  const fixed = Reader.all(raw.subarray(4), "ClientHello", (reader) => {
    const writer = new Writer(1024)
      .bytes(reader.bytes(34))
      .opaque8(reader.opaque8())
      .opaque16(reader.opaque16())
      .opaque8(reader.opaque8());
    for (const [type, body] of reader.list16(readExtension)) {
      if (MAY_DIFFER.has(type)) continue;
      writer.u16(type);
      // RFC 9849 6.1.5: a second hello is sealed anew.
      if (type !== ExtensionType.encrypted_client_hello) writer.opaque16(body);
    }
    return writer.finish();
  });
  return hashes["SHA-256"].hash(fixed);
}

function readExtension(reader: Reader): readonly [number, Uint8Array] {
  return [reader.u16(), reader.opaque16()];
}
