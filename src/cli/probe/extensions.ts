/** Extensions that a server answers, and what it adds by itself. */
import { NO_BYTES } from "../../bytes.ts";
import { brotli, zlib, zstd } from "../../compression/node.ts";
import { createEchGrease } from "../../ech/index.ts";
import { CipherSuiteSignal, ExtensionType } from "../../wire/code-points.ts";
import { Certificate, OID } from "../../x509/index.ts";
import type { Answer } from "./answer.ts";
import type { RawExtension } from "./hello.ts";
import { BEFORE_13, inOrder, type Scan, taken } from "./scan.ts";
import { suitesOf } from "./versions.ts";
import { isCbc, suiteName } from "./suites.ts";

const HEARTBEAT = 15;
const NEXT_PROTOCOL = 13172;

/** status_request for OCSP, RFC 6066 8. */
const STATUS_REQUEST: RawExtension = [
  ExtensionType.status_request,
  Uint8Array.of(1, 0, 0, 0, 0),
];

const TIMESTAMPS: RawExtension = [
  ExtensionType.signed_certificate_timestamp,
  NO_BYTES,
];

/** Protocols that servers have names for. */
const PROTOCOLS = [
  ...["h2", "http/1.1", "http/1.0", "acme-tls/1", "imap", "pop3", "ftp"],
  ...["xmpp-client", "xmpp-server", "postgresql", "mqtt", "dot", "smb"],
];

/** The extensions of TLS 1.2 and before. */
export async function scanExtensions(scan: Scan): Promise<void> {
  const { report, before13 } = scan;
  if (before13 === undefined || before13 === "SSLv3") return;
  const more: readonly RawExtension[] = [
    [ExtensionType.renegotiation_info, Uint8Array.of(0)],
    [ExtensionType.extended_main_secret, NO_BYTES],
    [HEARTBEAT, Uint8Array.of(1)],
    [NEXT_PROTOCOL, NO_BYTES],
    STATUS_REQUEST,
    TIMESTAMPS,
  ];
  const answer = await scan.ask(scan.hello(before13, { more }), "done");
  if (answer.kind === "hello") {
    const has = (type: number): boolean => answer.hello.extensions.has(type);
    report.extensions.renegotiationInfo = has(ExtensionType.renegotiation_info);
    report.extensions.extendedMainSecret = has(
      ExtensionType.extended_main_secret,
    );
    report.extensions.heartbeat = has(HEARTBEAT);
    report.extensions.nextProtocolNegotiation = has(NEXT_PROTOCOL);
    report.ocspStapling = answer.staple;
    report.asksForClientCertificate = answer.asksForCertificate;
    report.timestamps = has(ExtensionType.signed_certificate_timestamp)
      ? ["extension"]
      : [];
  }
  const blocks = suitesOf(scan, before13).filter((c) => isCbc(suiteName(c)));
  if (blocks.length > 0) {
    const then = await scan.ask(
      scan.hello(before13, {
        suites: blocks,
        more: [[ExtensionType.encrypt_then_mac, NO_BYTES]],
      }),
    );
    if (then.kind === "hello")
      report.extensions.encryptThenMac = then.hello.extensions.has(
        ExtensionType.encrypt_then_mac,
      );
  }
  // RFC 3749: DEFLATE, and null behind it.
  const compressed = await scan.ask(
    scan.hello(before13, { compressions: [1, 0] }),
  );
  if (compressed.kind === "hello")
    report.extensions.compression = compressed.hello.compression !== 0;
}

/** RFC 7507, and the end of the random, RFC 9846 4.2.3. */
export async function scanFallback(scan: Scan): Promise<void> {
  const spoken = (["TLSv1.3", ...BEFORE_13] as const).filter((version) =>
    scan.speaks(version),
  );
  const [best, next] = spoken;
  if (best === undefined || next === undefined || next === "TLSv1.3") return;
  const suites = [...suitesOf(scan, next), CipherSuiteSignal.TLS_FALLBACK_SCSV];
  const answer = await scan.ask(scan.hello(next, { suites }));
  // inappropriate_fallback, or an end without one.
  scan.report.fallbackSignal =
    answer.kind !== "hello" &&
    (answer.kind !== "alert" || answer.description === 86);
  if (best !== "TLSv1.3" && best !== "TLSv1.2") return;
  const plain = await scan.ask(scan.hello(next));
  if (plain.kind === "hello")
    scan.report.downgradeSentinel = plain.hello.isMarked;
}

/** ALPN: of TLS 1.2 in the clear, of TLS 1.3 in whole handshakes. */
export async function scanAlpn(scan: Scan): Promise<void> {
  const { before13 } = scan;
  const isBefore = before13 !== undefined && before13 !== "SSLv3";
  if (!isBefore && !scan.speaks("TLSv1.3")) return;
  const ask = async (alpn: readonly string[]): Promise<string | undefined> => {
    if (!isBefore) {
      const met = await scan.meet({ version: "1.3", alpn });
      return met?.alpn ?? undefined;
    }
    return protocolIn(await scan.ask(scan.hello(before13, { alpn })));
  };
  scan.report.alpn = await inOrder<string>(PROTOCOLS, (name) => name, ask);
}

function protocolIn(answer: Answer): string | undefined {
  if (answer.kind !== "hello") return undefined;
  const body = answer.hello.extensions.get(
    ExtensionType.application_layer_protocol_negotiation,
  );
  // A list of one: its length, the name's length, the name.
  return body === undefined
    ? undefined
    : PROTOCOLS.find(
        (name) => name === Buffer.from(body.subarray(3)).toString("latin1"),
      );
}

/** Looks for what TLS 1.3 says under encryption: staples, timestamps, ECH, compression. */
export async function scanEncrypted(scan: Scan): Promise<void> {
  const { report } = scan;
  if (!scan.speaks("TLSv1.3")) return;
  const met = await scan.meet({
    version: "1.3",
    set: (context) => {
      context.ocspStapling = "request";
      context.transparency = { check: () => undefined };
      context.encryptedClientHello = createEchGrease();
    },
  });
  if (met !== undefined) {
    report.ocspStapling = met.staple || report.ocspStapling === true;
    report.asksForClientCertificate =
      met.asksForCertificate || report.asksForClientCertificate === true;
    // RFC 9849 7.1: a server with keys answers noise with its configs.
    report.encryptedClientHello = met.extensions.has(
      ExtensionType.encrypted_client_hello,
    );
    if (met.timestamps) report.timestamps = ["extension"];
    else report.timestamps ??= [];
  }
  const rows = [zlib, brotli, ...(zstd === undefined ? [] : [zstd])];
  const found = await taken(rows, async (left) => {
    const answer = await scan.meet({
      version: "1.3",
      set: (context) => {
        context.certificateCompression = left;
      },
    });
    return left.find(({ code }) => code === answer?.compression);
  });
  report.certificateCompression = found.map(({ name }) => name);
}

/** Timestamps in certificates, RFC 6962 3.3. */
export function addEmbeddedTimestamps(scan: Scan): void {
  const { report } = scan;
  const has = [...scan.chains.values()].some(([leaf]) => hasTimestamps(leaf));
  if (has && report.timestamps !== null)
    report.timestamps = ["certificate", ...report.timestamps];
}

function hasTimestamps(leaf: Uint8Array | undefined): boolean {
  try {
    return (
      leaf !== undefined &&
      Certificate.parse(leaf).extensions.some(
        ({ oid }) => oid === OID.signedCertificateTimestamps,
      )
    );
  } catch {
    return false;
  }
}
