/** Faults of certificates, with the codes that Node has for them. */
import { verifyNameOf } from "../../ssl/errors/reasons.ts";
import { Certificate } from "../../x509/certificates/certificate.ts";
import { orUnreadable, type X509Error } from "../../x509/faults/errors.ts";
import { verifyMessage } from "../../x509/faults/verify-messages.ts";
import type { PeerChain } from "../../x509/verifier.ts";
import { type NodeError, nodeError } from "../base/errors.ts";

/** The X509_V_ERR numbers whose names are codes of Node; the others have one in common. */
const NAMED: ReadonlySet<number> = new Set([
  ...[2, 3, 7, 8, 9, 10, 11, 12, 18, 19, 20, 22, 23, 25, 26, 28, 79],
]);
const OTHER = "UNSPECIFIED";

/** The code that a server's socket has of a client without a certificate. */
export const NO_PEER_CERTIFICATE = "UNABLE_TO_GET_ISSUER_CERT";

/** Returns Node's code for a chain that was refused. */
export function verifyCodeOf(fault: X509Error, peer: PeerChain): string {
  if (fault.code === "unknown_issuer" && isAlone(peer))
    return "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
  if (fault.code === "no_certificate") return NO_PEER_CERTIFICATE;
  const { verifyCode } = fault;
  return NAMED.has(verifyCode) ? verifyNameOf(verifyCode) : OTHER;
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
