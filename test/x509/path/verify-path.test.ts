/** Verify codes of paths, signatures, dates and purposes. */
import { OID } from "../../../src/x509/index.ts";
import {
  type Issued,
  NOW,
  type TestKey,
  authorityKeyIdentifier,
  basicConstraints,
  bits,
  bytes,
  caExtensions,
  ed25519Key,
  extKeyUsage,
  extension,
  intermediate,
  issue,
  keyUsage,
  leaf,
  leafExtensions,
  octets,
  oid,
  root,
  seq,
  subjectKeyIdentifier,
  testKey,
} from "../../support/der-builder.ts";
import {
  level2,
  below,
  compareWithOpenssl,
  DAY,
  anchor,
  caWithout,
  elliptic,
  middle,
  other,
  plainLeaf,
  rsaKey,
  strict,
  strong,
  weak,
  without,
} from "./openssl-cases.ts";

const tiny = rsaKey(512);

/** Self-signed, with the subject of `anchor`. */
function namesake(
  key: TestKey,
  extensions: readonly Uint8Array[] = leafExtensions(key),
): Issued {
  return issue({ key, subject: anchor.subject, extensions });
}

compareWithOpenssl("paths", {
  "a good chain": () => ({
    code: "ok",
    leaf: leaf(middle),
    sent: [middle],
    trusted: [anchor],
  }),
  "a good chain in the strict profile": () => ({
    code: "ok",
    leaf: leaf(middle),
    sent: [middle],
    trusted: [anchor],
    ...strict,
  }),
  "an unknown issuer of the leaf": () => ({
    code: "unknown_issuer",
    leaf: leaf(anchor),
    trusted: [other],
  }),
  "an unknown issuer of the intermediate": () => ({
    code: "unknown_issuer",
    leaf: leaf(middle),
    sent: [middle],
    trusted: [other],
    depth: 1,
  }),
  "a self-signed leaf": () => ({
    code: "self_signed_leaf",
    leaf: issue({
      key: ed25519Key(30),
      extensions: leafExtensions(ed25519Key(30)),
    }),
    trusted: [other],
  }),
  "a self-signed leaf with an anchor's name and another kind of key": () => ({
    code: "self_signed_leaf",
    leaf: namesake(elliptic),
    trusted: [anchor],
  }),
  "a self-signed leaf with an anchor's name and another key": () => ({
    code: "self_signed_leaf",
    leaf: namesake(ed25519Key(30)),
    trusted: [anchor],
  }),
  "the same without key identifiers": () => ({
    code: "self_signed_leaf",
    leaf: namesake(ed25519Key(30), []),
    trusted: [anchor],
  }),
  "a root with an anchor's name and another kind of key": () => {
    const twin = namesake(elliptic, caExtensions(elliptic));
    return {
      code: "self_signed_in_chain",
      leaf: leaf(twin, { extensions: leafExtensions(elliptic) }),
      sent: [twin],
      trusted: [anchor],
      depth: 1,
    };
  },
  "a root with an anchor's name and another key": () => {
    const twin = namesake(ed25519Key(30), caExtensions(ed25519Key(30)));
    return {
      code: "self_signed_in_chain",
      leaf: leaf(twin, { extensions: leafExtensions(ed25519Key(30)) }),
      sent: [twin],
      trusted: [anchor],
      depth: 1,
    };
  },
  "an untrusted root": () => ({
    code: "self_signed_in_chain",
    leaf: leaf(middle),
    sent: [middle, anchor],
    trusted: [other],
    depth: 2,
  }),
  "a trusted intermediate, without partial chains": () => ({
    code: "anchor_not_self_signed",
    leaf: leaf(middle),
    trusted: [middle],
    depth: 1,
    ours: { partialChain: false },
  }),
  "a trusted intermediate, with partial chains": () => ({
    code: "ok",
    leaf: leaf(middle),
    trusted: [middle],
    theirs: ["-partial_chain"],
  }),
  "a trusted leaf, without partial chains": () => {
    const one = leaf(anchor);
    return {
      code: "unknown_issuer",
      leaf: one,
      trusted: [one],
      ours: { partialChain: false },
    };
  },
  "a trusted leaf, with partial chains": () => {
    const one = leaf(anchor);
    return {
      code: "ok",
      leaf: one,
      trusted: [one],
      theirs: ["-partial_chain"],
    };
  },
  "a trusted self-signed leaf": () => {
    const one = issue({
      key: ed25519Key(30),
      extensions: leafExtensions(ed25519Key(30)),
    });
    return { code: "ok", leaf: one, trusted: [one] };
  },
  "an expired leaf": () => ({
    code: "certificate_expired",
    leaf: leaf(anchor, { notAfter: NOW - DAY }),
    trusted: [anchor],
  }),
  "an expired root": () => ({
    code: "certificate_expired",
    ...((old) => ({ leaf: leaf(old), trusted: [old] }))(
      root(3, { notAfter: NOW - DAY }),
    ),
    depth: 1,
  }),
  "a leaf of tomorrow": () => ({
    code: "certificate_not_yet_valid",
    leaf: leaf(anchor, { notBefore: NOW + DAY }),
    trusted: [anchor],
  }),
  "a wrong signature": () => ({
    code: "signature_failure",
    leaf: leaf(anchor, { damageSignature: true }),
    trusted: [anchor],
  }),
  "two signature algorithms": () => {
    const top = root(8, { key: elliptic, extensions: caExtensions(elliptic) });
    const innerAlgorithm = seq(oid(OID.ecdsaWithSHA384));
    return {
      code: "signature_algorithm_mismatch",
      leaf: leaf(top, { innerAlgorithm }),
      trusted: [top],
      ...strict,
    };
  },
  "an issuer that is no CA": () => ({
    code: "invalid_ca",
    ...below({
      extensions: [
        basicConstraints(false),
        subjectKeyIdentifier(ed25519Key(20)),
        authorityKeyIdentifier(anchor.key),
      ],
    }),
    depth: 1,
  }),
  "an issuer without basicConstraints": () => ({
    code: "invalid_ca",
    ...below({ extensions: caWithout(OID.basicConstraints, OID.keyUsage) }),
    depth: 1,
  }),
  "an issuer without keyCertSign": () => ({
    code: "key_usage_no_cert_sign",
    ...below({ extensions: [...caWithout(OID.keyUsage), keyUsage(0)] }),
    depth: 1,
  }),
  "a path that is too long for a CA": () => {
    const top = root(4, {
      extensions: caExtensions(ed25519Key(4), undefined, 0),
    });
    const ca = intermediate(20, top);
    return {
      code: "path_length_exceeded",
      leaf: leaf(ca),
      sent: [ca],
      trusted: [top],
      depth: 2,
    };
  },
  "more intermediates than allowed": () => ({
    code: "chain_too_long",
    depth: 1,
    leaf: leaf(middle),
    sent: [middle],
    trusted: [anchor],
    ours: { maximumIntermediates: 0 },
    theirs: ["-verify_depth", "0"],
  }),
  "a client's certificate at a server": () => ({
    code: "wrong_purpose",
    leaf: leaf(anchor, {
      extensions: [...without(OID.extKeyUsage), extKeyUsage(OID.clientAuth)],
    }),
    trusted: [anchor],
  }),
  "a CA for other purposes": () => ({
    code: "wrong_purpose",
    ...below({
      extensions: [
        ...caExtensions(ed25519Key(20), anchor.key),
        extKeyUsage(OID.clientAuth),
      ],
    }),
    depth: 1,
  }),
  "keyUsage that fits no handshake": () => ({
    code: "wrong_purpose",
    leaf: leaf(anchor, { extensions: [...without(OID.keyUsage), keyUsage(1)] }),
    trusted: [anchor],
  }),
  "an unknown critical extension": () => ({
    code: "unhandled_critical_extension",
    leaf: leaf(anchor, plainLeaf(extension("1.2.3.4", octets(), true))),
    trusted: [anchor],
  }),
  "a short RSA key of the leaf": () => ({
    code: "weak_leaf_key",
    leaf: leaf(anchor, { key: weak }),
    trusted: [anchor],
    ...level2,
  }),
  "a short RSA key of a CA": () => ({
    code: "weak_ca_key",
    ...below(
      { key: weak, extensions: caExtensions(weak, anchor.key) },
      { extensions: leafExtensions(weak) },
    ),
    ...level2,
    depth: 1,
  }),
  "a shorter RSA key than any provider takes, of the leaf": () => ({
    code: "weak_leaf_key",
    leaf: leaf(anchor, { key: tiny }),
    trusted: [anchor],
    ...level2,
  }),
  "a shorter RSA key than any provider takes, of a CA": () => ({
    code: "weak_ca_key",
    ...below(
      { key: tiny, extensions: caExtensions(tiny, anchor.key) },
      { extensions: leafExtensions(tiny) },
    ),
    ...level2,
    depth: 1,
  }),
  "a shorter RSA key than any provider takes, of the anchor": () => {
    const top = root(6, { key: tiny, extensions: caExtensions(tiny) });
    return {
      code: "weak_ca_key",
      leaf: leaf(top, { extensions: leafExtensions(tiny) }),
      trusted: [top],
      ...level2,
      depth: 1,
    };
  },
  // [9846-4.5.1.3-05]
  "an intermediate signed with SHA-1": () => {
    const top = root(5, { key: strong, extensions: caExtensions(strong) });
    const signer = { ...top, key: testKey(strong.key, "rsa-pkcs1-sha1") };
    const ca = intermediate(21, signer);
    return {
      code: "weak_signature_digest",
      leaf: leaf(ca),
      sent: [ca],
      trusted: [top],
      ...level2,
      depth: 1,
    };
  },
  "a CA's key of an unknown kind": () => ({
    theirCode: 20,
    theirDepth: 0,
    code: "unsupported_public_key",
    ...below({ spki: seq(seq(oid("1.2.3.4")), bits(bytes(1, 2, 3))) }),
    depth: 1,
  }),
  "an unknown signature algorithm": () => ({
    code: "unsupported_signature_algorithm",
    leaf: leaf(anchor, {
      innerAlgorithm: seq(oid("1.2.3.4")),
      outerAlgorithm: seq(oid("1.2.3.4")),
    }),
    trusted: [anchor],
  }),
  "a signature algorithm that does not fit the issuer's key": () => ({
    code: "signature_key_mismatch",
    leaf: leaf(anchor, {
      innerAlgorithm: elliptic.algorithm,
      outerAlgorithm: elliptic.algorithm,
    }),
    trusted: [anchor],
  }),
  "an extension that does not decode": () => ({
    theirCode: 20,
    theirDepth: 0,
    code: "malformed_extension",
    leaf: leaf(anchor, {
      extensions: [
        ...without(OID.keyUsage),
        extension(OID.keyUsage, bytes(1, 2, 3)),
      ],
    }),
    trusted: [anchor],
  }),
  "two extensions of a kind": () => ({
    theirCode: 20,
    theirDepth: 0,
    code: "malformed_certificate",
    leaf: leaf(anchor, plainLeaf(keyUsage(0))),
    trusted: [anchor],
  }),
});
