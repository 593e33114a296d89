/** Findings of other scanners that are not those of `puretls probe`, and why. */

export interface Difference {
  readonly scanner: "sslyze" | "testssl";
  /** The configuration, or "*" for any. */
  readonly at: string;
  /** A fact, or "all" where the scanner finds nothing at all. */
  readonly fact: string;
  readonly why: string;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    scanner: "sslyze",
    at: "no encryption, no authentication",
    fact: "all",
    why: "it gives up on a server that takes none of the usual suites",
  },
  {
    scanner: "sslyze",
    at: "TLS 1.0 to 1.2",
    fact: "suites TLSv1.2",
    why: "it does not know TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA256 and _256_",
  },
  {
    scanner: "sslyze",
    at: "TLS 1.3 alone",
    fact: "certificates",
    why: "it asks by suites, which in TLS 1.3 choose no certificate",
  },
  {
    scanner: "sslyze",
    at: "*",
    fact: "session IDs",
    why: "it ends connections without close_notify, and OpenSSL then drops the session",
  },
  {
    scanner: "sslyze",
    at: "early data and ALPN",
    fact: "early data",
    why: "s_server, which keeps sessions against replay, drops those of its connections too",
  },
];
