/** `--pin`: public keys that alone are accepted, as curl's --pinnedpubkey. */
import type { SSLSocket } from "../../ssl/socket/ssl-socket.ts";
import { Certificate } from "../../x509/index.ts";
import { CommandError } from "../command.ts";
import { pinOf } from "../show/signed.ts";

/** @throws CommandError for what is no SHA-256 in base64 */
export function readPins(
  texts: readonly string[] | undefined,
): readonly string[] {
  return (texts ?? []).map((text) => {
    const [, hash] =
      /^(?:sha256\/{1,2})?([A-Za-z0-9+/]{43}=)$/.exec(text) ?? [];
    if (hash === undefined)
      throw new CommandError(
        `--pin takes sha256//BASE64 of 32 bytes, not "${text}"`,
      );
    return `sha256/${hash}`;
  });
}

/** @throws Error when there are pins, and the server's key is none of them */
export function checkPins(socket: SSLSocket, pins: readonly string[]): void {
  if (pins.length === 0) return;
  const der = socket.getPeerCert({ binary: true });
  if (der === null) throw new Error("--pin: the server has no certificate");
  const pin = pinOf(Certificate.parse(der).subjectPublicKeyInfoDer);
  if (!pins.includes(pin))
    throw new Error(`--pin: the server's public key is ${pin}`);
}
