/** Every public parser, files that it reads, and the errors that it declares. */
import { RAISE_NEED } from "../../../src/promises.ts";
import { asciiBytes, latin1, toHex } from "../../../src/bytes.ts";
import {
  createEchClient,
  echConfigListOfRecord,
  parseEchConfigList,
} from "../../../src/ech/index.ts";
import {
  loadDelegatedCredential,
  sessionFromBytes,
  TlsError,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import {
  certTimeToSeconds,
  pemCertToDerCert,
  SSLContext,
  SSLError,
} from "../../../src/index.ts";
import {
  CertificateRequest,
  Pkcs12Error,
  PkiKey,
  readPkcs12,
} from "../../../src/pki/index.ts";
import {
  formatLadder,
  ja3,
  ja4,
  KeyLog,
  TraceDecoder,
} from "../../../src/trace/index.ts";
import {
  Certificate,
  createVerifier,
  Crl,
  CrlStore,
  decodeBase64,
  matchHost,
  parseCertificates,
  parseChain,
  parseCrls,
  parseIpAddress,
  parseOcspResponse,
  parsePem,
  parsePlainPrivateKey,
  parsePrivateKey,
  parseSubjectPublicKeyInfo,
  TrustStore,
  trustRawPublicKeys,
  X509Error,
} from "../../../src/x509/index.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import { fuzzProvider, NOW } from "../engine/provider.ts";
import { DELEGATED, HOST } from "../engine/world.ts";
import * as seeds from "./seeds.ts";

type ErrorClass = abstract new (...args: never[]) => Error;

export interface Parser {
  readonly seeds: readonly Uint8Array[];
  readonly declares: readonly ErrorClass[];
  /** Reads all that the value has, for some of it is read late. */
  read(bytes: Uint8Array): void;
}

const made = fuzzProvider("node", 3);
const { keyDecryption } = noble;

/**
 * A provider with cheap key derivation: its cost is bounded elsewhere, and no
 * concern of a parser.
 */
const provider = {
  ...made,
  keyDecryption: {
    ...keyDecryption,
    pbkdf2: (
      ...[hash, password, salt, count, length]: Parameters<
        typeof keyDecryption.pbkdf2
      >
    ) => keyDecryption.pbkdf2(hash, password, salt, Math.min(count, 4), length),
    scrypt: (
      ...[password, salt, cost, length]: Parameters<typeof keyDecryption.scrypt>
    ) => {
      const small = { N: Math.min(cost.N, 4), r: 1, p: 1 };
      return keyDecryption.scrypt(password, salt, small, length);
    },
  },
};
const DECRYPTION = {
  password: "secret",
  decryption: provider.keyDecryption,
} as const;

/** Calls all getters of a class. */
function look(value: object, at: object): void {
  for (const [, { get }] of Object.entries(
    Object.getOwnPropertyDescriptors(at),
  ))
    get?.call(value);
}

/** The sizes of what a peer's chain may cost, counted. */
function counted(run: () => void): void {
  made.counts.verifications = 0;
  try {
    run();
  } finally {
    const { verifications } = made.counts;
    if (verifications > 64)
      throw new Error(`${String(verifications)} signatures were verified`);
  }
}

const AT = { purpose: "serverAuth", serverName: HOST, now: NOW } as const;

function verify(options: {
  readonly leaf?: Uint8Array;
  readonly issuer?: Uint8Array;
  readonly root?: Uint8Array;
  readonly crl?: Uint8Array;
  readonly ocspResponse?: Uint8Array;
}): void {
  const { leaf, issuer, root, crl, ocspResponse } = options;
  counted(() => {
    const verifier = createVerifier({
      provider,
      trustStore: TrustStore.of(root ?? seeds.root),
      signatureCacheSize: 0,
      ...(crl && { crls: CrlStore.of(crl), crlCheck: "leaf" }),
    });
    const certificates = [leaf ?? seeds.leaf, issuer ?? seeds.intermediate];
    const peer = { certificates, ...(ocspResponse && { ocspResponse }) };
    const asked = ocspResponse !== undefined;
    verifier.verify(peer, { ...AT, ocspRequested: asked });
  });
}

const X509 = [X509Error] as const;

const CERTIFICATES: Readonly<Record<string, Parser>> = {
  Certificate: {
    seeds: seeds.certificates,
    declares: X509,
    read: (bytes) => {
      const certificate = Certificate.parse(bytes);
      look(certificate, Certificate.prototype);
      certificate.subject.toString();
      try {
        matchHost(certificate, HOST);
      } catch (error) {
        if (!(error instanceof X509Error)) throw error;
      }
    },
  },
  "parseChain, PEM": {
    seeds: seeds.pem,
    declares: X509,
    read: (bytes) => {
      parseChain(latin1(bytes));
    },
  },
  parseCertificates: {
    seeds: [...seeds.pem, ...seeds.certificates],
    declares: X509,
    read: (bytes) => {
      parseCertificates(latin1(bytes));
      parseCertificates(bytes);
    },
  },
  "parsePem, decodeBase64": {
    seeds: seeds.pem,
    declares: X509,
    read: (bytes) => {
      try {
        parsePem(latin1(bytes));
      } catch (error) {
        if (!(error instanceof X509Error)) throw error;
      }
      decodeBase64(latin1(bytes));
    },
  },
  parseSubjectPublicKeyInfo: {
    seeds: seeds.publicKeys,
    declares: X509,
    read: (bytes) => {
      parseSubjectPublicKeyInfo(bytes);
      trustRawPublicKeys([bytes]);
    },
  },
  "private keys": {
    seeds: seeds.privateKeys,
    declares: X509,
    read: (bytes) => {
      try {
        parsePlainPrivateKey(bytes);
      } catch (error) {
        if (!(error instanceof X509Error)) throw error;
      }
      parsePrivateKey(bytes, DECRYPTION);
      PkiKey.parse(provider, bytes, DECRYPTION);
    },
  },
  "private keys, PEM": {
    seeds: seeds.keyPem,
    declares: X509,
    read: (bytes) => {
      parsePrivateKey(latin1(bytes), DECRYPTION);
    },
  },
  Crl: {
    seeds: seeds.crls,
    declares: X509,
    read: (bytes) => {
      const crl = Crl.parse(bytes);
      look(crl, Crl.prototype);
      crl.find(Uint8Array.of(1));
      parseCrls(bytes);
    },
  },
  parseOcspResponse: {
    seeds: seeds.ocsp,
    declares: X509,
    read: (bytes) => {
      parseOcspResponse(bytes);
    },
  },
  CertificateRequest: {
    seeds: seeds.requests,
    declares: X509,
    read: (bytes) => {
      CertificateRequest.parse(provider, bytes);
    },
  },
  readPkcs12: {
    seeds: seeds.pkcs12,
    declares: [X509Error, Pkcs12Error],
    read: (bytes) => {
      readPkcs12(bytes, {
        provider,
        password: "secret",
        maximumIterations: 10_000,
      });
    },
  },
};

const VERIFIERS: Readonly<Record<string, Parser>> = {
  "a verifier: leaf": {
    seeds: [seeds.leaf, seeds.certificates[0] ?? seeds.leaf],
    declares: X509,
    read: (leaf) => {
      verify({ leaf });
    },
  },
  "a verifier: intermediate": {
    seeds: [seeds.intermediate],
    declares: X509,
    read: (issuer) => {
      verify({ issuer });
    },
  },
  "a verifier: anchor": {
    seeds: [seeds.root],
    declares: X509,
    read: (root) => {
      verify({ root });
    },
  },
  "a verifier: CRL": {
    seeds: seeds.crls,
    declares: X509,
    read: (crl) => {
      verify({ crl });
    },
  },
  "a verifier: OCSP": {
    seeds: seeds.ocsp,
    declares: X509,
    read: (ocspResponse) => {
      verify({ ocspResponse });
    },
  },
};

const TLS: Readonly<Record<string, Parser>> = {
  parseEchConfigList: {
    seeds: seeds.echConfigs,
    declares: [TlsError],
    read: (bytes) => {
      parseEchConfigList(bytes);
    },
  },
  createEchClient: {
    seeds: seeds.echConfigs,
    declares: [TlsError, TlsUsageError],
    read: (bytes) => {
      createEchClient(bytes);
    },
  },
  echConfigListOfRecord: {
    seeds: seeds.svcbRecords,
    declares: [TlsError],
    read: (bytes) => {
      echConfigListOfRecord(bytes);
    },
  },
  sessionFromBytes: {
    seeds: seeds.sessions,
    declares: [TlsUsageError],
    read: (bytes) => {
      sessionFromBytes(bytes);
    },
  },
  "a ticket": {
    seeds: seeds.tickets,
    declares: [],
    read: (bytes) => {
      seeds.ticketKeys.open(bytes);
    },
  },
  loadDelegatedCredential: {
    seeds: seeds.delegated,
    declares: [TlsError, TlsUsageError, X509Error],
    read: (delegatedCredential) => {
      const [, credential] = DELEGATED;
      if (credential === undefined) return;
      loadDelegatedCredential({
        provider,
        credential,
        delegatedCredential,
        key: RAISE_NEED,
      });
    },
  },
  TraceDecoder: {
    seeds: seeds.captures,
    declares: [TlsError],
    read: (bytes) => {
      const keyLog = new KeyLog();
      keyLog.add(seeds.keyLog);
      const decoder = new TraceDecoder({ provider, keyLog });
      const [client, server] = seeds.capture(bytes);
      const records = decoder.feed("client", client.subarray(0, 700));
      records.push(...decoder.feed("server", server));
      records.push(...decoder.feed("client", client.subarray(700)));
      formatLadder(records, { fields: true });
    },
  },
  "ja3, ja4": {
    seeds: seeds.hellos,
    declares: [TlsError],
    read: (bytes) => {
      ja3(bytes);
      ja4(bytes);
    },
  },
  KeyLog: {
    seeds: [asciiBytes(seeds.keyLog)],
    declares: [],
    read: (bytes) => {
      const log = new KeyLog();
      log.add(latin1(bytes));
      log.find(toHex(bytes.subarray(0, 32)), "CLIENT_RANDOM");
    },
  },
};

const FACE: Readonly<Record<string, Parser>> = {
  "SSLContext.loadVerifyLocations": {
    seeds: [...seeds.pem, ...seeds.certificates],
    declares: [SSLError],
    read: (bytes) => {
      const context = new SSLContext({ provider });
      // Python's ValueError, "Empty certificate data".
      if (bytes.length === 0) return;
      context.loadVerifyLocations({ ca: bytes });
      // Python: "cadata should be an ASCII string", a TypeError.
      const ascii = bytes.map((byte) => byte & 0x7f);
      context.loadVerifyLocations({ ca: latin1(ascii) });
    },
  },
  "SSLContext.loadDhParams": {
    seeds: seeds.dhParameters,
    declares: [SSLError],
    read: (bytes) => {
      new SSLContext({ provider }).loadDhParams(bytes);
    },
  },
  "SSLContext.setCiphers": {
    seeds: seeds.cipherStrings,
    declares: [SSLError],
    read: (bytes) => {
      new SSLContext({ provider }).setCiphers(latin1(bytes));
    },
  },
  PEM_cert_to_DER_cert: {
    seeds: seeds.pem,
    declares: [RangeError, X509Error],
    read: (bytes) => {
      pemCertToDerCert(latin1(bytes));
    },
  },
  cert_time_to_seconds: {
    seeds: [asciiBytes("Jan  5 09:34:43 2018 GMT")],
    declares: [RangeError],
    read: (bytes) => {
      certTimeToSeconds(latin1(bytes));
    },
  },
  parseIpAddress: {
    seeds: ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"].map(asciiBytes),
    declares: [],
    read: (bytes) => {
      parseIpAddress(latin1(bytes));
    },
  },
};

export const PARSERS: Readonly<Record<string, Parser>> = {
  ...CERTIFICATES,
  ...VERIFIERS,
  ...TLS,
  ...FACE,
};
