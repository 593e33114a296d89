/** Certificates and requests as files hold them: PEM text or DER. */
import { latin1 } from "../bytes.ts";
import { Certificate } from "../x509/certificates/certificate.ts";
import * as TAG from "../x509/der/tags.ts";
import { noPemBlock, readPemBlocks } from "../x509/keys/pem.ts";

/**
 * DER of every block with one of the labels; DER itself is taken as one.
 *
 * @throws X509Error `malformed_pem`, or `no_pem_block` when there is none
 */
export function derBlocks(
  pemOrDer: string | Uint8Array,
  labels: readonly string[],
): [Uint8Array, ...Uint8Array[]] {
  if (typeof pemOrDer !== "string" && pemOrDer[0] === TAG.sequence)
    return [pemOrDer];
  const text = typeof pemOrDer === "string" ? pemOrDer : latin1(pemOrDer);
  const [first, ...rest] = [...readPemBlocks(text)]
    .filter(({ label }) => labels.includes(label))
    .map(({ der }) => der());
  if (first === undefined) throw noPemBlock(labels[0] ?? "block", text);
  return [first, ...rest];
}

/** @throws X509Error when there is none or one is malformed */
export function readCertificates(
  pemOrDer: string | Uint8Array,
): [Certificate, ...Certificate[]] {
  const labels = ["CERTIFICATE", "X509 CERTIFICATE"];
  const [first, ...rest] = derBlocks(pemOrDer, labels);
  return [
    Certificate.parse(first),
    ...rest.map((der) => Certificate.parse(der)),
  ];
}
