/** RSASSA-PSS keys whose parameters allow one hash, in both roles and versions. */
import { expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import { createCredential } from "../../../src/engine/index.ts";
import { testClientConfig, testServerConfig } from "../../support/engines.ts";
import { testAuthority } from "../../support/pki.ts";
import { RestrictedPssKey } from "../../support/pss-keys.ts";
import {
  clientTalk,
  serverTalk,
  useFiles,
} from "../support/puretls/engines.ts";
import { textPayload } from "../support/scenarios/payload.ts";
import { describePeers } from "../support/scenarios/peers.ts";

const file = useFiles();
const SCHEME = "rsa_pss_pss_sha384";

function identity(role: "server" | "client") {
  const key = new RestrictedPssKey("sha384");
  const issued =
    role === "server"
      ? testAuthority().issueServer({ hosts: ["localhost"], key })
      : testAuthority().issueClient({ name: "restricted", key });
  return {
    files: {
      cert: file(`${role}.pem`, issued.chainPem),
      key: file(`${role}.key`, key.toPem()),
    },
    credential: createCredential({
      provider: noble,
      chain: issued.chain,
      key: { algorithm: "id-RSASSA-PSS", key: key.privateKey },
    }),
  };
}

const VERSIONS = ["TLSv1.3", "TLSv1.2"] as const;

for (const name of ["openssl", "gnutls", "node24"] as const)
  describePeers([name], (peer) => {
    const [server, client] = [identity("server"), identity("client")];
    const ca = file("ca.pem", testAuthority().pem);

    it.each(VERSIONS)(
      "its server, our client, both named, %s",
      async (version) => {
        const listener = await peer.server?.({
          identity: server.files,
          clientAuth: "required",
          ca,
          version,
        });
        const config = testClientConfig({
          versions: [version],
          credentials: [client.credential],
        });
        const { engine, received } = await clientTalk(
          listener?.port ?? 0,
          config,
        );
        expect(engine.error).toBeUndefined();
        expect(engine.info?.peerSignatureScheme).toBe(SCHEME);
        expect(engine.info?.credential).toBe(client.credential);
        expect(new TextDecoder().decode(received)).toBe("hello\n");
      },
    );

    it.each(VERSIONS)(
      "its client, our server, both named, %s",
      async (version) => {
        const { port, done } = await serverTalk(
          testServerConfig({
            versions: [version],
            credentials: [server.credential],
            clientAuthentication: "required",
          }),
        );
        const payload = textPayload(128);
        const run = await peer.client(
          { port, ca, identity: client.files, version },
          payload,
        );
        const { engine } = await done;
        expect(run.received).toEqual(payload);
        expect(engine.info?.peerSignatureScheme).toBe(SCHEME);
      },
    );
  });
