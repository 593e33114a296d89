/**
 * Certificates beside an external PSK (RFC 8773), with wolfSSL's example programs:
 * PURETLS_WOLFSSL names the folder of wolfSSL in which they were built.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { noble as provider } from "../../../src/crypto/noble/index.ts";
import {
  createClientConfig,
  createCredential,
  createServerConfig,
  type ExternalPsk,
} from "../../../src/engine/index.ts";
import {
  createVerifier,
  parseCertificates,
  parsePrivateKey,
  TrustStore,
} from "../../../src/x509/index.ts";
import { useCertificates, type KeyFiles } from "../support/certificates.ts";
import { probe } from "../support/probe.ts";
import { PeerProcess, startServer } from "../support/process.ts";
import { clientTalk, serverTalk } from "../support/puretls/engines.ts";
import { describeProgram } from "../support/scenarios/peers.ts";

const folder = process.env["PURETLS_WOLFSSL"] ?? "/nonexistent";
const CLIENT = join(folder, "examples/client/client");
const SERVER = join(folder, "examples/server/server");
const found = probe({
  source:
    "wolfSSL with WOLFSSL_CERT_WITH_EXTERN_PSK, in the folder that PURETLS_WOLFSSL names",
  files: [CLIENT, SERVER],
});

/** The key of wolfSSL's examples: 01, 23, 45 … ef, over and over. */
const PSK: ExternalPsk = {
  identity: new TextEncoder().encode("Client_identity"),
  key: Uint8Array.from({ length: 32 }, (_, i) => 1 + 0x22 * (i % 8)),
  hash: "SHA-256",
};

const COMMON = {
  provider,
  versions: ["TLSv1.3"],
  psk: () => PSK,
  certificateWithPsk: true,
} as const;

const credentialOf = ({ cert, key }: KeyFiles) =>
  createCredential({
    provider,
    chain: parseCertificates(readFileSync(cert, "utf8")).map(({ der }) => der),
    key: parsePrivateKey(readFileSync(key, "utf8")),
  });

describeProgram("wolfssl", "certificates beside a PSK, wolfSSL", found, () => {
  const certificates = useCertificates();
  const verifier = () =>
    createVerifier({
      provider,
      trustStore: TrustStore.of(
        ...parseCertificates(readFileSync(certificates().ca, "utf8")).map(
          ({ der }) => der,
        ),
      ),
    });
  // They look for the folder that they were built in.
  const quiet = (program: string, ...args: readonly string[]) =>
    new PeerProcess("env", ["-C", folder, program, ...args], "log");

  // Beside a PSK the example client has no certificate of its own.
  it("a client of wolfSSL", async () => {
    const { server, ca } = certificates();
    const { port, done } = await serverTalk(
      createServerConfig({
        ...COMMON,
        credentials: [credentialOf(server["ECDSA P-256"])],
      }),
    );
    const flags = ["-v", "4", "-h", "127.0.0.1", "-p", String(port), "-x"];
    quiet(CLIENT, ...flags, "-A", ca, "--psk-with-certs");
    const { engine, received } = await done;
    expect(engine.error).toBeUndefined();
    expect(engine.info?.pskIdentity).toEqual(PSK.identity);
    expect(engine.info?.credential).toBeDefined();
    expect(received.length).toBeGreaterThan(0);
  });

  it.each([
    ["", false],
    [", with certificates of both sides", true],
  ])("a server of wolfSSL%s", async (_what, mutual) => {
    const { server, client, ca } = certificates();
    const { cert, key } = server["ECDSA P-256"];
    const { port } = await startServer((free) =>
      quiet(
        SERVER,
        ...["-v", "4", "-b", "-p", String(free), "-c", cert, "-k", key],
        ...["-A", ca, "--psk-with-certs", ...(mutual ? [] : ["-d"])],
      ),
    );
    const { engine, received } = await clientTalk(
      port,
      createClientConfig({
        ...COMMON,
        verifier: verifier(),
        credentials: mutual ? [credentialOf(client["ECDSA P-256"])] : [],
      }),
    );
    expect(engine.error).toBeUndefined();
    expect(engine.info?.pskIdentity).toEqual(PSK.identity);
    expect(engine.info?.peer?.verified).toBe(true);
    expect(received.length).toBeGreaterThan(0);
  });

  it("a client of wolfSSL that wants the key alone is refused", async () => {
    const { server, ca } = certificates();
    const { port, done } = await serverTalk(
      createServerConfig({
        ...COMMON,
        credentials: [credentialOf(server["ECDSA P-256"])],
      }),
    );
    quiet(CLIENT, "-v", "4", "-p", String(port), "-A", ca, "-s");
    expect((await done).engine.error).toMatchObject({
      reason: "certificate_with_psk_missing",
      detail: "the client does not offer it",
    });
  });
});
