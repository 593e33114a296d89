/**
 * `puretls/roots`: the authorities that Mozilla trusts for servers, for runtimes that
 * have none of their own.
 *
 * A table of names, keys, constraints and dates of distrust, about 53 KiB gzipped,
 * which only a program that imports it has in its bundle. It is as old as this
 * release: take a new one when it comes.
 *
 * @module
 */
import type { RootProgram } from "../x509/trust/root-program.ts";
import * as OID from "../x509/der/oids.ts";
import { DerReader } from "../x509/der/der.ts";
import * as TAG from "../x509/der/tags.ts";
import { decodeBase64 } from "../x509/keys/pem.ts";
import type { BundledCertificate } from "../x509/trust/bundle.ts";
import { certificateOf } from "./certificate.ts";
import { DATE, NSS_VERSION, type Row, ROWS } from "./table.ts";

export type { RootProgram } from "../x509/trust/root-program.ts";

/**
 * The roots that Mozilla trusts for servers, and what it asks of them: names that
 * NSS constrains, and dates after which a root that is distrusted issues no more (a
 * certificate that is younger is refused with the fault `issued_after_distrust`).
 * They authenticate no clients. `name` and `date` say which version of the list it is.
 *
 * The certificates that a context shows of them (`getCaCerts()`, the end of a verified
 * chain) are made of the rows: name, key and constraints are the root's, the serial
 * number and the signature are not.
 *
 * @example
 * ```ts
 * import { createDefaultContext } from "puretls";
 * import { mozillaRoots } from "puretls/roots";
 *
 * const context = createDefaultContext({ roots: mozillaRoots });
 * if (context.certStoreStats().x509 < 100) throw new Error();
 * ```
 */
export const mozillaRoots: RootProgram = /* @__PURE__ */ Object.freeze({
  name: `Mozilla, NSS ${NSS_VERSION}`,
  date: DATE,
  certificates: () => ROWS.map(anchorOf),
});

function anchorOf([notAfter, distrust, text]: Row): BundledCertificate {
  const row = new DerReader(decodeBase64(text));
  const certificate = certificateOf({
    name: row.read(TAG.sequence, "Name").der,
    keyIdentifier: row.read(TAG.octetString, "subjectKeyIdentifier").der,
    publicKeyInfo: row.read(TAG.sequence, "SubjectPublicKeyInfo").der,
    nameConstraints: row.optional(TAG.sequence, "NameConstraints")?.der,
    notAfter: 1000 * notAfter,
  });
  const trusted = [OID.serverAuth];
  return {
    certificate,
    settings:
      distrust === 0
        ? { trusted }
        : { trusted, distrustAfter: 1000 * distrust },
  };
}
