import { equal } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import { ExtensionType } from "../../wire/code-points.ts";
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
export function checkSecondHello(retry: SentRetry, second: ClientHello): void {
  const { first } = retry;
  const same =
    first.legacyVersion === second.legacyVersion &&
    equal(first.random, second.random) &&
    equal(first.legacySessionId, second.legacySessionId) &&
    sameNumbers(first.cipherSuites, second.cipherSuites) &&
    sameNumbers(fixedTypes(first), fixedTypes(second)) &&
    first.extensions.server_name === second.extensions.server_name &&
    sameNumbers(
      first.extensions.supported_groups,
      second.extensions.supported_groups,
    ) &&
    sameNumbers(
      first.extensions.signature_algorithms,
      second.extensions.signature_algorithms,
    );
  if (!same) throw new TlsError("hello_changed_after_retry");
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

function fixedTypes({ extensionTypes }: ClientHello): readonly number[] {
  return extensionTypes.filter((type) => !MAY_DIFFER.has(type));
}

function sameNumbers(
  a: readonly number[] = [],
  b: readonly number[] = [],
): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
