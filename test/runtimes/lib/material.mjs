/** Certificates and keys of a run: PEM, for runtimes that could not make them. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The names in the certificate. */
export const HOSTS = ["a.test", "localhost", "127.0.0.1"];

/** @param folder where the package is installed */
export async function makeMaterial(folder) {
  const load = (path) =>
    import(pathToFileURL(join(folder, "node_modules/puretls/dist", path)));
  const { noble: provider } = await load("crypto/noble/index.js");
  const { createCertificateAuthority } = await load("pki/index.js");
  const authority = createCertificateAuthority({ provider, name: "Matrix CA" });
  const other = createCertificateAuthority({ provider, name: "Other CA" });
  const { chainPem, key } = authority.issueServer({ hosts: HOSTS });
  return {
    ca: authority.pem,
    otherCa: other.pem,
    cert: chainPem,
    key: key.toPem(),
  };
}
