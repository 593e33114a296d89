/** x509 without TLS: reading, loading, verifying. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { noble } from "puretls/crypto/noble";
import {
  Certificate,
  createVerifier,
  parsePem,
  TrustStore,
} from "puretls/x509";
import {
  growBundle,
  growChains,
  growNames,
} from "../lib/certificate-growth.js";
import { CHAIN_KINDS, HOST, identity } from "../lib/fixtures.js";
import { compare } from "../lib/measure.js";

export const title = "Certificates, noble provider";

const BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

/**
 * @param {import("../lib/report.js").Report} report
 * @param {import("../lib/measure.js").Effort} effort
 */
export function run(report, effort) {
  const micro = (series) => series.map((ms) => 1000 * ms);
  const { leaf } = identity("ECDSA P-256");
  const parsing = compare(
    {
      parse: repeated(() => Certificate.parse(leaf.der)),
      decode: repeated(() => decodeAll(Certificate.parse(leaf.der))),
    },
    effort,
  );
  report.add({ name: "parse a leaf", unit: "us", ours: micro(parsing.parse) });
  report.add({
    name: "parse a leaf and decode it",
    unit: "us",
    ours: micro(parsing.decode),
  });
  for (const kind of CHAIN_KINDS) verification(report, effort, kind);
  if (existsSync(BUNDLE)) {
    const pem = readFileSync(BUNDLE);
    bundle(report, effort, pem);
    webChains(report, effort, pem);
    growBundle(report, effort, pem.toString("latin1"));
  } else report.skip("load a CA bundle", `there is no ${BUNDLE}`);
  growChains(report, effort);
  growNames(report, effort);
}

/** A chain of leaf and root, against the one signature in it. */
function verification(report, effort, kind) {
  const { leaf, trustStore, authority } = identity(kind);
  const name = kind === "RSA-2048" ? "rsa-pkcs1-sha256" : "ecdsa-sha256";
  const { tbs, signature } = leaf.certificate;
  const warm = createVerifier({ provider: noble, trustStore });
  const series = compare(
    {
      verify: repeated(() => {
        const verifier = createVerifier({ provider: noble, trustStore });
        verifier.verify({ certificates: leaf.chain }, at());
      }),
      signature: repeated(() =>
        noble.verifiers[name](authority.key.publicKey, tbs, signature),
      ),
      again: repeated(() => warm.verify({ certificates: leaf.chain }, at())),
    },
    effort,
  );
  report.add({
    name: `verify a chain, ${kind}`,
    unit: "ms",
    ours: series.verify,
    beside: series.signature,
    note: "beside: its one signature",
  });
  report.add({
    name: `verify it again, ${kind}`,
    unit: "us",
    ours: series.again.map((ms) => 1000 * ms),
    note: "the signature is remembered",
  });
}

function bundle(report, effort, pem) {
  const { size } = TrustStore.of(pem);
  const { leaf, authority } = identity("ECDSA P-256");
  const small = TrustStore.of(authority.der);
  const large = TrustStore.of(pem, authority.der);
  const verifyWith = (trustStore) => {
    const verifier = createVerifier({ provider: noble, trustStore });
    return repeated(() => verifier.verify({ certificates: leaf.chain }, at()));
  };
  const ready = (source) =>
    repeated(() =>
      TrustStore.of(source).findBySubject(leaf.certificate.issuer),
    );
  const series = compare(
    {
      bytes: ready(pem),
      text: ready(pem.toString("latin1")),
      small: verifyWith(small),
      large: verifyWith(large),
    },
    effort,
  );
  const bar = { kind: "most", value: 5 };
  report.add({
    name: `load and index ${size} CAs (PEM bytes)`,
    unit: "ms",
    ours: series.bytes,
    bar,
    note: "ready to verify",
  });
  report.add({
    name: `load and index ${size} CAs (PEM text)`,
    unit: "ms",
    ours: series.text,
    bar,
  });
  report.add({
    name: `verify under ${size + 1} anchors`,
    unit: "us",
    ours: series.large.map((ms) => 1000 * ms),
    beside: series.small.map((ms) => 1000 * ms),
    bar: { kind: "most", value: 1.2 },
    note: "beside: under one; signatures remembered",
  });
}

/** Chains that servers of the web have sent, under the system's bundle. */
function webChains(report, effort, pem) {
  const folder = process.env["PURETLS_VECTORS"] ?? "";
  const file = join(folder, "limbo", "limbo.json");
  if (folder === "" || !existsSync(file)) {
    report.skip("chains of the web", "PURETLS_VECTORS names no x509-limbo");
    return;
  }
  const trustStore = TrustStore.of(pem);
  const { testcases } = JSON.parse(readFileSync(file, "utf8"));
  const contenders = {};
  for (const one of testcases) {
    if (!WEB_CHAINS.includes(one.id)) continue;
    const certificates = [
      one.peer_certificate,
      ...one.untrusted_intermediates,
    ].map((text) => parsePem(text)[0].der);
    const context = {
      purpose: "serverAuth",
      serverName: one.expected_peer_name.value,
      now: Date.parse(one.validation_time),
    };
    contenders[context.serverName] = repeated(() =>
      createVerifier({ provider: noble, trustStore }).verify(
        { certificates },
        context,
      ),
    );
  }
  const series = compare(contenders, effort);
  for (const [name, ours] of Object.entries(series))
    report.add({
      name: `verify the chain of ${name}`,
      unit: "ms",
      ours,
      note: "under the system's bundle, nothing remembered",
    });
}

/** One of ECDSA, one of RSA. */
const WEB_CHAINS = ["online::cloudflare.com", "online::amazon.com"];

function repeated(operation) {
  return (times) => () => {
    for (let i = 0; i < times; i++) operation();
  };
}

function at() {
  return { purpose: "serverAuth", serverName: HOST, now: noble.now() };
}

function decodeAll(certificate) {
  return [
    certificate.subjectPublicKeyInfo,
    certificate.subject.key,
    certificate.issuer.key,
    certificate.subjectAltName,
    certificate.basicConstraints,
    certificate.keyUsage,
    certificate.extendedKeyUsage,
    certificate.authorityKeyIdentifier,
    certificate.subjectKeyIdentifier,
  ];
}
