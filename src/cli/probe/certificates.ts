/** The certificates that a server sends, for each kind of key, and their faults. */
import { NO_BYTES, printableAgain } from "../../bytes.ts";
import { noble } from "../../crypto/noble/index.ts";
import {
  Certificate,
  createVerifier,
  type TrustStore,
  X509Error,
} from "../../x509/index.ts";
import { certificateItem } from "../show/signed.ts";
import type { Fact } from "../show/item.ts";
import { subjectText } from "../text/name-text.ts";
import { orFault } from "../text/value-text.ts";
import type { CertificateFinding } from "./report.ts";
import { BEFORE_13, type Scan } from "./scan.ts";
import { suitesOf } from "./versions.ts";

/** Suites by the key that they want; each brings a certificate of its own. */
const KINDS = [/_ECDSA_/, /^TLS_(EC)?DHE_RSA_|^TLS_RSA_/, /_DSS_/];

/**
 * Asks for a certificate of each kind; those of TLS 1.3 were seen with its
 * signature schemes. Then judges every chain that came.
 */
export async function scanCertificates(
  scan: Scan,
  trustStore: TrustStore,
): Promise<void> {
  for (const version of BEFORE_13) {
    if (!scan.speaks(version)) continue;
    for (const kind of KINDS) {
      const suites = suitesOf(scan, version, kind);
      if (suites.length > 0)
        await scan.ask(scan.hello(version, { suites }), "done");
    }
    break;
  }
  scan.report.certificates = [...scan.chains.values()].map((chain) =>
    findingOf(chain, scan.report.serverName, trustStore),
  );
}

function findingOf(
  chain: readonly Uint8Array[],
  serverName: string,
  trustStore: TrustStore,
): CertificateFinding {
  const facts = factsOf(chain[0] ?? NO_BYTES);
  const text = (name: string): string => {
    const fact = facts.find((one) => one.name === name);
    return fact === undefined || fact.fault !== undefined
      ? "cannot be read"
      : printableAgain(String(fact.json ?? fact.value), 2000);
  };
  const faults = faultsOf(chain, serverName, trustStore);
  return {
    subject: text("subject"),
    issuer: text("issuer"),
    publicKey: text("public key"),
    signature: text("signature"),
    validFrom: text("valid from"),
    validUntil: text("valid until"),
    sha256: text("SHA-256").replaceAll(":", "").toLowerCase(),
    chainLength: chain.length,
    chain: chain.map(subjectOf),
    valid: faults.length === 0,
    faults,
  };
}

function factsOf(der: Uint8Array): readonly Fact[] {
  try {
    return certificateItem(der).facts;
  } catch {
    // Not even the frame of a certificate.
    return [];
  }
}

function subjectOf(der: Uint8Array): string {
  try {
    const { subject } = Certificate.parse(der);
    return orFault(() => printableAgain(subjectText(subject)));
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return "cannot be read";
  }
}

/** Of the path first, of the name then: a verifier stops at the first one. */
function faultsOf(
  chain: readonly Uint8Array[],
  host: string,
  trustStore: TrustStore,
): readonly string[] {
  const verifier = createVerifier({ provider: noble, trustStore });
  for (const name of [undefined, host])
    try {
      verifier.verify(
        { certificates: chain },
        { purpose: "serverAuth", serverName: name, now: noble.now() },
      );
    } catch (error) {
      if (!(error instanceof X509Error)) throw error;
      return [printableAgain(error.message)];
    }
  return [];
}
