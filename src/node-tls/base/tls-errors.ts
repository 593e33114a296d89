/** Errors of TLS with the members that Node's have. */
import { versions } from "node:process";
import { TlsError } from "../../errors.ts";
import type { SSLError } from "../../ssl/errors/errors.ts";
import { type RemedyWords, remedyText } from "../../ssl/errors/remedies.ts";
import { opensslName } from "../../ssl/suite-names.ts";
import { nodeError } from "./errors.ts";

/** From OpenSSL 3.2 on these have another word before ALERT. */
const RENAMED =
  /^SSLV3_ALERT_(HANDSHAKE_FAILURE|BAD_CERTIFICATE|UNEXPECTED_MESSAGE|BAD_RECORD_MAC|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|CERTIFICATE_UNKNOWN|ILLEGAL_PARAMETER|NO_CERTIFICATE|UNSUPPORTED_CERTIFICATE|DECOMPRESSION_FAILURE)$/;

/** OpenSSL's name in TLS 1.3 for a server that has no certificate to present. */
const WITHOUT_CERTIFICATE = /this server has no certificate/;

/** Advice by Node's options. */
const OPTION_WORDS: RemedyWords = {
  anything: 'ciphers: "ALL", ecdhCurve and sigalgs',
  versions: (names) =>
    `minVersion and maxVersion that take in ${names.join(" or ")}`,
  groups: (names) => `ecdhCurve: "${names.join(":")}"`,
  signatureSchemes: (names) => `sigalgs: "${names.join(":")}"`,
  cipherSuites: (names) =>
    `ciphers: "${names
      .map((name) => (name.includes("_WITH_") ? opensslName(name) : name))
      .join(":")}"`,
};

const saysSslTls = isAtLeast(versions["openssl"] ?? "", [3, 2]);

/**
 * Makes the error that Node has for the end of a connection: the code of OpenSSL's
 * reason, `library` and `reason` in its words, and this library's sentence.
 */
export function tlsError(error: SSLError): Error {
  const reason =
    error.reason === "NO_SHARED_CIPHER" &&
    WITHOUT_CERTIFICATE.test(error.message)
      ? "NO_SUITABLE_SIGNATURE_ALGORITHM"
      : error.reason;
  if (reason === null) return error;
  const name = saysSslTls
    ? reason.replace(RENAMED, "SSL/TLS_ALERT_$1")
    : reason;
  const words = name.replaceAll("_", " ").toLowerCase();
  const sentence = withNodesAdvice(error).replace(/^\[SSL: \w+\] /, "");
  return nodeError(`ERR_SSL_${name}`, `SSL routines::${words}: ${sentence}`, {
    library: "SSL routines",
    reason: words,
    cause: error,
  });
}

/** The message, whose advice names the options of this module. */
function withNodesAdvice({ message, cause }: SSLError): string {
  const remedy = cause instanceof TlsError ? cause.remedy : undefined;
  const advice = remedyText(remedy);
  return advice !== "" && message.endsWith(advice)
    ? message.slice(0, -advice.length) + remedyText(remedy, OPTION_WORDS)
    : message;
}

function isAtLeast(
  version: string,
  [major, minor]: readonly [number, number],
): boolean {
  const [own = 0, next = 0] = version.split(".").map(Number);
  return own > major || (own === major && next >= minor);
}
