/** The extensions that TLS 1.2 alone has a use for. */
import { NO_BYTES } from "../../bytes.ts";
import { TlsError } from "../../errors.ts";
import { isElliptic } from "./key-exchange.ts";
import { extensionsOf13 } from "./rows13.ts";
import {
  type Agreed,
  type BodyCodec,
  type ExtensionSpec,
  carriedAs,
  emptyBody,
  opaqueBody,
  u8ListBody,
} from "./spec.ts";
import type { ExtensionTable } from "./table.ts";
import type { CipherSuite } from "../registries/cipher-suites.ts";
import * as reason from "../../reasons.ts";
import { CipherSuiteSignal, ExtensionType } from "../../wire/code-points.ts";

/** RFC 7627 5.1, for TLS 1.2. */
const extendedMainSecret: ExtensionSpec = {
  name: "extended_main_secret",
  type: ExtensionType.extended_main_secret,
  carriers: {
    client_hello: carriedAs("extended_main_secret", emptyBody),
    server_hello12: carriedAs("extended_main_secret", emptyBody),
  },
  // [7627-5.2-01] [7627-5.3-03]
  offer: ({ config }, into) => {
    if (config.versions.includes("TLSv1.2")) into.extended_main_secret = true;
  },
  answer: ({ config, hello: { extensions } }, into, agreed) => {
    const { extended_main_secret: offered = false } = extensions;
    settle(offered, config, agreed);
    // [7627-5.2-02] [7627-5.2-04] [7627-5.3-08]
    if (offered) into.extended_main_secret = true;
  },
  agree: ({ extended_main_secret: said = false }, { config }, agreed) => {
    settle(said, config, agreed);
  },
};

function settle(
  both: boolean,
  config: { readonly requireExtendedMainSecret: boolean },
  agreed: Agreed,
): void {
  if (!both && config.requireExtendedMainSecret)
    throw new TlsError(reason.extended_main_secret_missing);
  agreed.extendedMainSecret = both;
}

/** `opaque renegotiated_connection<0..255>` */
const renegotiatedConnection: BodyCodec<Uint8Array> = {
  write: (writer, value) => writer.opaque8(value),
  read: (reader) => reader.opaque8(),
};

/**
 * RFC 5746 3.2, for TLS 1.2. puretls never renegotiates: it says so with an
 * empty value, which shows a peer that nobody spliced two connections.
 */
const renegotiationInfo: ExtensionSpec = {
  name: "renegotiation_info",
  type: ExtensionType.renegotiation_info,
  carriers: {
    client_hello: carriedAs("renegotiation_info", renegotiatedConnection),
    server_hello12: carriedAs("renegotiation_info", renegotiatedConnection),
  },
  offer: ({ config }, into) => {
    // [5746-3.4-01]
    if (config.versions.includes("TLSv1.2")) into.renegotiation_info = NO_BYTES;
  },
  // RFC 5746 3.6: said by the extension or by a number among the suites.
  answer: ({ hello: { cipherSuites, extensions } }, into) => {
    // [5746-3.6-02]
    const { renegotiation_info: info } = extensions;
    requireFirst(info);
    // [5746-3.6-01] [5746-3.6-04] [5746-4.3-01]
    if (
      info !== undefined ||
      cipherSuites.includes(CipherSuiteSignal.TLS_EMPTY_RENEGOTIATION_INFO_SCSV)
    )
      into.renegotiation_info = NO_BYTES;
  },
  // RFC 5746 3.4 and 4.1.
  agree: ({ renegotiation_info: info }, { config }) => {
    // [5746-3.4-03] [5746-4.1-01]
    if (info === undefined && !config.legacyServerConnect)
      throw new TlsError(reason.unsafe_legacy_renegotiation);
    requireFirst(info);
  },
};

/** In a first handshake there is nothing that the value could name. */
function requireFirst(info: Uint8Array | undefined): void {
  // [5746-3.4-04] [5746-3.6-03]
  if (info !== undefined && info.length > 0)
    throw new TlsError(reason.renegotiation_mismatch);
}

// [8422-5.1.2-01]
/** ECPointFormat, RFC 8422 5.1.2: the only one that is left. */
const UNCOMPRESSED = 0;

/**
 * RFC 8422 5.1.2: without the uncompressed format among them the receiver "MUST
 * abort the handshake". For TLS 1.3 the extension means nothing, RFC 9846 4.3.7.
 *
 * @throws TlsError
 */
function checkPointFormats(formats: readonly number[] | undefined): void {
  // [8422-5.1.2-03]
  if (formats?.includes(UNCOMPRESSED) === false)
    throw new TlsError(reason.illegal_parameter, {
      detail: "ec_point_formats without uncompressed",
    });
}

const answered: BodyCodec<readonly number[]> = {
  write: (writer, values) => {
    u8ListBody.write(writer, values);
  },
  read: (reader) => {
    const values = u8ListBody.read(reader);
    // [8422-5.2-03]
    checkPointFormats(values);
    return values;
  },
};

/** RFC 8422 5.1.2 and 5.2, for TLS 1.2. */
const ecPointFormats: ExtensionSpec = {
  name: "ec_point_formats",
  type: ExtensionType.ec_point_formats,
  carriers: {
    client_hello: carriedAs("ec_point_formats", u8ListBody),
    server_hello12: carriedAs("ec_point_formats", answered),
  },
  offer: ({ config }, into) => {
    // [8422-4-03]
    if (config.suites12.some(isElliptic))
      // [8422-5.1-03] [8422-5.1.2-04]
      into.ec_point_formats = [UNCOMPRESSED];
  },
  answer: ({ hello: { extensions }, suite }, into) => {
    const { ec_point_formats: formats } = extensions;
    checkPointFormats(formats);
    // [8422-5.2-02]
    if (
      formats !== undefined &&
      suite.version === "TLSv1.2" &&
      isElliptic(suite)
    )
      into.ec_point_formats = [UNCOMPRESSED];
  },
};

/** RFC 5077 3.2, for TLS 1.2: a ticket, or an empty body to ask for one. */
const sessionTicket: ExtensionSpec = {
  name: "session_ticket",
  type: ExtensionType.session_ticket,
  carriers: {
    client_hello: carriedAs("session_ticket", opaqueBody),
    server_hello12: carriedAs("session_ticket", emptyBody),
  },
  offer: ({ ticket12 }, into) => {
    if (ticket12 !== undefined) into.session_ticket = ticket12;
  },
  answer: ({ ticket }, into, agreed) => {
    agreed.ticket = ticket;
    if (ticket) into.session_ticket = true;
  },
  agree: ({ session_ticket: ticket = false }, _context, agreed) => {
    agreed.ticket = ticket;
  },
};

/** RFC 7366 2, for the CBC suites of TLS 1.2. */
const encryptThenMac: ExtensionSpec = {
  name: "encrypt_then_mac",
  type: ExtensionType.encrypt_then_mac,
  carriers: {
    client_hello: carriedAs("encrypt_then_mac", emptyBody),
    server_hello12: carriedAs("encrypt_then_mac", emptyBody),
  },
  offer: ({ config }, into) => {
    if (config.suites12.some(isCbc)) into.encrypt_then_mac = true;
  },
  answer: ({ hello: { extensions }, suite }, into, agreed) => {
    if (!extensions.encrypt_then_mac || !isCbc(suite)) return;
    into.encrypt_then_mac = true;
    agreed.encryptThenMac = true;
  },
  // RFC 7366 3: "the server MUST NOT send an encrypt-then-MAC response
  // extension" with a suite of another kind.
  agree: ({ encrypt_then_mac: said = false }, { suite }, agreed) => {
    if (said && !isCbc(suite))
      throw new TlsError(reason.illegal_parameter, {
        detail: "encrypt_then_mac with an AEAD",
      });
    agreed.encryptThenMac = said;
  },
};

function isCbc(suite: CipherSuite): boolean {
  return suite.version === "TLSv1.2" && suite.protection.kind === "cbc";
}

const EXTENSIONS_12: readonly ExtensionSpec[] = [
  extendedMainSecret,
  renegotiationInfo,
  ecPointFormats,
  sessionTicket,
  encryptThenMac,
];

/** The table of both versions, with the rows of features. */
export function extensionsOfBoth(features: {
  readonly extensions: readonly ExtensionSpec[];
}): ExtensionTable {
  return extensionsOf13(features, EXTENSIONS_12);
}
