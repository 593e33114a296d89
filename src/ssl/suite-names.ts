/** Names of cipher suites: IANA's are the engine's, OpenSSL's those of programs. */

/**
 * Returns OpenSSL's name of a suite of TLS 1.2: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
 * is ECDHE-RSA-AES128-GCM-SHA256.
 */
export function opensslName(standardName: string): string {
  const name = standardName
    .replace(/^TLS_/, "")
    .replace("PSK_DHE_", "DHE_PSK_")
    .replace(/^RSA_WITH_/, "")
    .replace("_WITH", "")
    .replace(/AES_(\d+)/, "AES$1")
    .replace("CCM_8", "CCM8")
    .replace("POLY1305_SHA256", "POLY1305");
  const short = name.includes("PSK") ? name : name.replace("_CBC", "");
  return short.replaceAll("_", "-");
}
