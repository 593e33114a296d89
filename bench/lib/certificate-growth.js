/** Certificates as bundles, chains and lists of names grow: cost per unit. */
import { noble } from "puretls/crypto/noble";
import { createCertificateAuthority } from "puretls/pki";
import { createVerifier, encodePem, parsePem, TrustStore } from "puretls/x509";
import { HOST, hollowProvider, newKey } from "./fixtures.js";
import { compare } from "./measure.js";

/** A cost is flat while it stays below this ratio. */
const FLAT = /** @type {const} */ ({ kind: "most", value: 1.25 });

/**
 * Rows for each size: what one unit costs, beside what it costs at the
 * smallest size.
 *
 * @param {import("./report.js").Report} report
 * @param {import("./measure.js").Effort} effort
 * @param {object} growth
 * @param {(size: number) => string} growth.name
 * @param {string} growth.unit
 * @param {readonly number[]} growth.sizes
 * @param {(size: number) => () => unknown} growth.prepare
 * @param {(size: number) => number} [growth.units] the size itself, if not given
 * @param {number} [growth.from] the size to compare with: the first
 */
function grow(report, effort, growth) {
  const { name, unit, sizes, prepare, units = (size) => size } = growth;
  const { from = sizes[0] } = growth;
  const contenders = sizes.map((size) => {
    const operation = prepare(size);
    const work = (times) => () => {
      for (let i = 0; i < times; i++) operation();
    };
    return [`${size}`, work];
  });
  const series = compare(Object.fromEntries(contenders), effort);
  const each = (size) =>
    series[`${size}`].map((ms) => (1000 * ms) / units(size));
  for (const size of sizes)
    report.add({
      name: name(size),
      unit,
      ours: each(size),
      ...(size >= from && { beside: each(from) }),
      ...(size > from && { bar: FLAT }),
    });
}

/**
 * The system's own certificates, every so many of them.
 *
 * @param {import("./report.js").Report} report
 * @param {import("./measure.js").Effort} effort
 * @param {string} pem
 */
export function growBundle(report, effort, pem) {
  const blocks = parsePem(pem).sort((a, b) => a.der.length - b.der.length);
  const sample = (size) => {
    const step = blocks.length / size;
    return Array.from({ length: size }, (_, i) => {
      const block = blocks[Math.floor((i + 0.5) * step)];
      return encodePem("CERTIFICATE", block.der);
    }).join("");
  };
  const texts = new Map();
  const { issuer } = TrustStore.of(sample(1)).certificates[0];
  grow(report, effort, {
    name: (size) => `load and index a bundle of ${size}, per KiB of PEM`,
    unit: "us",
    sizes: [1, 12, blocks.length],
    units: (size) => texts.get(size).length / 1024,
    prepare: (size) => {
      const text = sample(size);
      texts.set(size, text);
      return () => TrustStore.of(text).findBySubject(issuer);
    },
  });
}

/**
 * @param {import("./report.js").Report} report
 * @param {import("./measure.js").Effort} effort
 */
export function growChains(report, effort) {
  const key = () => newKey("ECDSA P-256");
  const authorities = [
    createCertificateAuthority({
      provider: noble,
      name: "puretls bench chains",
      key: key(),
    }),
  ];
  const [root] = authorities;
  const trustStore = TrustStore.of(root.der);
  while (authorities.length <= 8)
    authorities.push(
      authorities[authorities.length - 1].issueIntermediate({
        name: `intermediate ${authorities.length}`,
        key: key(),
      }),
    );
  const leaves = new Map(
    authorities.map((authority, size) => [
      size,
      authority.issueServer({ hosts: [HOST], key: key() }),
    ]),
  );
  const common = {
    sizes: [1, 2, 4, 8],
    unit: "us",
    units: (size) => size + 1,
  };
  grow(report, effort, {
    ...common,
    name: (size) => `verify ${size} intermediates, per signature`,
    prepare: (size) => verification(noble, trustStore, leaves.get(size)),
  });
  grow(report, effort, {
    ...common,
    name: (size) => `the same without signature checks, ${size}`,
    prepare: (size) =>
      verification(hollowProvider, trustStore, leaves.get(size)),
  });
}

/**
 * Costs that do not depend on the number of names are most of the smallest
 * sizes: what counts is that 1,000 cost each no more than 100.
 *
 * @param {import("./report.js").Report} report
 * @param {import("./measure.js").Effort} effort
 */
export function growNames(report, effort) {
  const key = newKey("ECDSA P-256");
  const root = createCertificateAuthority({
    provider: noble,
    name: "puretls bench names",
    key,
  });
  const trustStore = TrustStore.of(root.der);
  const sizes = [1, 10, 100, 1000];
  const names = (count) =>
    Array.from({ length: count }, (_, i) => `host${i}.example`);
  const host = (size) => `host${size - 1}.example`;
  grow(report, effort, {
    name: (size) => `verify a leaf, signature apart, per name of ${size}`,
    unit: "us",
    sizes,
    from: 100,
    prepare: (size) => {
      const leaf = root.issueServer({ hosts: names(size), key });
      return verification(hollowProvider, trustStore, leaf, host(size));
    },
  });
  const held = 10;
  grow(report, effort, {
    name: (size) => `${held} names under constraints, per one of ${size}`,
    unit: "us",
    sizes,
    from: 100,
    prepare: (size) => {
      const authority = root.issueIntermediate({
        name: `constrained ${size}`,
        key,
        nameConstraints: { excluded: { dns: names(size) } },
      });
      const hosts = names(held).map((name) => `${name}.org`);
      const leaf = authority.issueServer({ hosts, key });
      return verification(hollowProvider, trustStore, leaf, hosts[0]);
    },
  });
}

/** Nothing is remembered from one time to the next. */
function verification(provider, trustStore, leaf, serverName = HOST) {
  const verifier = createVerifier({
    provider,
    trustStore,
    signatureCacheSize: 0,
  });
  const peer = { certificates: leaf.chain };
  const at = { purpose: "serverAuth", serverName, now: noble.now() };
  return () => verifier.verify(peer, at);
}
