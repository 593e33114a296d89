/** Certificates whose keys are off by default: Ed448, and ML-DSA of FIPS 204. */
import { expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import type { SignatureSchemeName } from "../../../src/engine/index.ts";
import { createCertificateAuthority } from "../../../src/pki/index.ts";
import {
  Certificate,
  createVerifier,
  TrustStore,
} from "../../../src/x509/index.ts";
import { createCredential } from "../../../src/engine/index.ts";
import { testClientConfig, testServerConfig } from "../../support/engines.ts";
import { RARE_KEY_KINDS } from "../../support/pki.ts";
import {
  clientTalk,
  serverTalk,
  useFiles,
} from "../support/puretls/engines.ts";
import { textPayload } from "../support/scenarios/payload.ts";
import { describePeers } from "../support/scenarios/peers.ts";

type Kind = (typeof RARE_KEY_KINDS)[number];

const SCHEMES: Readonly<Record<Kind, SignatureSchemeName>> = {
  ed448: "ed448",
  "ml-dsa-44": "mldsa44",
  "ml-dsa-65": "mldsa65",
  "ml-dsa-87": "mldsa87",
};

const file = useFiles();

/** Both ends and their authority have keys of that kind, and sign with it alone. */
function familyOf(kind: Kind) {
  const authority = createCertificateAuthority({
    provider: noble,
    name: `root ${kind}`,
    key: kind,
  });
  const verifier = createVerifier({
    provider: noble,
    trustStore: TrustStore.of(authority.der),
  });
  const identity = (role: "server" | "client") => {
    const issued =
      role === "server"
        ? authority.issueServer({ hosts: ["localhost"], key: kind })
        : authority.issueClient({ name: "rare client", key: kind });
    const { algorithm } = Certificate.parse(
      issued.certificate.der,
    ).subjectPublicKeyInfo;
    return {
      files: {
        cert: file(`${kind}-${role}.pem`, issued.chainPem),
        key: file(`${kind}-${role}.key`, issued.key.toPem()),
      },
      credential: createCredential({
        provider: noble,
        chain: issued.chain,
        key: { algorithm, key: issued.key.privateKey },
      }),
    };
  };
  return {
    ca: file(`${kind}-ca.pem`, authority.pem),
    server: identity("server"),
    client: identity("client"),
    options: { verifier, signatureSchemes: [SCHEMES[kind]] },
  };
}

const MEETINGS = [
  ["openssl", ["ed448"]],
  ["gnutls", ["ed448"]],
  ["node24", RARE_KEY_KINDS],
] as const;

for (const [name, kinds] of MEETINGS)
  describePeers([name], (peer) => {
    it.each(kinds)("%s: its server, our client, both named", async (kind) => {
      const { ca, server, client, options } = familyOf(kind);
      const listener = await peer.server?.({
        identity: server.files,
        clientAuth: "required",
        ca,
      });
      const config = testClientConfig({
        ...options,
        credentials: [client.credential],
      });
      const { engine, received } = await clientTalk(
        listener?.port ?? 0,
        config,
      );
      expect(engine.error).toBeUndefined();
      expect(engine.info?.peer?.verified).toBe(true);
      expect(engine.info?.credential).toBe(client.credential);
      expect(new TextDecoder().decode(received)).toBe("hello\n");
    });

    it.each(kinds)("%s: its client, our server, both named", async (kind) => {
      const { ca, server, client, options } = familyOf(kind);
      const { port, done } = await serverTalk(
        testServerConfig({
          ...options,
          credentials: [server.credential],
          clientAuthentication: "required",
        }),
      );
      const payload = textPayload(128);
      const run = await peer.client(
        { port, ca, identity: client.files },
        payload,
      );
      const { engine } = await done;
      expect(run.received).toEqual(payload);
      expect(engine.info?.peer?.verified).toBe(true);
      expect(engine.info?.credential).toBe(server.credential);
    });
  });
