/** The findings of a probe: the object of `--json`, which docs/command-line.md tells. */
import { ProtocolVersion } from "../../wire/code-points.ts";

export const VERSION_CODES = {
  SSLv2: 0x0002,
  SSLv3: 0x0300,
  ...ProtocolVersion,
} as const;
export type VersionName = keyof typeof VERSION_CODES;

/** A list in the server's order, or in ours where it has none. */
export interface Ordered {
  readonly names: readonly string[];
  /** True: the server has an order of its own; null: one name or none. */
  readonly serverOrder: boolean | null;
}

/** One certificate that the server sends, for one kind of key. */
export interface CertificateFinding {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: string;
  readonly signature: string;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly sha256: string;
  /** The certificates that came with it, the leaf among them. */
  readonly chainLength: number;
  /** Subjects of the chain as it came, the leaf first. */
  readonly chain: readonly string[];
  readonly valid: boolean;
  readonly faults: readonly string[];
}

/** Sessions of one version. */
export interface SessionFinding {
  /** Tickets after a handshake, and their lifetime in seconds. */
  readonly tickets: number;
  readonly lifetime: number | null;
  readonly resumedByTicket: boolean;
  /** TLS 1.2: by session ID, without a ticket. */
  readonly resumedById?: boolean;
  /** TLS 1.3: bytes of early data that a ticket allows; 0: no 0-RTT. */
  readonly maxEarlyData?: number;
}

/** The answer of a server to something unusual. */
export interface ToleranceFinding {
  readonly name: string;
  readonly tolerant: boolean;
  /** The alert, "closed", "silent" or what was malformed. */
  readonly answer: string;
}

export interface RetryFinding {
  /** It asks for a share of a group when it got none. */
  readonly asks: boolean;
  readonly group: string | null;
  readonly cookie: boolean;
  /** A second hello with that share gets a ServerHello. */
  readonly completes: boolean;
}

export interface WeaknessFinding {
  readonly name: string;
  readonly found: boolean;
  readonly says: string;
}

/** Null in place of what was not looked at, or could not be. */
export interface Report {
  host: string;
  port: number;
  address: string;
  serverName: string;
  starttls: string | null;
  /** All was looked at. */
  complete: boolean;
  /** The reason why the rest was not looked at, or null. */
  stopped: string | null;
  connections: number;
  versions: Partial<Record<VersionName, boolean>>;
  suites: Partial<Record<VersionName, Ordered>>;
  groups: Partial<Record<"TLSv1.2" | "TLSv1.3", Ordered>>;
  /** Bits of the primes of finite-field key exchange before TLS 1.3. */
  dhBits: readonly number[];
  signatureSchemes: Partial<Record<"TLSv1.2" | "TLSv1.3", readonly string[]>>;
  keyShareReuse: boolean | null;
  certificates: readonly CertificateFinding[];
  asksForClientCertificate: boolean | null;
  alpn: Ordered | null;
  sessions: Partial<Record<"TLSv1.2" | "TLSv1.3", SessionFinding>>;
  encryptedClientHello: boolean | null;
  ocspStapling: boolean | null;
  /** The ways that timestamps come by: "certificate", "extension". */
  timestamps: readonly string[] | null;
  certificateCompression: readonly string[] | null;
  /** Extensions of TLS 1.2 that the server answered. */
  extensions: {
    renegotiationInfo: boolean | null;
    extendedMainSecret: boolean | null;
    encryptThenMac: boolean | null;
    heartbeat: boolean | null;
    compression: boolean | null;
    nextProtocolNegotiation: boolean | null;
  };
  fallbackSignal: boolean | null;
  downgradeSentinel: boolean | null;
  tolerance: readonly ToleranceFinding[];
  helloRetryRequest: RetryFinding | null;
  weaknesses: readonly WeaknessFinding[];
  grade: string;
  /** Without regard to the certificates. */
  gradeIfTrusted: string;
  reasons: readonly {
    readonly limit: string;
    readonly says: string;
    readonly by: string;
  }[];
  /** Mozilla's Server Side TLS: the strictest profile that is kept, or null. */
  mozilla: "modern" | "intermediate" | "old" | null;
}

/** A report of a server about which nothing is known yet. */
export function emptyReport(
  about: Pick<Report, "host" | "port" | "address" | "serverName" | "starttls">,
): Report {
  return {
    ...about,
    complete: true,
    stopped: null,
    connections: 0,
    versions: {},
    suites: {},
    groups: {},
    dhBits: [],
    signatureSchemes: {},
    keyShareReuse: null,
    certificates: [],
    asksForClientCertificate: null,
    alpn: null,
    sessions: {},
    encryptedClientHello: null,
    ocspStapling: null,
    timestamps: null,
    certificateCompression: null,
    extensions: {
      renegotiationInfo: null,
      extendedMainSecret: null,
      encryptThenMac: null,
      heartbeat: null,
      compression: null,
      nextProtocolNegotiation: null,
    },
    fallbackSignal: null,
    downgradeSentinel: null,
    tolerance: [],
    helloRetryRequest: null,
    weaknesses: [],
    grade: "?",
    gradeIfTrusted: "?",
    reasons: [],
    mozilla: null,
  };
}
