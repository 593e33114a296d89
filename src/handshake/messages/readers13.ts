/** The messages of TLS 1.3 that either side takes, each with its parser. */
import { readCertificate13 } from "./certificate13.ts";
import { readCertificateRequest13 } from "./certificate-request13.ts";
import { readCertificateVerify } from "./certificate-verify.ts";
import { readClientHello } from "./client-hello.ts";
import { readEncryptedExtensions } from "./encrypted-extensions.ts";
import { readEndOfEarlyData } from "./without-content.ts";
import { readFinished } from "./finished.ts";
import { readKeyUpdate } from "./key-update.ts";
import { readNewSessionTicket13 } from "./new-session-ticket13.ts";
import { readServerHello } from "./server-hello.ts";

/** Readers of the messages that a client accepts, the hellos of TLS 1.2 too. */
export const CLIENT_READERS_13 = {
  server_hello: readServerHello,
  encrypted_extensions: readEncryptedExtensions,
  certificate_request: readCertificateRequest13,
  certificate: readCertificate13,
  certificate_verify: readCertificateVerify,
  finished: readFinished,
  new_session_ticket: readNewSessionTicket13,
  key_update: readKeyUpdate,
};

/** Readers of the messages that a server accepts, the hello of TLS 1.2 too. */
export const SERVER_READERS_13 = {
  client_hello: readClientHello,
  certificate: readCertificate13,
  certificate_verify: readCertificateVerify,
  finished: readFinished,
  end_of_early_data: readEndOfEarlyData,
  key_update: readKeyUpdate,
};
