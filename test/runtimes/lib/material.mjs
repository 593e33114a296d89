/** Certificates and keys of a run: PEM, for runtimes that could not make them. */
import { existsSync, readFileSync } from "node:fs";
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
    web: chainOfTheWeb(),
  };
}

/** One of x509-limbo's `online` cases; undefined where they are not there. */
function chainOfTheWeb() {
  const folder = process.env.PURETLS_VECTORS;
  const file = join(folder ?? "", "limbo", "limbo.json");
  if (folder === undefined || !existsSync(file)) return undefined;
  const { testcases } = JSON.parse(readFileSync(file, "utf8"));
  const online = testcases.find(({ id }) => id.startsWith("online::"));
  return {
    certificates: [online.peer_certificate, ...online.untrusted_intermediates],
    host: online.expected_peer_name.value,
    now: Date.parse(online.validation_time),
  };
}
