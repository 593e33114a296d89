/** Extensions that only some peers have, by the peers that have them. */

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { brotli, zlib, zstd } from "../../../src/compression/node.ts";
import * as portable from "../../../src/compression/index.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  createEchKey,
  createEchServer,
  encodeEchConfigList,
} from "../../../src/ech/index.ts";
import {
  acceptDelegatedCredentials,
  createCredential,
  createRawPublicKeyCredential,
} from "../../../src/engine/index.ts";
import { createCertificateAuthority } from "../../../src/pki/index.ts";
import { encodeBase64, trustRawPublicKeys } from "../../../src/x509/index.ts";
import {
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../../support/engines.ts";
import { testAuthority, testKey, testServer } from "../../support/pki.ts";
import { ContentType } from "../../../src/wire/code-points.ts";
import {
  clientTalk,
  serverTalks,
  type Talked,
  useFiles,
} from "../support/puretls/engines.ts";
import { builtProgram } from "../support/programs/built-program.ts";
import { delegation } from "../support/delegation.ts";
import { databaseOf, NICKNAME } from "../support/programs/nss.ts";
import { probe } from "../support/probe.ts";
import { describePeers } from "../support/scenarios/peers.ts";
import { clientProgram, serverProgram } from "../support/programs.ts";

const file = useFiles();
const identity = testServer();
const ca = file("ca.pem", testAuthority().pem);
const cert = file("cert.pem", identity.certificatePem);
const key = file("key.pem", identity.keyPem);

const ROWS = [
  ["ZLIB", portable.zlib],
  ["ZLIB", zlib],
  ["BROTLI", brotli],
  ...(zstd ? ([["ZSTD", zstd]] as const) : []),
] as const;

/** The message of a GnuTLS that was built without an algorithm. */
const WITHOUT = /Unknown compression method/;
const lacking = new Set<string>();

describePeers(["gnutls"], () => {
  describe.each(ROWS)("certificates compressed by %s", (name, row) => {
    it("from its client, and to it", async ({ skip }) => {
      const { peer, done } = await clientProgram(
        {
          credentials: [testCredential()],
          certificateCompression: [row],
          clientAuthentication: "required",
        },
        (port) => [
          ...(["gnutls-cli", "--port", String(port), "127.0.0.1"] as const),
          ...["--x509cafile", ca, "--verify-hostname", "localhost"],
          ...["--x509certfile", cert, "--x509keyfile", key],
          ...["--compress-cert", name, "--logfile", file("log", "")],
        ],
      );
      peer.write("hello\n");
      peer.endInput();
      const { engine } = await done;
      await peer.ended;
      if (WITHOUT.test(peer.log())) lacking.add(name);
      if (lacking.has(name)) skip(`GnuTLS is built without ${name}`);
      // A server's certificate is none for a client: the message was read.
      expect(engine.error?.reason).toBe("unsupported_certificate");
    });

    it("from its server", async ({ skip }) => {
      const { port } = await serverProgram((free) => [
        ...([
          "gnutls-serv",
          "--port",
          String(free),
          "--echo",
          "--quiet",
        ] as const),
        ...["--x509certfile", cert, "--x509keyfile", key],
        ...["--compress-cert", name],
      ]);
      // Its server says so too late, and to nobody.
      if (lacking.has(name)) skip(`GnuTLS is built without ${name}`);
      const seen: number[] = [];
      const config = testClientConfig({
        certificateCompression: [
          {
            ...row,
            decompress: (data, length) => {
              seen.push(length);
              return row.decompress(data, length);
            },
          },
        ],
      });
      const { engine } = await clientTalk(port, config);
      expect(engine.info?.peer?.verified).toBe(true);
      expect(seen.length).toBe(1);
    });
  });
});

describePeers(["gnutls"], () => {
  const keyOf = (kind: "ec-p256" | "ed25519") => {
    const one = testKey(kind);
    return {
      rawPublic: one.publicKeyInfo(),
      publicFile: file(`${kind}.pub.pem`, one.publicKeyPem()),
      privateFile: file(`${kind}.key.pem`, one.toPem()),
      credential: createRawPublicKeyCredential({
        provider: noble,
        publicKeyInfo: one.publicKeyInfo(),
        key: { algorithm: one.algorithm, key: one.privateKey },
      }),
    };
  };
  const [ours, theirs] = [keyOf("ec-p256"), keyOf("ed25519")];
  const PRIORITY = "-CTYPE-CLI-X509:+CTYPE-CLI-RAWPK:+CTYPE-SRV-RAWPK";

  describe.each(["TLSv1.3", "TLSv1.2"] as const)("in %s", (version) => {
    const versions = [version];
    const priority = `NORMAL:-VERS-ALL:+VERS-${version.replace("v", "")}:${PRIORITY}`;

    it("presents its server's raw public key, and accepts ours", async () => {
      const { port } = await serverProgram((free) => [
        ...([
          "gnutls-serv",
          "--port",
          String(free),
          "--echo",
          "--quiet",
        ] as const),
        ...["--rawpkkeyfile", theirs.privateFile],
        ...["--rawpkfile", theirs.publicFile, "--priority", priority],
        "--require-client-cert",
      ]);
      const { engine, received } = await clientTalk(
        port,
        testClientConfig({
          versions,
          credentials: [ours.credential],
          rawPublicKeys: trustRawPublicKeys([theirs.rawPublic]),
        }),
      );
      expect(engine.info?.peerRawPublicKey?.der).toEqual(theirs.rawPublic);
      expect(engine.info?.credential).toBe(ours.credential);
      expect(new TextDecoder().decode(received)).toBe("hello\n");
    });

    it("accepts our server's raw public key, and presents its own", async () => {
      const { peer, done } = await clientProgram(
        {
          versions,
          credentials: [ours.credential],
          clientAuthentication: "required",
          rawPublicKeys: trustRawPublicKeys([theirs.rawPublic]),
        },
        (port) => [
          ...(["gnutls-cli", "--port", String(port), "127.0.0.1"] as const),
          ...["--rawpkkeyfile", theirs.privateFile, "--insecure"],
          ...["--rawpkfile", theirs.publicFile, "--priority", priority],
        ],
      );
      peer.write("hello\n");
      await peer.logged(/^hello$/m);
      peer.endInput();
      const { engine } = await done;
      expect(engine.info?.peerRawPublicKey?.der).toEqual(theirs.rawPublic);
      await peer.logged(/Raw Public Key/);
    });
  });
});

describePeers(["openssl"], () => {
  describe.each(["TLSv1.2", "TLSv1.3"] as const)("in %s", (version) => {
    const versions = [version];

    it("its server names the authority that our client then suits", async () => {
      const elsewhere = createCertificateAuthority({
        provider: noble,
        name: "elsewhere",
      }).issueClient({ name: "of elsewhere" });
      const stranger = createCredential({
        provider: noble,
        chain: elsewhere.chain,
        key: { algorithm: "ecPublicKey", key: elsewhere.key.privateKey },
      });
      const own = testCredential("ec-p256", "client");
      const { port } = await serverProgram((free) => [
        ...(["openssl", "s_server", "-quiet"] as const),
        ...["-accept", `127.0.0.1:${String(free)}`, "-cert", cert],
        ...["-key", key, "-Verify", "1", "-CAfile", ca],
      ]);
      const config = { versions, credentials: [stranger, own] };
      const { engine } = await clientTalk(port, testClientConfig(config));
      expect(engine.error).toBeUndefined();
      expect(engine.info?.credential).toBe(own);
    });

    it("its client reads the authorities that our server names", async () => {
      const { subject } = testAuthority().certificate;
      const { peer, done } = await clientProgram(
        {
          versions,
          clientAuthentication: "optional",
          certificateAuthorities: [subject.der],
        },
        (port) => [
          ...(["openssl", "s_client", "-CAfile", ca] as const),
          ...["-connect", `127.0.0.1:${String(port)}`],
        ],
      );
      await peer.logged(/Verify return code/);
      peer.endInput();
      await done;
      await peer.logged(
        /Acceptable client certificate CA names\s+CN = puretls test root/,
      );
    });
  });
});

const toCompile = probe({
  source: "Debian packages libnss3-dev and gcc",
  files: ["/usr/include/nss/sslexp.h"],
  programs: [["gcc", "--version"]],
});
const whyNot = "missing" in toCompile ? ` (${toCompile.missing})` : "";
const delegatingServer = builtProgram({
  source: "nss/delegating.c",
  build: (source, folder) => [
    ...["gcc", "-O1", "-I/usr/include/nss", "-I/usr/include/nspr"],
    ...["-o", join(folder, "peer"), source],
    ...["-lssl3", "-lnss3", "-lnspr4"],
  ],
  start: (folder) => [join(folder, "peer")],
});

describePeers(["nss"], () => {
  it("its client accepts a delegated credential", async () => {
    const { own, delegated } = delegation();
    const { database } = await databaseOf(ca, undefined);
    const { peer, done } = await clientProgram(
      { credentials: [delegated, own] },
      (port) => [
        ...(["tstclnt", "-4", "-h", "127.0.0.1", "-p", String(port)] as const),
        ...["-a", "localhost", "-d", database, "-V", "tls1.3:tls1.3", "-B"],
      ],
    );
    peer.write("hello\n");
    await peer.logged(/^hello$/m);
    peer.terminate();
    const { engine } = await done;
    expect(engine.info?.credential).toBe(delegated);
  });

  it.skipIf(whyNot !== "")(`its server presents one${whyNot}`, async () => {
    const { issued } = delegation();
    const { database } = await databaseOf(ca, {
      cert: file("delegator.pem", issued.chainPem),
      key: file("delegator.key", issued.key.toPem()),
    });
    const [program, ...args] = await delegatingServer();
    const { port } = await serverProgram((free) => [
      ...([program, ...args, String(free), database, NICKNAME] as const),
    ]);
    const { engine, received } = await clientTalk(
      port,
      testClientConfig({ delegatedCredentials: acceptDelegatedCredentials() }),
    );
    expect(new TextDecoder().decode(received)).toBe("hello\n");
    expect(engine.info?.peer?.verified).toBe(true);
    // The certificate's own key, of P-384, makes none of this kind.
    expect(engine.info?.peerSignatureScheme).toBe("ecdsa_secp256r1_sha256");
  });

  it("its client hides its name", async () => {
    const publicName = "server.test";
    const key = createEchKey({ provider: noble, publicName });
    const { database } = await databaseOf(ca, undefined);
    const list = encodeBase64(encodeEchConfigList([key.config]));
    const { peer, done } = await clientProgram(
      {
        encryptedClientHello: createEchServer({ provider: noble, keys: [key] }),
      },
      (port) => [
        ...(["tstclnt", "-4", "-h", "127.0.0.1", "-p", String(port)] as const),
        ...["-a", "hidden.wild.test", "-d", database],
        ...["-V", "tls1.3:tls1.3", "-N", list],
      ],
    );
    peer.write("hello\n");
    await peer.logged(/^hello$/m);
    peer.terminate();
    const { engine } = await done;
    expect(engine.info?.encryptedClientHello).toBe(true);
    expect(engine.info?.serverName).toBe("hidden.wild.test");
  });
});

describePeers(["gnutls", "nss"], (gnutls, nss) => {
  const recordSizeLimit = 512;
  const say = `${"x".repeat(2047)}\n`;

  /** Those of protected records. */
  function longest({ wire }: Talked): number {
    let most = 0;
    for (let at = 0; at < wire.length;) {
      const length = ((wire[at + 3] ?? 0) << 8) | (wire[at + 4] ?? 0);
      if (wire[at] === ContentType.application_data)
        most = Math.max(most, length);
      at += 5 + length;
    }
    return most;
  }

  it("the first's server keeps to the record_size_limit of our client", async () => {
    const listener = await gnutls.server?.({ identity: { cert, key } });
    const talked = await clientTalk(
      listener?.port ?? 0,
      testClientConfig({ recordSizeLimit }),
      "localhost",
      { say, until: say.length },
    );
    expect(talked.received).toHaveLength(say.length);
    expect(longest(talked)).toBe(recordSizeLimit + 16);
  });

  // gnutls-cli sends no more of a line than one record takes.
  it("the second's client keeps to the record_size_limit of our server", async () => {
    const { port, next } = await serverTalks(
      testServerConfig({ recordSizeLimit }),
      (engine, received) => {
        engine.write(received);
        if (received.at(-1) === 10) engine.close();
      },
    );
    const payload = new TextEncoder().encode(say);
    const run = await nss.client({ port, ca }, payload);
    expect(run.received).toEqual(payload);
    expect(longest(await next())).toBe(recordSizeLimit + 16);
  });
});
