/** Contexts and functions of the module: the same calls to both. */
import { createPrivateKey } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSelfSigned } from "../../src/pki/index.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import * as ssl from "../../src/index.ts";
import {
  testAuthority,
  testClient,
  testKey,
  testServer,
} from "../support/pki.ts";
import {
  type Argument,
  ask,
  assign,
  type Call,
  module,
  newContext,
  outcome,
} from "./ours.ts";
import {
  describePython,
  DIFFERENCES,
  essence,
  type Outcome,
  PythonSsl,
} from "./python.ts";

type Step =
  | { readonly ask: Call }
  | { readonly set: readonly [name: string, value: Argument] };

/** Row L-06. */
const REFUSED_OPTIONS = new Set(["OP_ENABLE_KTLS", "OP_LEGACY_SERVER_CONNECT"]);

const CLIENT = "PROTOCOL_TLS_CLIENT";
const SERVER = "PROTOCOL_TLS_SERVER";
const EITHER = "PROTOCOL_TLS";
const constant = (name: string): Argument => ({ constant: name });
const get = (name: string): Step => ({ ask: [name] });
const call = (...call: Call): Step => ({ ask: call });
const set = (name: string, value: Argument): Step => ({ set: [name, value] });

const ca = testAuthority();
const server = testServer();
const rsa = testServer("rsa");
const client = testClient();
const selfSigned = createSelfSigned({ provider: noble, hosts: ["a.test"] });
const hex = (bytes: Uint8Array): Argument => ({
  hex: Buffer.from(bytes).toString("hex"),
});
const file = (text: string): Argument => ({ file: text });
/** An encrypted key; no one here knows its password. */
const ENCRYPTED = createPrivateKey(rsa.keyPem)
  .export({
    format: "pem",
    type: "pkcs8",
    cipher: "aes-256-cbc",
    passphrase: "right",
  })
  .toString();
const broken = (pem: string): string => pem.replace("\nMI", "\nMJ");
const der = ca.der;
const leafPem = server.issued.pem;

const X25519 = "X-83: X25519 among the curves";

/** Each title names the rows that its steps are about. */
const CONTEXTS: Readonly<Record<string, readonly [string, ...Step[]]>> = {
  "X-05 N-20 N-21 N-22 X-61 X-62: what a client's context begins with": [
    CLIENT,
    get("protocol"),
    get("verify_mode"),
    get("check_hostname"),
    get("maximum_version"),
  ],
  "X-05 N-20 N-22 N-23 X-03: what a context of either role begins with": [
    EITHER,
    get("protocol"),
    get("verify_mode"),
    get("check_hostname"),
  ],
  "X-05 N-22: what a server's context begins with": [
    SERVER,
    get("protocol"),
    get("verify_mode"),
    get("check_hostname"),
    get("num_tickets"),
    get("post_handshake_auth"),
  ],
  "N-01 N-02 N-03 N-05 X-61: verify modes and what is none": [
    SERVER,
    set("verify_mode", constant("CERT_OPTIONAL")),
    get("verify_mode"),
    set("verify_mode", constant("CERT_REQUIRED")),
    get("verify_mode"),
    set("verify_mode", 7),
    set("verify_mode", -1),
    get("verify_mode"),
    set("verify_mode", constant("CERT_NONE")),
    get("verify_mode"),
  ],
  "X-61 X-62: CERT_NONE and hostname checks exclude each other": [
    CLIENT,
    set("verify_mode", constant("CERT_NONE")),
    get("verify_mode"),
    set("check_hostname", false),
    set("verify_mode", constant("CERT_NONE")),
    get("verify_mode"),
    set("check_hostname", true),
    get("verify_mode"),
  ],
  "N-06 N-07 N-08 N-09 N-10 N-11 X-63: verify flags": [
    CLIENT,
    set("verify_flags", constant("VERIFY_CRL_CHECK_LEAF")),
    get("verify_flags"),
    set("verify_flags", constant("VERIFY_CRL_CHECK_CHAIN")),
    get("verify_flags"),
    set("verify_flags", constant("VERIFY_X509_STRICT")),
    get("verify_flags"),
    set("verify_flags", constant("VERIFY_X509_TRUSTED_FIRST")),
    get("verify_flags"),
    set("verify_flags", constant("VERIFY_DEFAULT")),
    get("verify_flags"),
  ],
  "X-06 X-07 N-86 N-87 N-89: the range of versions": [
    CLIENT,
    set("minimum_version", constant("TLSVersion.TLSv1_3")),
    get("minimum_version"),
    set("maximum_version", constant("TLSVersion.TLSv1_2")),
    get("maximum_version"),
    set("maximum_version", constant("TLSVersion.MAXIMUM_SUPPORTED")),
    get("maximum_version"),
    set("minimum_version", 1234),
    set("maximum_version", 5),
    get("minimum_version"),
  ],
  "N-28 X-06 X-07: a context of one version has no range": [
    "PROTOCOL_TLSv1_2",
    get("protocol"),
    set("minimum_version", constant("TLSVersion.TLSv1_2")),
    set("maximum_version", constant("TLSVersion.TLSv1_3")),
    get("verify_mode"),
  ],
  "X-92: tickets of a server": [
    SERVER,
    set("num_tickets", 0),
    get("num_tickets"),
    set("num_tickets", 3),
    get("num_tickets"),
    set("num_tickets", -1),
    get("num_tickets"),
  ],
  "X-92 X-38: what a client's context cannot have": [
    CLIENT,
    set("num_tickets", 1),
    set("sni_callback", null),
  ],
  "X-38: a callback is callable": [
    SERVER,
    set("sni_callback", 7),
    set("sni_callback", null),
    get("sni_callback"),
  ],
  "X-94: post-handshake authentication on and off": [
    CLIENT,
    get("post_handshake_auth"),
    set("post_handshake_auth", true),
    get("post_handshake_auth"),
  ],
  "X-91: statistics begin at 0": [CLIENT, call("session_stats")],
  "X-42: ALPN names": [
    CLIENT,
    call("set_alpn_protocols", ["h2", "http/1.1"]),
    call("set_alpn_protocols", []),
    call("set_alpn_protocols", [""]),
    call("set_alpn_protocols", ["x".repeat(256)]),
    call("set_alpn_protocols", ["x".repeat(255)]),
  ],
  "X-83: curves by OpenSSL's names": [
    SERVER,
    call("set_ecdh_curve", "prime256v1"),
    call("set_ecdh_curve", "secp384r1"),
    call("set_ecdh_curve", "secp521r1"),
    call("set_ecdh_curve", "nosuch"),
    call("set_ecdh_curve", ""),
    call("set_ecdh_curve", 7),
  ],
  [X25519]: [SERVER, call("set_ecdh_curve", "X25519")],
  "X-70 X-76 X-77: cipher strings that select nothing": [
    SERVER,
    call("set_ciphers", "ECDHE+AESGCM"),
    call("set_ciphers", "NOSUCH:AES"),
  ],
  "X-50: nothing to load": [CLIENT, call("load_verify_locations")],
  "X-51 X-64 X-65 X-56: certificates of a file": [
    CLIENT,
    call("load_verify_locations", file(ca.pem + leafPem)),
    call("cert_store_stats"),
    call("get_ca_certs"),
    call("get_ca_certs", true),
    call("load_verify_locations", file(`text before\n${ca.pem}and after`)),
    call("cert_store_stats"),
  ],
  "X-51: a file without certificates, and none": [
    CLIENT,
    call("load_verify_locations", file("nothing")),
    call("load_verify_locations", "/nowhere/at/all"),
    call("cert_store_stats"),
  ],
  "X-52: a directory that is not there is no error": [
    CLIENT,
    call("load_verify_locations", { kwargs: { capath: "/nowhere" } }),
    call("cert_store_stats"),
  ],
  "X-53 X-54 X-56: certificates as data": [
    CLIENT,
    call("load_verify_locations", { kwargs: { cadata: ca.pem + leafPem } }),
    call("cert_store_stats"),
    call("load_verify_locations", { kwargs: { cadata: hex(der) } }),
    call("cert_store_stats"),
    call("load_verify_locations", {
      kwargs: { cadata: `before\n${ca.pem}\nbetween\n${selfSigned.pem}after` },
    }),
    call("cert_store_stats"),
  ],
  "X-55 X-54: data that is none": [
    CLIENT,
    call("load_verify_locations", { kwargs: { cadata: "" } }),
    call("load_verify_locations", {
      kwargs: { cadata: hex(new Uint8Array(0)) },
    }),
    call("load_verify_locations", { kwargs: { cadata: "no certificate" } }),
    call("load_verify_locations", {
      kwargs: {
        cadata: hex(Uint8Array.from([...der, 1, 2, 3])),
      },
    }),
  ],
  "X-20 X-21: a chain and its key, in any order": [
    SERVER,
    call("load_cert_chain", file(server.certificatePem), file(server.keyPem)),
    call("load_cert_chain", file(server.certificatePem + server.keyPem)),
    call("load_cert_chain", file(server.keyPem + server.certificatePem)),
  ],
  "X-26: a password that is not needed": [
    SERVER,
    call(
      "load_cert_chain",
      file(server.certificatePem),
      file(server.keyPem),
      "password",
    ),
  ],
  "X-29: the key of another certificate": [
    SERVER,
    call("load_cert_chain", file(rsa.certificatePem), file(rsa.keyPem)),
    call(
      "load_cert_chain",
      file(testServer("ec-p384").certificatePem),
      file(client.keyPem),
    ),
  ],
  "X-23 X-25 X-27 X-28: passwords that are none, and a wrong one": [
    SERVER,
    call("load_cert_chain", file(rsa.certificatePem), file(ENCRYPTED), "wrong"),
    call("load_cert_chain", file(rsa.certificatePem), file(ENCRYPTED), 7),
    call("load_cert_chain", file(rsa.certificatePem), file(rsa.keyPem), 7),
    call("load_cert_chain", file(rsa.certificatePem), file(rsa.keyPem), true),
    call("load_cert_chain", file(rsa.certificatePem), file(rsa.keyPem), "x"),
    call(
      "load_cert_chain",
      file(rsa.certificatePem),
      file(ENCRYPTED),
      "x".repeat(1025),
    ),
  ],
  "X-29a: blocks of PEM that cannot be read": [
    SERVER,
    call("load_cert_chain", file(broken(rsa.certificatePem)), file(rsa.keyPem)),
    call("load_cert_chain", file(rsa.certificatePem), file(broken(rsa.keyPem))),
    call("load_verify_locations", file(broken(ca.pem))),
    call("load_verify_locations", {
      kwargs: { cadata: broken(ca.pem) },
    }),
    call("load_verify_locations", {
      kwargs: { cadata: hex(Uint8Array.of(0x30, 3, 1, 2)) },
    }),
    call("load_verify_locations", {
      kwargs: { cadata: hex(Uint8Array.of(1, 2, 3)) },
    }),
    call("load_verify_locations", file("\0\x01\x02")),
  ],
  "X-06 X-07 N-86 N-87: the ends of the range the other way around": [
    CLIENT,
    set("minimum_version", -1),
    get("minimum_version"),
    set("minimum_version", -2),
    get("minimum_version"),
    set("maximum_version", -1),
    get("maximum_version"),
    set("minimum_version", 0),
    set("maximum_version", 0),
    set("num_tickets", 2),
  ],
  "X-29a: files that are not what they should be": [
    SERVER,
    call("load_cert_chain", "/nowhere/at/all"),
    call("load_cert_chain", file(server.certificatePem)),
    call("load_cert_chain", file("nothing")),
  ],
  "X-82: DH parameters for clients and servers": [
    SERVER,
    call("load_dh_params", file(DH_PARAMETERS())),
    call("load_dh_params", file(DSA_LIKE_PARAMETERS())),
    call("load_dh_params", file("nothing")),
    call("load_dh_params", "/nowhere/at/all"),
  ],
};

/** RFC 7919's 2048-bit group, as `openssl dhparam` prints it. */
function DH_PARAMETERS(): string {
  return `-----BEGIN DH PARAMETERS-----
MIIBDAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAgICAOE=
-----END DH PARAMETERS-----
`;
}

/** Prime, generator and order (X9.42), as `openssl dhparam -dsaparam` prints them. */
function DSA_LIKE_PARAMETERS(): string {
  return `-----BEGIN X9.42 DH PARAMETERS-----
MIICKAKCAQEA7Kj9d06mQK6lp/XcvVO1bG9grmh2jUKvoEfjJR2NFG1baSG1j088
x5o6kuC/vmCfgsEwY+qpFKyGFEeIBVP4UeWT1kInBJUvUosFXWwDlHy+mNriwH8N
KvouOjz9SgPhXaG/XRECWH+JE4/LjhZYe/6mplEQff5iXvoG798PZ8CUWzyqlbxh
4lY+7HBnYvHgNHxWITcNoM/BqmdSNVGpdiRtzE2K7tlXk0UDg8LoNeCSQzPZZcgR
hRAdQyCnSpWprwMWguH0M1dibe0QNHVCJAM7noIj/f1aPKLTGF8E7IF9vGMebnf/
IdDf3kGPX0AwME54xzZpO91+LuBpRe1IpQKCAQAKb4l0+SXd5SPacJHdakKd9QzX
XbS/fsePO/V9KatkWowMQyBkoF44ddCz+2dP0wVSmSY1RQF77FFKizAHQoxrosFY
t1+jceWH9fk/gmgd0ua7XyoCRinCyaY82liQuQa+/c+L9mJNAtoPa1H5rGIHUj/F
0xGLlJwAkedRkkRGfoTWA/u4oGiOXZdOgdNPCMhbwH2KNMWWNaRcT7yLviRbDPli
hYbxe3tQbXt7RYe0TUiIi4pSh1p0CsOs1Z8nCHYEeS52Bg+f8J7ZPSmEDjpAAlxE
voZ/Gd9oMyuELkX8YGvp9pznhEVH8JjDQxyYbEBDPiYAiNQyHyO8Hn4rGtgxAh0A
7XtS8LQAR1QQ9qP78cOIb+qZT4ovY6upbx1sNw==
-----END X9.42 DH PARAMETERS-----
`;
}

/** Functions and constants: each gives the same, or throws the same class. */
const MODULE: Readonly<Record<string, readonly Call[]>> = {
  "C-14 C-15: times of certificates": [
    ["cert_time_to_seconds", "Jan  5 09:34:43 2018 GMT"],
    ["cert_time_to_seconds", "Jan 5 09:34:43 2018 GMT"],
    ["cert_time_to_seconds", "JAN  5 09:34:43 2018 GMT"],
    ["cert_time_to_seconds", "Feb 30 00:00:00 2021 GMT"],
    ["cert_time_to_seconds", "Dec 31 23:59:60 2016 GMT"],
    ["cert_time_to_seconds", "May  9 00:00:00 1950 GMT"],
    ["cert_time_to_seconds", "May  9 00:00:00 2007 UTC"],
    ["cert_time_to_seconds", "May  9 00:00:00 2007"],
    ["cert_time_to_seconds", "Foo  9 00:00:00 2007 GMT"],
    ["cert_time_to_seconds", ""],
  ],
  "C-17 C-18: PEM there and back": [
    ["DER_cert_to_PEM_cert", { hex: "3000" }],
    ["DER_cert_to_PEM_cert", hex(der)],
    ["PEM_cert_to_DER_cert", ca.pem],
    ["PEM_cert_to_DER_cert", `text\n${ca.pem}`],
    ["PEM_cert_to_DER_cert", `${ca.pem}text`],
    ["PEM_cert_to_DER_cert", `${ca.pem}\n\n`],
    ["PEM_cert_to_DER_cert", ""],
  ],
  "C-19: header and footer": [["PEM_HEADER"], ["PEM_FOOTER"]],
  "N-60 N-61 N-62 N-63 N-64 N-65 N-69 N-70: what there is": [
    ["HAS_ALPN"],
    ["HAS_NEVER_CHECK_COMMON_NAME"],
    ["HAS_ECDH"],
    ["HAS_SNI"],
    ["HAS_NPN"],
    ["HAS_SSLv2"],
    ["HAS_TLSv1_2"],
    ["HAS_TLSv1_3"],
  ],
  "N-40 N-41 N-42 N-43 N-44 N-45 N-46 N-47 N-48 N-49 N-50 N-51 N-52 N-53 N-54: options have OpenSSL's numbers":
    [
      ["OP_NO_SSLv2"],
      ["OP_NO_SSLv3"],
      ["OP_NO_TLSv1"],
      ["OP_NO_TLSv1_1"],
      ["OP_NO_TLSv1_2"],
      ["OP_NO_TLSv1_3"],
      ["OP_NO_RENEGOTIATION"],
      ["OP_CIPHER_SERVER_PREFERENCE"],
      ["OP_SINGLE_DH_USE"],
      ["OP_SINGLE_ECDH_USE"],
      ["OP_ENABLE_MIDDLEBOX_COMPAT"],
      ["OP_NO_COMPRESSION"],
      ["OP_NO_TICKET"],
      ["OP_IGNORE_UNEXPECTED_EOF"],
    ],
  "R-01 R-03: random bytes": [
    ["RAND_status"],
    ["RAND_bytes", 0],
    ["RAND_bytes", -1],
  ],
  "R-04: what can be added": [
    ["RAND_add", { hex: "010203" }, { float: 0 }],
    ["RAND_add", { hex: "" }, { float: 1.5 }],
    ["RAND_add", 7, { float: 0 }],
  ],
};

/** Suite B, SRP and GOST, which are not here; Python has a text of its own. */
const OTHERS: ReadonlySet<string> = new Set([
  "AT_LEAST_TLS_1_2_NEEDED_IN_SUITEB_MODE",
  "ILLEGAL_SUITEB_DIGEST",
  "MISSING_SRP_PARAM",
  "NO_GOST_CERTIFICATE_SENT_BY_PEER",
  "SRP_A_CALC",
  "UNEXPECTED_EOF_WHILE_READING",
]);

describePython("contexts and functions", (interpreter) => {
  let python: PythonSsl;
  beforeAll(() => {
    python = new PythonSsl(interpreter);
    testKey("rsa");
  });
  afterAll(() => {
    python.end();
  });

  for (const [title, [protocol, ...steps]] of Object.entries(CONTEXTS))
    it.skipIf(title === X25519 && DIFFERENCES.noX25519(interpreter))(
      title,
      async () => {
        const made: Outcome = await python.call({
          new: "it",
          context: { protocol: constant(protocol) },
        });
        expect(made).toEqual({ value: null });
        const context = newContext(protocol);
        for (const step of steps) {
          const theirs = await python.call({
            on: "it",
            ...("ask" in step ? { call: step.ask } : { set: step.set }),
          });
          const own = outcome(() => {
            if ("ask" in step) return ask(context, step.ask);
            assign(context, ...step.set);
            return null;
          });
          expect([step, essence(own, theirs)]).toEqual([step, essence(theirs)]);
        }
      },
    );

  it("E-05: the text of each reason is OpenSSL's", async (context) => {
    const told = await python.call({ texts: true });
    if (!("value" in told) || told.value === null)
      return context.skip("this Python does not list OpenSSL's reasons");
    const texts = Object.entries(told.value as Record<string, string>);
    // 491 of OpenSSL 3.0.19 in CPython 3.11.7.
    expect(texts.length).toBeGreaterThan(400);
    for (const [reason, text] of texts.filter(([name]) => !OTHERS.has(name)))
      expect(new ssl.SSLError("more", { library: "SSL", reason }).message).toBe(
        `[SSL: ${reason}] ${text}: more`,
      );
  });

  for (const [title, calls] of Object.entries(MODULE))
    it(title, async () => {
      for (const step of calls) {
        const theirs = await python.call({ module: step });
        const own = outcome(() => module(step));
        expect([step, essence(own, theirs)]).toEqual([step, essence(theirs)]);
      }
    });

  it("N-01 to N-03 N-06 to N-10 N-20 to N-23 N-26 N-28 N-40 to N-54 N-80 E-04: the module's own numbers", async () => {
    const answer = await python.call({ constants: true });
    if (!("value" in answer)) throw new Error(answer.message);
    const theirs = answer.value as Readonly<Record<string, number>>;
    const ours: Readonly<Record<string, unknown>> = { ...ssl };
    const absent = Object.keys(theirs).filter((name) => !(name in ours));
    expect(absent.filter((name) => !REFUSED_OPTIONS.has(name))).toEqual([]);
    for (const [name, number] of Object.entries(theirs))
      if (name in ours)
        expect([name, Number(ours[name]) >>> 0]).toEqual([name, number >>> 0]);
  });
});
