import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";

/**
 * RFC 7301 3.1: "exactly one ProtocolName", and one of those offered.
 *
 * @throws TlsError
 */
export function selectedProtocol(
  names: readonly string[] | undefined,
  offered: readonly string[],
): string | undefined {
  if (names === undefined) return undefined;
  const [name] = names;
  if (name === undefined || names.length > 1 || !offered.includes(name))
    throw new TlsError(reason.wrong_protocol_returned);
  return name;
}
