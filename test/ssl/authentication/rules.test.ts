/** Callbacks that choose rules, late or twice, and what is in force of them. */
import { describe, expect, it } from "vitest";
import {
  type PeerVerifier,
  type SniCallback,
  type SSLContext,
  SSLError,
} from "../../../src/index.ts";
import {
  type CertificateVerifier,
  createVerifier,
  TrustStore,
  type VerifiedChain,
} from "../../../src/x509/index.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import { testAuthority, testServer } from "../../support/pki.ts";
import {
  ascii,
  authenticatedClient,
  BioPair,
  clientContext,
  readyPair,
  rejection,
  serverContext,
  socketPair,
  sslError,
  thrown,
} from "../support.ts";

const trusting = (): CertificateVerifier =>
  createVerifier({
    provider: noble,
    trustStore: TrustStore.of(testAuthority().der),
  });
const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;

describe.each(VERSIONS)("in %s", (version) => {
  const limited = (context: SSLContext): SSLContext => {
    context.minimumVersion = version;
    context.maximumVersion = version;
    return context;
  };
  const listening = (sniCallback: SniCallback): SSLContext =>
    limited(serverContext({ sniCallback }));
  const required = (): SSLContext =>
    limited(
      serverContext({
        verifyMode: "required",
        verifyLocations: { ca: testAuthority().pem },
      }),
    );

  it("a session of CERT_NONE proves nothing to the verifier of CERT_REQUIRED", async () => {
    let asked = 0;
    const verifier: PeerVerifier = {
      verify: () => {
        asked++;
        throw new Error("nobody is believed");
      },
    };
    const client = limited(
      clientContext({ checkHostname: false, verifyMode: "none", verifier }),
    );
    const server = limited(serverContext());
    const first = await readyPair({ client, server });
    await first.server.sendAll(ascii("x"));
    await first.client.recv();
    const { session } = first.client;
    expect(asked).toBe(0);
    client.verifyMode = "required";
    const again = socketPair({ client, server, clientOptions: { session } });
    again.server.ready.catch(() => undefined);
    expect(await rejection(again.client.ready)).toBeInstanceOf(SSLError);
    expect(asked).toBeGreaterThan(0);
  });

  it("the context that an SNI callback sets last is the one in force", () => {
    const server = listening((connection) => {
      connection.context = limited(serverContext());
      connection.context = required();
    });
    const pair = new BioPair(limited(clientContext()), server);
    expect(thrown(() => pair.handshake())).toBeInstanceOf(SSLError);
    expect(pair.server.handshakeDone).toBe(false);
    const known = new BioPair(limited(authenticatedClient()), server);
    expect(known.handshake().server.getVerifiedChain()).not.toEqual([]);
  });

  it("a callback that sets a context and throws accepts no client", () => {
    const server = listening((connection) => {
      connection.context = limited(serverContext());
      throw new Error("no");
    });
    const pair = new BioPair(limited(clientContext()), server);
    pair.client.tryHandshake();
    pair.exchange();
    const error = sslError(() => {
      pair.server.doHandshake();
    });
    expect(error.reason).toBe("CALLBACK_FAILED");
    expect(error.alert).toMatchObject({ description: 40 });
  });

  it("a context for clients is no server's, whatever its mode", () => {
    for (const verifyMode of ["none", "required"] as const) {
      const { certificatePem: cert, keyPem: key } = testServer();
      const chosen = clientContext({
        checkHostname: false,
        verifyMode,
        certChain: { cert, key },
      });
      const pair = new BioPair(
        limited(clientContext()),
        listening(() => ({ context: chosen })),
      );
      pair.client.tryHandshake();
      pair.exchange();
      const error = sslError(() => {
        pair.server.doHandshake();
      });
      expect(error.reason).toBe("CALLBACK_FAILED");
      expect(String(error.cause)).toContain("PROTOCOL_TLS_CLIENT");
    }
  });

  it("a context that is set while alpnCallback waits is not in force", async () => {
    let choose: (name: string) => void = () => undefined;
    const server = required();
    server.alpnCallback = () =>
      new Promise((resolve) => {
        choose = resolve;
      });
    const client = limited(clientContext({ alpnProtocols: ["a"] }));
    const pair = new BioPair(client, server);
    pair.client.tryHandshake();
    pair.exchange();
    expect(pair.server.tryHandshake()).toBe("wantAsync");
    pair.server.context = limited(serverContext());
    choose("a");
    await pair.server.settle();
    expect(thrown(() => pair.handshake())).toBeInstanceOf(SSLError);
    expect(pair.server.handshakeDone).toBe(false);
  });

  it("sharedCiphers() are those of the chosen context", () => {
    const chosen = limited(serverContext());
    const wanted =
      version === "TLSv1.2"
        ? "ECDHE-ECDSA-CHACHA20-POLY1305"
        : "TLS_CHACHA20_POLY1305_SHA256";
    if (version === "TLSv1.2") chosen.setCiphers(wanted);
    else chosen.setCiphersuites(wanted);
    const server = listening(() => ({ context: chosen }));
    const pair = new BioPair(limited(clientContext()), server).handshake();
    const names = pair.server.sharedCiphers()?.map(({ name }) => name);
    expect(names).toEqual([wanted]);
  });

  it("a verifier's late proof of another peer is refused", async () => {
    const { certificatePem: cert, keyPem: key } = testServer("ed25519");
    let kept: VerifiedChain | undefined;
    const judge = trusting();
    const client = limited(
      clientContext({
        verifier: {
          verify: (peer, at) =>
            Promise.resolve().then(() => (kept ??= judge.verify(peer, at))),
        },
      }),
    );
    await readyPair({ client, server: limited(serverContext()) });
    const other = limited(serverContext({ certChain: { cert, key } }));
    const pair = socketPair({ client, server: other });
    pair.server.ready.catch(() => undefined);
    expect(await rejection(pair.client.ready)).toMatchObject({
      reason: "CALLBACK_FAILED",
    });
    expect(pair.client.handshakeDone).toBe(false);
  });

  it("a verifier that answers when the connection is gone changes nothing", async () => {
    let answer: (chain: VerifiedChain) => void = () => undefined;
    let proof: VerifiedChain | undefined;
    const judge = trusting();
    const client = limited(
      clientContext({
        verifier: {
          verify: (peer, at) => {
            proof = judge.verify(peer, at);
            return new Promise((resolve) => {
              answer = resolve;
            });
          },
        },
      }),
    );
    const pair = socketPair({ client, server: limited(serverContext()) });
    pair.server.ready.catch(() => undefined);
    const ended = rejection(pair.client.ready);
    while (proof === undefined) await new Promise(setImmediate);
    pair.client.destroy(new Error("gone"));
    answer(proof);
    expect(await ended).toBeInstanceOf(Error);
    await new Promise(setImmediate);
    expect(await rejection(pair.client.recv())).toMatchObject({
      message: "gone",
    });
  });
});

describe("after the handshake", () => {
  const asking = (): SSLContext =>
    serverContext({
      verifyMode: "required",
      verifyLocations: { ca: testAuthority().pem },
      postHandshakeAuth: true,
    });
  const offering = (): SSLContext => {
    const client = authenticatedClient();
    client.postHandshakeAuth = true;
    return client;
  };
  const move = (pair: BioPair): void => {
    pair.exchange();
    thrown(() => pair.client.read());
    pair.exchange();
  };

  it("another context changes neither the mode nor the verifier", () => {
    const pair = new BioPair(offering(), asking()).handshake();
    pair.server.context = serverContext({
      verifyMode: "optional",
      verifier: {
        verify: () => {
          throw new Error("not in force");
        },
      },
    });
    pair.server.verifyClientPostHandshake();
    move(pair);
    thrown(() => pair.server.read());
    expect(pair.server.postHandshakeAuthOutcome).toBe("authenticated");
    expect(pair.server.getVerifiedChain()).not.toEqual([]);
  });

  it("a mode that is set later requests nothing, and throws an SSLError", () => {
    const server = serverContext({ postHandshakeAuth: true });
    const pair = new BioPair(offering(), server).handshake();
    server.verifyMode = "required";
    expect(
      sslError(() => {
        pair.server.verifyClientPostHandshake();
      }).reason,
    ).toBe("INVALID_CONFIG");
  });

  it("no certificate counts beside an external PSK, resumed or not", () => {
    const server = asking();
    server.verifyMode = "optional";
    const client = offering();
    const key = new Uint8Array(32).fill(7);
    client.setPskClientCallback(() => ({ identity: "me", key }));
    server.setPskServerCallback(() => key);
    let session: BioPair["client"]["session"] = null;
    for (const resumed of [false, true]) {
      const pair = new BioPair(client, server);
      if (session !== null) pair.client.session = session;
      pair.handshake();
      expect(pair.server.sessionReused).toBe(resumed);
      expect(
        sslError(() => {
          pair.server.verifyClientPostHandshake();
        }).reason,
      ).toBe("INVALID_CONFIG");
      thrown(() => pair.client.read());
      session = pair.client.session;
    }
  });
});
