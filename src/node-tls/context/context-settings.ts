/** The settings of a secure context: Node's options in the words of SSLContext. */
import { brotli, zlib, zstd } from "../../compression/node.ts";
import type { CertificateCompressor } from "../../handshake/credentials/certificate-compressor.ts";
import type { ContextChanges } from "../../ssl/context/options.ts";
import type { SSLContext } from "../../ssl/ssl-context.ts";
import { emptyContext, trustingContext } from "./authorities.ts";
import {
  listOf,
  requireContent,
  requireObject,
  requireText,
  requireWhole,
  viewOf,
} from "../base/checks.ts";
import { suiteChoice } from "./cipher-option.ts";
import { currentDefault } from "../base/defaults.ts";
import {
  nodeError,
  unsupported,
  wrongType,
  wrongValue,
} from "../base/errors.ts";
import { native } from "../base/native.ts";
import { loadOwnCertificates } from "./own-certificates.ts";
import { asMaterialError } from "./material-errors.ts";
import type { SecureContextOptions } from "./context-options.ts";
import { SealedTickets } from "./tickets.ts";
import { versionRange } from "./protocol-versions.ts";

/** A secure context as puretls knows it. */
export interface ContextFacts {
  /** Of either role; connections extend it. */
  readonly base: SSLContext;
  /** As `base`, without DHE where no field was given for it. */
  readonly serverBase: SSLContext;
  readonly tickets: SealedTickets;
  /** DER of this side's chains, leaf first. */
  readonly chains: readonly (readonly Uint8Array[])[];
  readonly sessionIdContext: string;
  /** Presents the chains in another context, whose rules stay; with an OCSP response. */
  readonly presentIn: (context: SSLContext, response?: Uint8Array) => void;
}

/** Bits of OpenSSL's SSL_OP that puretls has a setting for. */
const NO_TICKET = 0x4000;
const SERVER_PREFERENCE = 0x400000;
const NO_TLS12 = 0x8000000;
const NO_TLS13 = 0x20000000;
/** Bits that allow what puretls never does: their names, for the error. */
const UNSAFE: ReadonlyMap<number, string> = new Map([
  [0x4, "SSL_OP_LEGACY_SERVER_CONNECT"],
  [0x40000, "SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION"],
]);

/**
 * Reads the options of a secure context.
 *
 * @throws TypeError, RangeError and Error with Node's code of what is wrong
 */
export function contextSettings(options: SecureContextOptions): ContextFacts {
  requireObject("options", options);
  const { ca, crl, sessionIdContext } = options;
  const versions = versionRange(options);
  const suites = suiteChoice(options.ciphers);
  if (sessionIdContext !== undefined && sessionIdContext !== null)
    requireText("options.sessionIdContext", sessionIdContext);
  refuseEngines(options);
  const tickets = new SealedTickets(options);
  const start = ca ? trusted(ca) : trustingContext();
  return asMaterialError(options, () => {
    const dh = dhParamsOf(options.dhparam);
    const base = start.extend({
      ...versions,
      ...(suites.only13 && { minimumVersion: "TLSv1.3" }),
      ...groupsOf(options.ecdhCurve),
      ...signatureAlgorithmsOf(options.sigalgs),
      ...dh,
      options: optionWords(options),
      certificateCompression: compressionsOf(options.certificateCompression),
      verifyFlags: {
        partialChain: Boolean(options.allowPartialTrustChain),
        crlCheck: crl ? "chain" : "none",
      },
      ticketKeys: tickets.keys,
    });
    if (suites.ciphers !== undefined) base.setCiphers(suites.ciphers);
    if (suites.ciphersuites !== undefined)
      base.setCiphersuites(suites.ciphersuites);
    for (const list of crl ? listOf(crl) : []) {
      requireContent("options.crl", list);
      base.addCrls(contentOf(list));
    }
    const chains = loadOwnCertificates(base, options);
    base.validate();
    const serverBase =
      options.dhparam === "auto" || dh.dhParams !== undefined
        ? base
        : withoutDhe(base);
    return {
      base,
      serverBase,
      tickets,
      chains,
      sessionIdContext: sessionIdContext ?? "",
      presentIn: (context, response) => {
        loadOwnCertificates(context, options, response);
      },
    };
  });
}

/** A context that trusts these alone; as in Node, what is no certificate adds none. */
function trusted(ca: unknown): SSLContext {
  const context = emptyContext();
  for (const one of listOf(ca)) {
    requireContent("options.ca", one);
    try {
      context.loadVerifyLocations({ ca: contentOf(one) });
    } catch {
      continue;
    }
  }
  return context;
}

function contentOf(content: string | NodeJS.ArrayBufferView) {
  return typeof content === "string" ? content : viewOf(content);
}

function groupsOf(option: unknown): ContextChanges {
  const curve =
    option === undefined ? currentDefault("DEFAULT_ECDH_CURVE") : option;
  requireText("options.ecdhCurve", curve);
  if (curve === "auto" || curve === "") return {};
  const names = curve.split(":").filter((name) => name !== "");
  const known = names.filter(isGroup);
  // Of a list, those that Node knows and puretls lacks are passed over.
  if (known.length > 0 && known.length < names.length) {
    native.createSecureContext({ ecdhCurve: curve });
    return { groups: known };
  }
  return { groups: curve };
}

function isGroup(name: string): boolean {
  try {
    emptyContext().setGroups([name]);
    return true;
  } catch {
    return false;
  }
}

function signatureAlgorithmsOf(option: unknown): ContextChanges {
  if (option === undefined || option === null) return {};
  requireText("options.sigalgs", option);
  if (option === "")
    throw wrongValue(
      "options.sigalgs",
      option,
      "names of signature algorithms with colons between them are allowed",
    );
  return { signatureAlgorithms: option };
}

/** Bits below which Node, too, takes no field. */
const LEAST_DH_BITS = 1024;

/** As in Node, contents that are no parameters are as if none were given. */
function dhParamsOf(option: unknown): ContextChanges {
  if (!hasDhParams(option) || option === "auto") return {};
  requireContent("options.dhparam", option);
  const dhParams = contentOf(option);
  try {
    emptyContext().loadDhParams(dhParams);
  } catch (error) {
    const [, bits = ""] = /has (\d+) bits/.exec(String(error)) ?? [];
    if (bits === "") return {};
    if (Number(bits) < LEAST_DH_BITS)
      throw wrongValue(
        "options.dhparam",
        Number(bits),
        `DH parameter is less than ${String(LEAST_DH_BITS)} bits, and puretls takes 2048 at least`,
      );
    throw error;
  }
  return { dhParams };
}

function hasDhParams(option: unknown): boolean {
  return option !== undefined && option !== null;
}

/** Suites of a server that was given no field: Node's has none with DHE then. */
function withoutDhe(base: SSLContext): SSLContext {
  const names = base
    .getCiphers()
    .filter(({ protocol }) => protocol !== "TLSv1.3")
    .map(({ name }) => name);
  const others = names.filter((name) => !/^DHE-(?!PSK)/.test(name));
  if (others.length === names.length || others.length === 0) return base;
  return base.extend({ ciphers: others });
}

function optionWords({
  secureOptions,
  honorCipherOrder,
}: SecureContextOptions) {
  const bits: unknown = secureOptions || 0;
  if (typeof bits !== "number")
    throw wrongType("secureOptions", bits, "a number");
  requireWhole("secureOptions", bits, -(2 ** 31), 2 ** 32);
  for (const [bit, name] of UNSAFE)
    if ((bits & bit) !== 0)
      throw unsupported(
        `secureOptions: ${name}`,
        "servers without secure renegotiation (RFC 5746) are refused",
      );
  const has = (bit: number): boolean => (bits & bit) !== 0;
  return {
    noTicket: has(NO_TICKET),
    noTLSv1_2: has(NO_TLS12),
    noTLSv1_3: has(NO_TLS13),
    cipherServerPreference: Boolean(honorCipherOrder) || has(SERVER_PREFERENCE),
  };
}

const COMPRESSIONS: ReadonlyMap<unknown, CertificateCompressor | undefined> =
  new Map([
    ["zlib", zlib],
    ["brotli", brotli],
    ["zstd", zstd],
  ]);

function compressionsOf(option: unknown): CertificateCompressor[] {
  const name = "options.certificateCompression";
  if (option === undefined || option === null) return [];
  if (!Array.isArray(option)) throw wrongType(name, option, "a list");
  if (option.length > COMPRESSIONS.size)
    throw wrongValue(name, option, "at most 3 algorithms are allowed");
  return option.map((word: unknown, index) => {
    const row = COMPRESSIONS.get(word);
    if (row !== undefined) return row;
    throw wrongValue(
      `${name}[${String(index)}]`,
      word,
      "zlib, brotli and, from Node 22.15 on, zstd are allowed",
    );
  });
}

/** @throws for the options of OpenSSL's engines, which do not exist here */
function refuseEngines(options: SecureContextOptions): void {
  const { privateKeyIdentifier, privateKeyEngine, clientCertEngine } = options;
  const given: readonly (readonly [string, unknown])[] = [
    ["privateKeyIdentifier", privateKeyIdentifier],
    ["privateKeyEngine", privateKeyEngine],
    ["clientCertEngine", clientCertEngine],
  ];
  if (given.every(([, value]) => value === undefined || value === null)) return;
  for (const [name, value] of given)
    if (value !== undefined && value !== null && typeof value !== "string")
      throw wrongType(`options.${name}`, value, "a string, null or undefined");
  if (privateKeyIdentifier && !privateKeyEngine)
    throw wrongValue(
      "options.privateKeyEngine",
      privateKeyEngine,
      "a string is allowed beside privateKeyIdentifier",
    );
  if (privateKeyIdentifier && options.key)
    throw wrongValue(
      "options.privateKeyIdentifier",
      privateKeyIdentifier,
      "it cannot be combined with key",
    );
  throw nodeError(
    "ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED",
    "privateKeyEngine and clientCertEngine are not supported by puretls, which has no engines of OpenSSL: give the key, or an SSLContext of puretls a key that is elsewhere",
  );
}
