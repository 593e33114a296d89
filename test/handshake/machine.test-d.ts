/**
 * Code that must not compile: each `@ts-expect-error` below is a guarantee of
 * the machine, and an error of its own as soon as the compiler accepts the line
 * after it.
 */
import { RAISE_NEED } from "../../src/promises.ts";
import { describe, it } from "vitest";
import type { Parts } from "../../src/engine/parts.ts";
import { ownAnswer } from "../../src/engine/needs.ts";
import type { AuthenticatedPeer } from "../../src/handshake/authentication/authenticated-peer.ts";
import type {
  Anonymous,
  ClientAuthentication,
} from "../../src/handshake/config/client-authentication.ts";
import type { ServerConfig } from "../../src/handshake/config/config.ts";
import type { Secret } from "../../src/bytes.ts";
import type { HashAlgorithm } from "../../src/crypto/provider.ts";
import type {
  VerifiedFinished,
  VerifiedSignature,
} from "../../src/handshake/authentication/signatures-and-finished.ts";
import { client13 } from "../../src/handshake/client/tls13/machine.ts";
import type {
  Client13State,
  ClientConnected,
  WaitCertificateVerify,
  WaitEncryptedExtensions,
  WaitFinished,
  WaitVerifier,
} from "../../src/handshake/client/states.ts";
import type { ClientConnected12 } from "../../src/handshake/client/tls12/states.ts";
import type { ServerConnected12 } from "../../src/handshake/server/tls12/states.ts";
import type { HandshakeIo } from "../../src/handshake/machine/io.ts";
import {
  earlySecret,
  type HandshakeSecret,
  type MainSecret,
} from "../../src/handshake/keys/key-schedule13.ts";
import type { Transitions } from "../../src/handshake/machine/transitions.ts";
import type { Certificate13 } from "../../src/handshake/messages/certificate13.ts";
import type { EncryptedExtensions } from "../../src/handshake/messages/encrypted-extensions.ts";
import type { Finished } from "../../src/handshake/messages/finished.ts";
import type { ChosenPsk } from "../../src/handshake/sessions/psk.ts";
import { server13 } from "../../src/handshake/server/tls13/machine.ts";
import type {
  Server13State,
  ServerConnected,
  WaitCertificate as ServerWaitCertificate,
  WaitFinished as ServerWaitFinished,
} from "../../src/handshake/server/states.ts";
import type { Certificate } from "../../src/x509/index.ts";
import type { VerifiedChain } from "../../src/x509/verifier.ts";

declare const waitEncryptedExtensions: WaitEncryptedExtensions;
declare const waitCertificateVerify: WaitCertificateVerify;
declare const waitVerifier: WaitVerifier;
declare const waitFinished: WaitFinished;
declare const serverWaitFinished: ServerWaitFinished;
declare const connected: ClientConnected;
declare const serverConnected: ServerConnected;
declare const serverWaitCertificate: ServerWaitCertificate;
declare const serverConfig: ServerConfig;
declare const parts: Parts;
declare const connected12: ClientConnected12;
declare const serverConnected12: ServerConnected12;
declare const likePsk: Pick<ChosenPsk, "psk" | "index" | "under">;
declare const leaf: Certificate;
declare const hash: HashAlgorithm;
declare const shared: Secret;
declare const digest: Uint8Array;

describe("the table", () => {
  it("accepts its own handlers", () => {
    const table: Transitions<Client13State> = { ...client13 };
    void table;
  });

  it("needs a row for every state", () => {
    const { WAIT_CV: _missing, ...rest } = client13;
    // @ts-expect-error the row WAIT_CV is missing
    const table: Transitions<Client13State> = rest;
    void table;
  });

  it("has no rows but those of its states", () => {
    const table: Transitions<Client13State> = {
      ...client13,
      // @ts-expect-error WAIT_FLIGHT2 is a state of servers
      WAIT_FLIGHT2: {},
    };
    void table;
  });

  it("rejects a handler of another state", () => {
    const onFinished = (state: WaitFinished): Client13State => state;
    const table: Transitions<Client13State> = {
      ...client13,
      // @ts-expect-error in WAIT_EE the state is not a WaitFinished
      WAIT_EE: { encrypted_extensions: onFinished },
    };
    void table;
  });

  it("rejects a handler of another message", () => {
    const onCertificate = (
      state: WaitEncryptedExtensions,
      _message: Certificate13,
    ): Client13State => state;
    const table: Transitions<Client13State> = {
      ...client13,
      // @ts-expect-error an EncryptedExtensions is no Certificate
      WAIT_EE: { encrypted_extensions: onCertificate },
    };
    void table;
  });

  it("rejects a message that does not exist", () => {
    const on = (state: WaitEncryptedExtensions): Client13State => state;
    const table: Transitions<Client13State> = {
      ...client13,
      // @ts-expect-error there is no such message
      WAIT_EE: { encrypted_extension: on },
    };
    void table;
  });

  it("rejects a handler that goes to the other role", () => {
    const toServer = (
      _state: WaitEncryptedExtensions,
      _message: EncryptedExtensions,
      _io: HandshakeIo,
    ) => serverWaitFinished;
    const table: Transitions<Client13State> = {
      ...client13,
      // @ts-expect-error a client never becomes a server
      WAIT_EE: { encrypted_extensions: toServer },
    };
    void table;
  });
});

describe("a state that waits", () => {
  it("has the cell of its answer", () => {
    const table: Transitions<Server13State> = {
      ...server13,
      // @ts-expect-error nobody would ever answer
      WAIT_VERIFIER: {},
    };
    void table;
  });

  it("is answered by its own config and no other", () => {
    void ownAnswer(waitVerifier, waitVerifier.need);
    // @ts-expect-error a config alone is no state that waits
    void ownAnswer(serverConfig, waitVerifier.need);
    // @ts-expect-error nor is what the engine keeps
    void ownAnswer(parts, waitVerifier.need);
    // @ts-expect-error and that has no verifier
    void parts.environment.verifier;
    // @ts-expect-error nor client authentication
    void parts.environment.clientAuthentication;
  });
});

describe("a config", () => {
  it("is made by its factory only", () => {
    // @ts-expect-error a copy of a config is none
    const copy: ServerConfig = { ...serverConfig, alpnProtocols: [] };
    void copy;
  });

  it("says whether a certificate is required wherever it asks for one", () => {
    // @ts-expect-error "later" cannot be said by forgetting "required"
    const lost: ClientAuthentication = {
      ask: "afterHandshake",
      verifier: RAISE_NEED,
    };
    // @ts-expect-error and no request is made without a verifier
    const blind: ClientAuthentication = { ask: "inHandshake", required: true };
    void [lost, blind];
  });
});

describe("proofs", () => {
  it("are not made by hand", () => {
    const lookAlike = {
      leaf,
      received: [leaf],
      path: [leaf],
      verified: true,
    };
    // @ts-expect-error only a verifier makes a VerifiedChain
    const chain: VerifiedChain = lookAlike;
    // @ts-expect-error only verifyCertificateVerify makes a VerifiedSignature
    const signature: VerifiedSignature = { scheme: "ed25519" };
    // @ts-expect-error only verifyFinished makes a VerifiedFinished
    const finished: VerifiedFinished = {};
    // @ts-expect-error only a binder or an accepted offer makes a ChosenPsk
    const psk: ChosenPsk = likePsk;
    void [chain, signature, finished, psk];
  });

  it("make it impossible to skip CertificateVerify", () => {
    const { peerChain: _chain, ...rest } = waitCertificateVerify;
    // @ts-expect-error without a VerifiedSignature there is no WAIT_VERIFIER
    const next: WaitVerifier = {
      ...rest,
      at: "WAIT_VERIFIER",
      need: waitVerifier.need,
    };
    // @ts-expect-error and without both proofs no WAIT_FINISHED
    const later: WaitFinished = { ...rest, at: "WAIT_FINISHED" };
    void [next, later];
  });

  it("make it impossible to skip the verifier", () => {
    const { need: _need, signature, ...rest } = waitVerifier;
    const later: WaitFinished = {
      ...rest,
      at: "WAIT_FINISHED",
      // @ts-expect-error the chain is missing
      peer: { signature },
    };
    void later;
  });

  it("are joined in one place", () => {
    const { signature } = waitVerifier;
    // @ts-expect-error two proofs side by side may be of two peers
    const mixed: AuthenticatedPeer = { chain: leaf, possession: signature };
    // @ts-expect-error and only the policy lets a client stay anonymous
    const anonymous: Anonymous = {};
    void [mixed, anonymous];
  });

  it("make it impossible to connect without an authenticated peer", () => {
    const { peer: _peer, ...nobody } = connected;
    // @ts-expect-error a client is connected to a server that it knows
    const client: ClientConnected = nobody;
    const { peer: _client, ...anyone } = serverConnected;
    // @ts-expect-error a server to a client that it knows, or need not know
    const server: ServerConnected = anyone;
    // @ts-expect-error WAIT_CERT leads nowhere without a Certificate
    const skipped: ServerWaitFinished = {
      ...serverWaitCertificate,
      at: "WAIT_FINISHED",
    };
    void [client, server, skipped];
  });

  it("are carried by connections of TLS 1.2 too", () => {
    const { peer: _server, ...unknown } = connected12;
    // @ts-expect-error a client is connected to a server that it knows
    const client: ClientConnected12 = unknown;
    const { peer: _client, ...anyone } = serverConnected12;
    // @ts-expect-error a server to a client that it knows, or need not know
    const server: ServerConnected12 = anyone;
    const psk: ClientConnected12 = {
      ...connected12,
      // @ts-expect-error an identity alone is no key that this side has
      peer: { by: "psk", identity: new Uint8Array() },
    };
    const nobody: ServerConnected12 = {
      ...serverConnected12,
      // @ts-expect-error and anonymity needs the policy's word
      peer: { by: "nothing" },
    };
    void [client, server, psk, nobody];
  });

  it("cannot be those of the other direction", () => {
    const { readSecret, writeSecret, finished } = connected;
    const swapped: ClientConnected = {
      ...connected,
      // @ts-expect-error the client does not read what it wrote
      readSecret: writeSecret,
      // @ts-expect-error nor write under the server's keys
      writeSecret: readSecret,
    };
    const own: ServerConnected = {
      ...serverConnected,
      // @ts-expect-error the server's own Finished proves nothing about a client
      finished,
    };
    void [swapped, own];
  });

  it("make it impossible to skip Finished", () => {
    const { finished: _finished, ...rest } = connected;
    // @ts-expect-error without a VerifiedFinished nobody is connected
    const early: ClientConnected = { ...rest };
    void early;
  });

  it("let a handler use what its state knows, and no more", () => {
    const handler = (state: WaitFinished, _message: Finished) => state.peer;
    void handler;
    // @ts-expect-error WAIT_EE knows no peer yet
    void waitEncryptedExtensions.peer;
    if ("chain" in waitFinished.peer) void waitFinished.peer.chain;
  });
});

describe("the key schedule", () => {
  it("goes from early to handshake to main", () => {
    const handshake: HandshakeSecret =
      earlySecret(hash).handshakeSecret(shared);
    const main: MainSecret = handshake.mainSecret();
    void main.clientApplicationTraffic(digest);
  });

  it("does not go any other way", () => {
    const early = earlySecret(hash);
    // @ts-expect-error no main secret without a handshake secret
    void early.mainSecret();
    // @ts-expect-error application keys come from the main secret
    void early.handshakeSecret(shared).clientApplicationTraffic(digest);
    // @ts-expect-error handshake keys do not come from the early secret
    void early.clientHandshakeTraffic(digest);
    // @ts-expect-error an early secret is no handshake secret
    const handshake: HandshakeSecret = early;
    // @ts-expect-error a handshake secret is no main secret
    const main: MainSecret = handshake;
    void main;
  });
});
