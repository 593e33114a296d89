/** Writes the keys and certificates that the scripts and the server use. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { node as provider } from "../../src/crypto/node.ts";
import {
  type Authority,
  createCertificateAuthority,
  generateKey,
  type KeyType,
} from "../../src/pki/index.ts";

const KINDS = [
  ["rsa", "rsa-2048"],
  ["ec", "ec-p256"],
  ["ec384", "ec-p384"],
  ["ec521", "ec-p521"],
  ["ed", "ed25519"],
] as const satisfies readonly (readonly [string, KeyType])[];

const [folder = "."] = process.argv.slice(2);
const authority = createCertificateAuthority({ provider, name: "Scripts' CA" });

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

function writeBoth(issuer: Authority, kind: string, type: KeyType): void {
  const server = issuer.issueServer({
    hosts: ["localhost", "localhost4", "127.0.0.1"],
    key: generateKey({ provider, type }),
  });
  const client = issuer.issueClient({
    name: "client",
    key: generateKey({ provider, type }),
  });
  for (const [role, issued] of Object.entries({ server, client })) {
    write(`${role}-${kind}.pem`, issued.chainPem);
    write(`${role}-${kind}.key`, issued.key.toPem());
  }
}

write("authority.pem", authority.pem);
for (const [kind, type] of KINDS) writeBoth(authority, kind, type);
