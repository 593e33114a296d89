/** The people of every run: an authority, certificates, keys, all of one seed. */
import {
  type Credential,
  createCredential,
} from "../../../src/engine/index.ts";
import {
  DELEGATION_USAGE,
  delegateCredential,
  createRawPublicKeyCredential,
} from "../../../src/engine/index.ts";
import {
  type Authority,
  createCertificateAuthority,
  generateKey,
  type PkiKey,
} from "../../../src/pki/index.ts";
import {
  Certificate,
  type CertificateVerifier,
  createVerifier,
  TrustStore,
  trustRawPublicKeys,
} from "../../../src/x509/index.ts";
import { keyFromFile } from "../../support/pki.ts";
import { fuzzProvider, NOW } from "./provider.ts";

/** Makes the world and nothing else: its certificates are the same each time. */
const maker = fuzzProvider("noble", 0x5eed);

export const HOST = "localhost";

type Kind = "ec-p256" | "ed25519" | "rsa";

export const authority: Authority = createCertificateAuthority({
  provider: maker,
  name: "fuzz root",
  key: "ec-p256",
});
const intermediate = authority.issueIntermediate({
  name: "fuzz intermediate",
  key: "ec-p256",
});

const keys: Readonly<Record<Kind, PkiKey>> = {
  "ec-p256": generateKey({ provider: maker, type: "ec-p256" }),
  ed25519: generateKey({ provider: maker, type: "ed25519" }),
  rsa: keyFromFile("rsa-2048.pem"),
};

function credentialOf(chain: readonly Uint8Array[], key: PkiKey): Credential {
  const [leaf = new Uint8Array()] = chain;
  const { algorithm } = Certificate.parse(leaf).subjectPublicKeyInfo;
  return createCredential({
    provider: maker,
    chain,
    key: { algorithm, key: key.privateKey },
  });
}

function server(kind: Kind): Credential {
  const issuer = kind === "rsa" ? intermediate : authority;
  const { chain } = issuer.issueServer({
    hosts: [HOST, "hidden.test"],
    key: keys[kind],
  });
  return credentialOf(chain, keys[kind]);
}

export const SERVERS: Readonly<Record<Kind, Credential>> = {
  "ec-p256": server("ec-p256"),
  ed25519: server("ed25519"),
  rsa: server("rsa"),
};

/** With an OCSP response to staple. */
export const STAPLING: Credential = (() => {
  const [leaf = new Uint8Array()] = SERVERS["ec-p256"].chain;
  return createCredential({
    provider: maker,
    chain: SERVERS["ec-p256"].chain,
    key: {
      algorithm: keys["ec-p256"].algorithm,
      key: keys["ec-p256"].privateKey,
    },
    ocspResponse: authority.createOcspResponse(Certificate.parse(leaf)),
  });
})();

export const CLIENT: Credential = credentialOf(
  authority.issueClient({ name: "a client", key: keys["ec-p256"] }).chain,
  keys["ec-p256"],
);

export const CLIENT_RSA: Credential = credentialOf(
  authority.issueClient({ name: "another client", key: keys.rsa }).chain,
  keys.rsa,
);

/** A server's key that another one signs in the place of, and the other one. */
export const DELEGATED: readonly Credential[] = (() => {
  const key = generateKey({ provider: maker, type: "ec-p384" });
  const issued = authority.issueServer({
    hosts: [HOST],
    key,
    notBefore: NOW - 3_600_000,
    extensions: [{ oid: DELEGATION_USAGE, value: Uint8Array.of(5, 0) }],
  });
  const own = credentialOf(issued.chain, key);
  const delegated = delegateCredential({
    provider: maker,
    credential: own,
    role: "server",
    publicKeyInfo: keys["ec-p256"].publicKeyInfo(),
    key: { algorithm: "ecPublicKey", key: keys["ec-p256"].privateKey },
    scheme: "ecdsa_secp256r1_sha256",
  });
  return [delegated, own];
})();

/** A raw public key of a server or a client, and its verifier. */
export const RAW_KEY: Credential = createRawPublicKeyCredential({
  provider: maker,
  publicKeyInfo: keys.ed25519.publicKeyInfo(),
  key: { algorithm: keys.ed25519.algorithm, key: keys.ed25519.privateKey },
});
export const RAW_KEYS = trustRawPublicKeys([keys.ed25519.publicKeyInfo()]);

export const VERIFIER: CertificateVerifier = createVerifier({
  provider: maker,
  trustStore: TrustStore.of(authority.der),
});

/** DER of every leaf that a side of a run may rightly present. */
export const HONEST_LEAVES: readonly Uint8Array[] = [
  ...Object.values(SERVERS),
  CLIENT,
  CLIENT_RSA,
  ...DELEGATED,
].flatMap(({ chain: [leaf] }) => (leaf === undefined ? [] : [leaf]));
