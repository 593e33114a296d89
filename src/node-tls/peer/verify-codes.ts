/** Faults of certificates, with the codes that Node has for them. */
import { Certificate } from "../../x509/certificates/certificate.ts";
import { orUnreadable, type X509Error } from "../../x509/faults/errors.ts";
import { verifyMessage } from "../../x509/faults/verify-messages.ts";
import type { PeerChain } from "../../x509/verifier.ts";
import { type NodeError, nodeError } from "../base/errors.ts";

/** Node's codes by OpenSSL's X509_V_ERR numbers. */
const CODES: ReadonlyMap<number, string> = new Map([
  [2, "UNABLE_TO_GET_ISSUER_CERT"],
  [3, "UNABLE_TO_GET_CRL"],
  [7, "CERT_SIGNATURE_FAILURE"],
  [8, "CRL_SIGNATURE_FAILURE"],
  [9, "CERT_NOT_YET_VALID"],
  [10, "CERT_HAS_EXPIRED"],
  [11, "CRL_NOT_YET_VALID"],
  [12, "CRL_HAS_EXPIRED"],
  [18, "DEPTH_ZERO_SELF_SIGNED_CERT"],
  [19, "SELF_SIGNED_CERT_IN_CHAIN"],
  [20, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
  [21, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  [22, "CERT_CHAIN_TOO_LONG"],
  [23, "CERT_REVOKED"],
  [25, "PATH_LENGTH_EXCEEDED"],
  [26, "INVALID_PURPOSE"],
  [28, "CERT_REJECTED"],
  [79, "INVALID_CA"],
]);

/** Node's code for what OpenSSL has a number of and Node no name. */
const OTHER = "UNSPECIFIED";

/** The code that a server's socket has of a client without a certificate. */
export const NO_PEER_CERTIFICATE = "UNABLE_TO_GET_ISSUER_CERT";

/** Returns Node's code for a chain that was refused. */
export function verifyCodeOf(fault: X509Error, peer: PeerChain): string {
  if (fault.code === "unknown_issuer" && isAlone(peer))
    return "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
  if (fault.code === "no_certificate") return NO_PEER_CERTIFICATE;
  return CODES.get(fault.verifyCode) ?? OTHER;
}

/** The error of a chain that was refused, with Node's code. */
export function verifyErrorOf(fault: X509Error, peer: PeerChain): NodeError {
  return nodeError(
    verifyCodeOf(fault, peer),
    `${verifyMessage(fault.verifyCode)}: ${fault.message}`,
    { cause: fault },
  );
}

/** Tells whether the peer sent no issuer of its leaf. */
function isAlone({ certificates: [first, ...others] }: PeerChain): boolean {
  const leaf = readable(first);
  if (leaf === undefined) return true;
  return !others.some(
    (der) => readable(der)?.subject.equals(leaf.issuer) === true,
  );
}

function readable(der: Uint8Array | undefined): Certificate | undefined {
  return der && orUnreadable(() => Certificate.parse(der));
}
