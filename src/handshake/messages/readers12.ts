/** The messages of TLS 1.2 behind the hellos that either side takes. */
import { readCertificate12 } from "./certificate12.ts";
import { readCertificateRequest12 } from "./certificate-request12.ts";
import { readCertificateVerify } from "./certificate-verify.ts";
import { readClientHello } from "./client-hello.ts";
import { readClientKeyExchange } from "./client-key-exchange.ts";
import type { RawMessage } from "./codec.ts";
import { readFinished } from "./finished.ts";
import { readHelloRequest, readServerHelloDone } from "./without-content.ts";
import { readNewSessionTicket12 } from "./new-session-ticket12.ts";
import { readServerKeyExchange } from "./server-key-exchange.ts";

export const CLIENT_READERS_12 = {
  hello_request: readHelloRequest,
  certificate: readCertificate12,
  /** Left raw: the stapling feature reads its body. */
  certificate_status: (message: RawMessage): RawMessage => message,
  server_key_exchange: readServerKeyExchange,
  certificate_request: readCertificateRequest12,
  server_hello_done: readServerHelloDone,
  new_session_ticket: readNewSessionTicket12,
  finished: readFinished,
};

export const SERVER_READERS_12 = {
  client_hello: readClientHello,
  certificate: readCertificate12,
  client_key_exchange: readClientKeyExchange,
  certificate_verify: readCertificateVerify,
  finished: readFinished,
};
