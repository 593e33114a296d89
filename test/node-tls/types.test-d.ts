/** Types of puretls/node-tls beside those of node:tls. */
import type { Server as netServer } from "node:net";
import type * as nodeTls from "node:tls";
import { expectTypeOf, test } from "vitest";
import type * as ours from "../../src/node-tls/index.ts";

type Theirs = typeof nodeTls;
type Own = typeof ours;

test("constants and functions without sockets are Node's", () => {
  type Simple =
    | "CLIENT_RENEG_LIMIT"
    | "CLIENT_RENEG_WINDOW"
    | "checkServerIdentity"
    | "createSecureContext"
    | "getCiphers"
    | "rootCertificates";
  expectTypeOf<Pick<Own, Simple>>().toExtend<Pick<Theirs, Simple>>();
});

test("options that Node takes are taken", () => {
  expectTypeOf<
    Omit<nodeTls.SecureContextOptions, "ALPNCallback">
  >().toExtend<ours.SecureContextOptions>();
  expectTypeOf<nodeTls.TlsOptions>().toExtend<ours.TlsOptions>();
  expectTypeOf<
    Omit<nodeTls.ConnectionOptions, "secureContext">
  >().toExtend<ours.ConnectionOptions>();
});

test("callbacks in options have Node's parameters", () => {
  type Parts<Options, Name extends keyof Options> = Parameters<
    Extract<Options[Name], (...given: never[]) => unknown>
  >;
  type Options = nodeTls.TlsOptions;
  expectTypeOf<Parts<ours.TlsOptions, "ALPNCallback">>().toEqualTypeOf<
    Parts<Options, "ALPNCallback">
  >();
  expectTypeOf<Parts<ours.TlsOptions, "SNICallback">>().toEqualTypeOf<
    Parts<Options, "SNICallback">
  >();
  expectTypeOf<Parts<ours.TlsOptions, "pskCallback">>().toEqualTypeOf<
    Parts<Options, "pskCallback">
  >();
  expectTypeOf<Parts<ours.TLSSocketOptions, "SNICallback">>().toEqualTypeOf<
    Parts<nodeTls.TlsOptions, "SNICallback">
  >();
  expectTypeOf<Parts<ours.TLSSocketOptions, "ALPNCallback">>().toEqualTypeOf<
    Parts<nodeTls.TlsOptions, "ALPNCallback">
  >();
  expectTypeOf<Parts<ours.ConnectionOptions, "pskCallback">>().toEqualTypeOf<
    Parts<nodeTls.ConnectionOptions, "pskCallback">
  >();
});

test("a program writes callbacks without types", () => {
  const context = {} as ReturnType<Own["createSecureContext"]>;
  const server = {
    SNICallback(name, done) {
      expectTypeOf(name).toEqualTypeOf<string>();
      done(null, context);
    },
    ALPNCallback: ({ protocols }) => protocols[0],
    pskCallback: (socket, identity) => {
      expectTypeOf(socket.encrypted).toExtend<boolean>();
      return Buffer.from(identity);
    },
  } satisfies ours.TlsOptions;
  const client = {
    pskCallback: (hint) => ({ psk: Buffer.alloc(32), identity: hint ?? "a" }),
  } satisfies ours.ConnectionOptions;
  expectTypeOf(server).toExtend<ours.TLSSocketOptions>();
  expectTypeOf(client).toExtend<ours.TLSSocketOptions>();
});

test("types of node:tls are exported", () => {
  expectTypeOf<ours.SecureContext>().toEqualTypeOf<nodeTls.SecureContext>();
  expectTypeOf<ours.PeerCertificate>().toEqualTypeOf<nodeTls.PeerCertificate>();
  expectTypeOf<ours.DetailedPeerCertificate>().toEqualTypeOf<nodeTls.DetailedPeerCertificate>();
  expectTypeOf<ours.CipherNameAndProtocol>().toEqualTypeOf<nodeTls.CipherNameAndProtocol>();
  expectTypeOf<ours.EphemeralKeyInfo>().toEqualTypeOf<nodeTls.EphemeralKeyInfo>();
  expectTypeOf<ours.PSKCallbackNegotation>().toEqualTypeOf<nodeTls.PSKCallbackNegotation>();
});

test("a socket answers as Node's does", () => {
  type Answers =
    | "authorized"
    | "encrypted"
    | "getCipher"
    | "getPeerCertificate"
    | "getPeerX509Certificate"
    | "getX509Certificate"
    | "getProtocol"
    | "getSharedSigalgs"
    | "isSessionReused"
    | "setMaxSendFragment"
    | "disableRenegotiation"
    | "enableTrace"
    | "remoteAddress";
  type Picked = Pick<ours.TLSSocket, Answers>;
  expectTypeOf<Picked>().toExtend<Pick<nodeTls.TLSSocket, Answers>>();
  expectTypeOf<ReturnType<ours.TLSSocket["getSession"]>>().toExtend<
    Buffer | undefined
  >();
  expectTypeOf<ours.TLSSocket["alpnProtocol"]>().toExtend<
    string | false | null
  >();
});

test("a server has Node's methods, and is a server of node:net", () => {
  expectTypeOf<ours.Server>().toExtend<netServer>();
  expectTypeOf<ours.Server["setTicketKeys"]>().toExtend<
    nodeTls.Server["setTicketKeys"]
  >();
  expectTypeOf<ReturnType<ours.Server["getTicketKeys"]>>().toExtend<Buffer>();
});
