/**
 * Handshakes with openssl and gnutls that cannot be: the error says in OpenSSL's
 * words what failed, then what each side has, and what would help.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SSLContext, type SSLSocket } from "../../../src/index.ts";
import { connect, serve } from "../../../src/net/node.ts";
import { useCertificates } from "../support/certificates.ts";
import { PeerProcess, startServer } from "../support/process.ts";
import { probe } from "../support/probe.ts";
import { describeProgram } from "../support/scenarios/peers.ts";

/** A change of a context. */
type Change = (context: SSLContext) => void;
const nothing: Change = () => undefined;

const openssl = (port: number, ...more: readonly string[]) => [
  "openssl",
  ...["s_client", "-connect", `127.0.0.1:${String(port)}`, ...more],
];
const gnutls = (port: number, priority: string) => [
  "gnutls-cli",
  ...["--insecure", "-p", String(port), "--priority", priority, "127.0.0.1"],
];

const tls12: Change = (context) => {
  context.maximumVersion = "TLSv1.2";
};
const allOf12: Change = (context) => {
  context.setCiphers("ALL");
  tls12(context);
};
const tls13: Change = (context) => {
  context.minimumVersion = "TLSv1.3";
};

const ROWS_SERVER: readonly {
  readonly title: string;
  readonly change?: Change;
  readonly identity?: "RSA" | "ECDSA P-256" | "ECDSA P-384";
  readonly command: (port: number) => readonly string[];
  readonly text: string;
}[] = [
  {
    title: "openssl -tls1",
    command: (port) => openssl(port, "-tls1", "-cipher", "ALL:@SECLEVEL=0"),
    text: "[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol: the two sides share no TLS version: puretls speaks 1.2 and 1.3, as far as this side's settings allow (the client speaks TLS 1.0 at most; TLSv1.3 and TLSv1.2 are enabled here)",
  },
  {
    title: "openssl -tls1_1",
    command: (port) => openssl(port, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"),
    text: "(the client speaks TLS 1.1 at most; TLSv1.3 and TLSv1.2 are enabled here)",
  },
  {
    title: "openssl of TLS 1.2, 1.3 alone here",
    change: tls13,
    command: (port) => openssl(port, "-tls1_2"),
    text: "(the client speaks TLS 1.2 at most; TLSv1.3 is enabled here); minimumVersion and maximumVersion that take in TLSv1.2 would enable it",
  },
  {
    title: "openssl of TLS 1.3, 1.2 alone here",
    change: tls12,
    command: (port) => openssl(port, "-tls1_3"),
    text: "(the client offers TLS 1.3 alone; TLSv1.2 is enabled here); minimumVersion and maximumVersion that take in TLSv1.3 would enable it",
  },
  {
    title: "gnutls of TLS 1.1 and 1.0",
    command: (port) =>
      gnutls(port, "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0"),
    text: "(the client speaks TLS 1.1 at most; TLSv1.3 and TLSv1.2 are enabled here)",
  },
  {
    title: "openssl with AES-CBC alone",
    command: (port) => openssl(port, "-tls1_2", "-cipher", "ECDHE+AES+SHA1"),
    text: `[SSL: NO_SHARED_CIPHER] no shared cipher: the two sides share no cipher suite (the client offers TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA and TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA; enabled here are `,
  },
  {
    title: "openssl with AES-CBC alone: those of the certificate's kind help",
    command: (port) => openssl(port, "-tls1_2", "-cipher", "ECDHE+AES+SHA1"),
    text: `; setCiphers("ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA") would enable more`,
  },
  {
    title: "openssl with static RSA and Camellia, which no setting helps",
    command: (port) =>
      openssl(port, "-tls1_2", "-cipher", "AES128-SHA:CAMELLIA128-SHA"),
    text: "(the client offers TLS_RSA_WITH_AES_128_CBC_SHA and 1 that is not known here; enabled here are ",
  },
  {
    title: "openssl with ECDSA alone, and an RSA certificate here",
    command: (port) =>
      openssl(port, "-tls1_2", "-cipher", "aECDSA+AES128+AESGCM"),
    text: "(in common are TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, which take an ECDSA certificate; this server has an RSA certificate)",
  },
  {
    title: "openssl without the certificate's curve",
    identity: "ECDSA P-384",
    command: (port) => openssl(port, "-tls1_2", "-groups", "X25519:P-256"),
    text: "but the certificate's curve secp384r1 is not among the client's groups)",
  },
  {
    title: "openssl with one suite of TLS 1.3",
    change: (context) => {
      context.setCiphersuites("TLS_AES_128_GCM_SHA256");
      context.minimumVersion = "TLSv1.3";
    },
    command: (port) =>
      openssl(port, "-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"),
    text: `(the client offers TLS_CHACHA20_POLY1305_SHA256; enabled here are TLS_AES_128_GCM_SHA256); setCiphersuites("TLS_CHACHA20_POLY1305_SHA256") would enable it`,
  },
  {
    title: "openssl with x448 alone, TLS 1.3",
    command: (port) => openssl(port, "-groups", "X448"),
    text: `the two sides share no key exchange group (the client offers the groups x448; enabled here are X25519MLKEM768, x25519, secp256r1, secp384r1 and secp521r1); setGroups(["x448"]) would enable it`,
  },
  {
    title: "openssl with x448 alone, TLS 1.2",
    command: (port) => openssl(port, "-tls1_2", "-groups", "X448"),
    text: "but no group: the client offers the groups x448; enabled here are X25519MLKEM768, x25519",
  },
  {
    title: "openssl without a scheme for the certificate, TLS 1.3",
    identity: "ECDSA P-256",
    command: (port) =>
      openssl(port, "-tls1_3", "-sigalgs", "rsa_pss_rsae_sha256"),
    text: "no suitable signature algorithm: no certificate of this side can sign with an algorithm that the peer supports (the client offers rsa_pss_rsae_sha256; enabled here are ecdsa_secp256r1_sha256, ed25519,",
  },
  {
    title: "openssl with SHA-1 alone, TLS 1.2",
    command: (port) =>
      openssl(
        port,
        ...["-tls1_2", "-sigalgs", "RSA+SHA1", "-cipher", "ALL:@SECLEVEL=0"],
      ),
    text: `; signatureAlgorithms = ["rsa_pkcs1_sha1"] would enable it`,
  },
  {
    title: "gnutls with groups that are off",
    command: (port) =>
      gnutls(
        port,
        "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-FFDHE3072:+GROUP-FFDHE2048",
      ),
    text: `setGroups(["ffdhe2048","ffdhe3072"]) would enable more`,
  },
  {
    title: "openssl with other protocols",
    change: (context) => {
      context.setAlpnProtocols(["h2"]);
      context.alpnMismatch = "alert";
    },
    command: (port) => openssl(port, "-alpn", "http/1.1,imap\u001b[31m"),
    text: '(the client offers "http/1.1" and "imap\\x1b[31m"; accepted here are "h2")',
  },
];

const ROWS_CLIENT: readonly {
  readonly title: string;
  readonly change?: Change;
  readonly command: (
    port: number,
    files: { readonly cert: string; readonly key: string },
  ) => readonly string[];
  readonly text: string;
}[] = [
  {
    title: "openssl -tls1_1, which answers with its version",
    change: allOf12,
    command: (port, { cert, key }) =>
      opensslServer(port, cert, key, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"),
    text: "[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol: the two sides share no TLS version: puretls speaks 1.2 and 1.3, as far as this side's settings allow (the server speaks TLS 1.1 at most; TLSv1.2 is enabled here)",
  },
  {
    title: "openssl -tls1, which answers with its version",
    change: allOf12,
    command: (port, { cert, key }) =>
      opensslServer(port, cert, key, "-tls1", "-cipher", "ALL:@SECLEVEL=0"),
    text: "(the server speaks TLS 1.0 at most; TLSv1.2 is enabled here)",
  },
  {
    title: "openssl -tls1_1, which answers with an alert",
    command: (port, { cert, key }) =>
      opensslServer(port, cert, key, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"),
    text: "[SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version: the peer closed the connection with an alert: protocol_version (TLSv1.3 and TLSv1.2 are enabled here)",
  },
  {
    title: "openssl of TLS 1.3, 1.2 alone here",
    change: tls12,
    command: (port, { cert, key }) => opensslServer(port, cert, key, "-tls1_3"),
    text: "protocol_version (TLSv1.2 is enabled here)",
  },
  {
    title: "gnutls of TLS 1.2, 1.3 alone here",
    change: tls13,
    command: (port, { cert, key }) =>
      gnutlsServer(port, cert, key, "NORMAL:-VERS-ALL:+VERS-TLS1.2"),
    text: "handshake_failure (this client offers TLSv1.3 with 3 of the ",
  },
  {
    title: "openssl with AES-CBC alone",
    command: (port, { cert, key }) =>
      opensslServer(port, cert, key, "-tls1_2", "-cipher", "ECDHE+AES+SHA1"),
    text: 'sslv3 alert handshake failure: the peer closed the connection with an alert: handshake_failure (this client offers TLSv1.3 and TLSv1.2 with 9 of the 75 cipher suites, 5 of the 15 groups and 13 of the 19 signature schemes that it knows); setCiphers("ALL"), setGroups() and signatureAlgorithms can offer more',
  },
  {
    title: "openssl with other protocols",
    change: (context) => {
      context.setAlpnProtocols(["h2", "http/1.1"]);
    },
    command: (port, { cert, key }) =>
      opensslServer(port, cert, key, "-alpn", "imap"),
    text: 'tlsv1 alert no application protocol: the peer closed the connection with an alert: no_application_protocol (this client offers "h2" and "http/1.1")',
  },
];

function opensslServer(
  port: number,
  cert: string,
  key: string,
  ...more: readonly string[]
): readonly string[] {
  return [
    ...["openssl", "s_server", "-accept", `127.0.0.1:${String(port)}`],
    ...["-cert", cert, "-key", key, ...more],
  ];
}

function gnutlsServer(
  port: number,
  cert: string,
  key: string,
  priority: string,
): readonly string[] {
  return [
    ...["gnutls-serv", "--echo", "-p", String(port), "--priority", priority],
    ...["--x509certfile", cert, "--x509keyfile", key],
  ];
}

function spawned([program = "", ...rest]: readonly string[]): PeerProcess {
  return new PeerProcess(program, rest, "log");
}

const available = (command: readonly string[]): boolean =>
  command[0] === "openssl" || hasGnutls;
const hasGnutls = !(
  "missing" in
  probe({
    source: "Debian package gnutls-bin",
    programs: [["gnutls-cli", "--version"]],
  })
);

const found = probe({
  source: "Debian package openssl",
  programs: [["openssl", "version"]],
});

describeProgram("openssl", "refusals, with openssl", found, () => {
  const certificates = useCertificates();

  function serverContext(
    identity: keyof ReturnType<typeof certificates>["server"],
  ) {
    const { cert, key } = certificates().server[identity];
    const context = new SSLContext("tlsServer");
    context.loadCertChain({
      cert: readFileSync(cert),
      key: readFileSync(key),
    });
    return context;
  }

  /** The error that a server's program gets for a client, in the handshake or after. */
  async function serverError(
    context: SSLContext,
    command: (port: number) => readonly string[],
    talk?: (peer: PeerProcess, socket: SSLSocket) => Promise<unknown>,
  ): Promise<string> {
    let told: (error: unknown) => void = () => undefined;
    const failed = new Promise<unknown>((resolve) => {
      told = resolve;
    });
    const server = await serve({ context, onHandshakeError: told });
    try {
      const peer = spawned(command(server.port));
      const accepted = server
        .accept()
        .then(({ socket }) => talk?.(peer, socket));
      accepted.catch(told);
      return String(await failed);
    } finally {
      await server.close();
    }
  }

  describe("a server reports the reason", () => {
    for (const {
      title,
      change = nothing,
      identity,
      command,
      text,
    } of ROWS_SERVER)
      it.skipIf(!available(command(0)))(title, async () => {
        const context = serverContext(identity ?? "RSA");
        change(context);
        expect(await serverError(context, command)).toContain(text);
      });
  });

  describe("a client reports the reason", () => {
    for (const { title, change = nothing, command, text } of ROWS_CLIENT)
      it.skipIf(!available(command(0, { cert: "", key: "" })))(
        title,
        async () => {
          const { ca, server: identities } = certificates();
          const { server, port } = await startServer((free) =>
            spawned(command(free, identities.RSA)),
          );
          const context = new SSLContext();
          context.loadVerifyLocations({ ca: readFileSync(ca) });
          change(context);
          const error: unknown = await connect({
            ...{ context, host: "127.0.0.1", port, timeout: 20_000 },
          }).catch((thrown: unknown) => thrown);
          server.kill();
          expect(String(error)).toContain(text);
        },
      );
  });

  describe("a refused renegotiation is named", () => {
    const WHY =
      "(it asked to renegotiate before, which puretls always refuses)";

    it("openssl's client", async () => {
      const context = serverContext("RSA");
      const error = await serverError(
        context,
        (port) => openssl(port, "-tls1_2"),
        async (peer, socket) => {
          await peer.logged(/Verify return code/);
          peer.write("R\n");
          while ((await socket.recv()).length > 0);
        },
      );
      expect(error).toContain(
        `[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure: the peer closed the connection with an alert: handshake_failure ${WHY}`,
      );
    });

    it.skipIf(!hasGnutls)(
      "gnutls's client, which asks again and again",
      async () => {
        const error = await serverError(
          serverContext("RSA"),
          (port) => [
            ...[
              "gnutls-cli",
              "--rehandshake",
              "--insecure",
              "-p",
              String(port),
            ],
            ...["--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.2", "127.0.0.1"],
          ],
          async (_peer, socket) => {
            for (;;)
              if ((await socket.recv()).length === 0) throw new Error("closed");
          },
        );
        expect(error).toContain(
          "[SSL: NO_RENEGOTIATION] no renegotiation: the peer asked to renegotiate too often without application data in between (17 requests; puretls refuses each)",
        );
      },
    );

    it("openssl's server", async () => {
      const { ca, server: identities } = certificates();
      const { cert, key } = identities.RSA;
      const { server, port } = await startServer((free) =>
        spawned(opensslServer(free, cert, key, "-tls1_2")),
      );
      const context = new SSLContext();
      context.loadVerifyLocations({ ca: readFileSync(ca) });
      const socket = await connect({ context, host: "127.0.0.1", port });
      server.write("R\n");
      const error: unknown = await (async () => {
        while ((await socket.recv()).length > 0);
      })().catch((thrown: unknown) => thrown);
      expect(String(error)).toContain(
        `sslv3 alert handshake failure: the peer closed the connection with an alert: handshake_failure ${WHY}`,
      );
    });
  });
});
