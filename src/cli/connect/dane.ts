/** `--dane` and `--raw-key`: keys that are known from elsewhere than a chain. */
import { readFileSync } from "node:fs";
import { latin1 } from "../../bytes.ts";
import { noble } from "../../crypto/noble/index.ts";
import { systemCertificates } from "../../net/node-platform.ts";
import { readableAnchors } from "../../ssl/material/anchors.ts";
import {
  type CertificateVerifier,
  createDaneVerifier,
  createVerifier,
  parseTlsa,
  TrustStore,
} from "../../x509/index.ts";
import { parsePem } from "../../x509/keys/pem.ts";
import { CommandError } from "../command.ts";
import { parsing } from "../input-file.ts";

/** The service whose records are wanted. */
export interface Service {
  /** The name that is expected of the server. */
  readonly serverName: string;
  readonly port: number;
}

/** @throws CommandError for a file without a record that is of use */
export function daneVerifier(
  file: string,
  { serverName, port }: Service,
  ca: string | undefined,
): CertificateVerifier {
  // RFC 6698 3: records of another port or host say nothing of this one.
  const owner = `_${port}._tcp.${serverName}`;
  const text = latin1(readFileSync(file));
  const trustStore = new TrustStore();
  try {
    const records = parseTlsa(text, owner);
    if (records.length === 0)
      throw new TypeError(`no TLSA record of ${owner} in it`);
    // The system's authorities are many, and the other usages need none.
    if (records.some(({ usage }) => usage <= 1)) trustFor(trustStore, ca);
    const pkix = createVerifier({ provider: noble, trustStore });
    return createDaneVerifier({ provider: noble, records, pkix });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CommandError(`--dane ${file}: ${error.message}`);
  }
}

function trustFor(store: TrustStore, ca: string | undefined): void {
  if (ca !== undefined) {
    parsing(ca, () => store.add(readFileSync(ca), ca));
    return;
  }
  for (const source of systemCertificates())
    store.addBundle(readableAnchors(source).bundle, "the system");
}

/** @throws CommandError for a file that is no public key in PEM */
export function readPublicKey(file: string): Uint8Array {
  const [block] = parsing(file, () => parsePem(latin1(readFileSync(file))));
  if (block?.label !== "PUBLIC KEY")
    throw new CommandError(
      `--raw-key ${file}: no public key in PEM ("BEGIN PUBLIC KEY")`,
    );
  return block.der;
}
