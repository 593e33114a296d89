/**
 * What must not compile: each `@ts-expect-error` below is a guarantee of the
 * machine, and an error of its own as soon as the compiler lets it pass.
 */
import { describe, it } from "vitest";
import type { Secret } from "../../src/bytes.ts";
import type { HashAlgorithm } from "../../src/crypto/provider.ts";
import type {
  VerifiedFinished,
  VerifiedSignature,
} from "../../src/handshake/authentication.ts";
import { client13 } from "../../src/handshake/client/tls13.ts";
import type {
  Client13State,
  ClientConnected,
  WaitCertificateVerify,
  WaitEncryptedExtensions,
  WaitFinished,
  WaitVerifier,
} from "../../src/handshake/client/states.ts";
import type { HandshakeIo } from "../../src/handshake/io.ts";
import {
  earlySecret,
  type HandshakeSecret,
  type MasterSecret,
} from "../../src/handshake/key-schedule13.ts";
import type { Transitions } from "../../src/handshake/machine.ts";
import type { Certificate13 } from "../../src/handshake/messages/certificate13.ts";
import type { EncryptedExtensions } from "../../src/handshake/messages/encrypted-extensions.ts";
import type { Finished } from "../../src/handshake/messages/finished.ts";
import type { WaitFinished as ServerWaitFinished } from "../../src/handshake/server/states.ts";
import type { Certificate } from "../../src/x509/index.ts";
import type { VerifiedChain } from "../../src/x509/verifier.ts";

declare const waitEncryptedExtensions: WaitEncryptedExtensions;
declare const waitCertificateVerify: WaitCertificateVerify;
declare const waitVerifier: WaitVerifier;
declare const waitFinished: WaitFinished;
declare const serverWaitFinished: ServerWaitFinished;
declare const connected: ClientConnected;
declare const leaf: Certificate;
declare const hash: HashAlgorithm;
declare const shared: Secret;
declare const digest: Uint8Array;

describe("the table", () => {
  it("takes its own handlers", () => {
    const table: Transitions<Client13State> = { ...client13 };
    void table;
  });

  it("wants a row for every state", () => {
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
    void [chain, signature, finished];
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
  it("goes from early to handshake to master", () => {
    const handshake: HandshakeSecret =
      earlySecret(hash).handshakeSecret(shared);
    const master: MasterSecret = handshake.masterSecret();
    void master.clientApplicationTraffic(digest);
  });

  it("does not go any other way", () => {
    const early = earlySecret(hash);
    // @ts-expect-error no master secret without a handshake secret
    void early.masterSecret();
    // @ts-expect-error application keys come from the master secret
    void early.handshakeSecret(shared).clientApplicationTraffic(digest);
    // @ts-expect-error handshake keys do not come from the early secret
    void early.clientHandshakeTraffic(digest);
    // @ts-expect-error an early secret is no handshake secret
    const handshake: HandshakeSecret = early;
    // @ts-expect-error a handshake secret is no master secret
    const master: MasterSecret = handshake;
    void master;
  });
});
