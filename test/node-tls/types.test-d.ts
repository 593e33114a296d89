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
