/** ClientHellos of TLS 1.3 that a server must refuse, or must accept. */
import {
  append,
  cut,
  double,
  drop,
  edit,
  empty,
  last,
  lie,
  type MessageEdit,
  resize,
  set,
} from "../message/edits.ts";
import type { LabScenario } from "../scenario/scenario.ts";
import { client13 } from "./begin.ts";

type Hello = LabScenario<"tls13", "client">;

function hello(
  name: string,
  ids: readonly string[],
  change: MessageEdit,
): Hello {
  return client13(`hello/${name}`, ...ids).beforeSend("client_hello", change);
}

/** Hellos with a field that is wrong, and the alert for each. */
function wrongFields(): Hello[] {
  return [
    ...(
      [
        ["ssl3", 0x0300],
        ["tls10", 0x0301],
        ["tls11", 0x0302],
        ["tls13", 0x0304],
      ] as const
    ).map(([name, version]) =>
      hello(
        `legacy-version-${name}`,
        ["9846-4.2.2-07b", "9846-E.5-09a"],
        edit.field("legacy_version", set(version)),
      ).expectAlert("protocol_version"),
    ),
    hello(
      "compression-deflate",
      ["9846-4.2.2-15"],
      edit.field("legacy_compression_methods", set("01")),
    ).expectAlert("illegal_parameter"),
    hello(
      "compression-two-methods",
      ["9846-4.2.2-15"],
      edit.field("legacy_compression_methods", set("0001")),
    ).expectAlert("illegal_parameter"),
    hello(
      "compression-none",
      ["9846-4.2.2-15"],
      edit.field("legacy_compression_methods", empty),
    ).expectAlert("illegal_parameter", "decode_error"),
    hello(
      "no-common-suite",
      ["9846-4.2.1-04"],
      edit.field("cipher_suites", set("13fe")),
    ).expectAlert("handshake_failure", "insufficient_security"),
    hello(
      "no-common-group",
      ["9846-4.2.1-01"],
      edit.all(
        edit.field("named_group_list", set("fe00")),
        edit.field("key_share.group", set(0xfe00)),
      ),
    ).expectAlert("handshake_failure", "insufficient_security"),
    hello(
      "no-common-signature-scheme",
      ["9846-4.2.1-04"],
      edit.field("supported_signature_algorithms", set("fe00")),
    ).expectAlert("handshake_failure", "insufficient_security"),
    hello(
      "versions-unknown-alone",
      ["9846-E.2-03"],
      edit.field("supported_versions.versions", set("7f7f")),
    ).expectAlert("protocol_version"),
    hello(
      "two-host-names",
      ["9846-6-07a"],
      edit.field("server_name_list", append("000009" + "6c6f63616c686f7374")),
    ).expectAlert("illegal_parameter", "decode_error"),
  ];
}

/** Hellos that lack an extension. */
function withoutExtensions(): Hello[] {
  return [
    hello(
      "without-key-share",
      ["9846-9.2-11", "9846-9.2-12"],
      edit.extension("key_share", drop),
    ).expectAlert("missing_extension"),
    hello(
      "without-supported-groups",
      ["9846-9.2-11", "9846-9.2-12"],
      edit.extension("supported_groups", drop),
    ).expectAlert("missing_extension"),
    hello(
      "without-signature-algorithms",
      ["9846-4.3.3-03", "9846-9.2-12"],
      edit.extension("signature_algorithms", drop),
    ).expectAlert("missing_extension"),
    hello(
      "without-groups-and-shares",
      ["9846-9.2-10", "9846-9.2-12"],
      edit.all(
        edit.extension("supported_groups", drop),
        edit.extension("key_share", drop),
      ),
    ).expectAlert("missing_extension"),
  ];
}

/** Hellos whose structure is broken. */
function broken(): Hello[] {
  const malformed = (
    name: string,
    change: MessageEdit,
    id = "9846-6-06",
  ): Hello => hello(name, [id], change).expectAlert("decode_error");
  const lists = [
    ["supported-groups", "named_group_list"],
    ["signature-algorithms", "supported_signature_algorithms"],
    ["supported-versions", "supported_versions.versions"],
    ["cipher-suites", "cipher_suites"],
  ] as const;
  const lengths = [
    ["session-id", "legacy_session_id"],
    ["cipher-suites", "cipher_suites"],
    ["extensions", "extensions"],
    ["key-shares", "client_shares"],
    ["supported-groups", "named_group_list"],
    ["signature-algorithms", "supported_signature_algorithms"],
    ["supported-versions", "supported_versions.versions"],
    ["server-names", "server_name_list"],
  ] as const;
  const extensions = [
    "supported_versions",
    "supported_groups",
    "signature_algorithms",
    "key_share",
  ] as const;
  return [
    ...lists.flatMap(([name, field]) => [
      malformed(`${name}-empty`, edit.field(field, empty)),
      malformed(`${name}-odd-length`, edit.field(field, append("00"))),
    ]),
    ...lengths.flatMap(([name, field]) => [
      malformed(`${name}-length-too-long`, edit.field(field, lie(1))),
      malformed(`${name}-length-too-short`, edit.field(field, lie(-1))),
    ]),
    ...extensions.map((name) =>
      malformed(
        `${name.replaceAll("_", "-")}-with-left-over-data`,
        edit.extension(name, append("00")),
        "9846-4.3-02",
      ),
    ),
    malformed(
      "session-id-of-33-bytes",
      edit.field("legacy_session_id", resize(33)),
    ),
    malformed("trailing-byte", edit.message(append("00"))),
    malformed("cut-by-one-byte", edit.message(cut(1))),
    malformed("without-a-body", edit.message(set(""))),
  ];
}

/** Hellos that say an extension twice. */
function doubled(): Hello[] {
  return (
    [
      "supported_versions",
      "key_share",
      "supported_groups",
      "signature_algorithms",
      "server_name",
    ] as const
  ).map((name) =>
    hello(
      `${name.replaceAll("_", "-")}-twice`,
      ["9846-4.3-09b"],
      edit.extension(name, double),
    ).expectAlert("decode_error", "illegal_parameter"),
  );
}

/** Hellos with shares that are no public keys. */
function shares(): Hello[] {
  const zeros = "00".repeat(32);
  const one = `01${"00".repeat(31)}`;
  const share = (
    name: string,
    ids: readonly string[],
    key: string,
    groups?: readonly string[],
  ): Hello => {
    const begun = hello(
      `share-${name}`,
      ids,
      edit.field("key_exchange", set(key)),
    );
    return (
      groups === undefined ? begun : begun.with({ groups, keyShares: groups })
    ).expectAlert("illegal_parameter", "decode_error");
  };
  const x = "11".repeat(32);
  return [
    share("x25519-zero", ["9846-7.4.2-03"], zeros),
    share("x25519-small-order", ["9846-7.4.2-03"], one),
    share("x25519-short", ["9846-4.3.8.2-01"], "09".repeat(31)),
    share("x25519-long", ["9846-4.3.8.2-01"], "09".repeat(33)),
    share("p256-off-the-curve", ["9846-4.3.8.2-01"], `04${x}${x}`, [
      "secp256r1",
    ]),
    share("p256-at-infinity", ["9846-4.3.8.2-01"], "00", ["secp256r1"]),
    share("p256-compressed", ["9846-4.3.8.2-01"], `02${x}`, ["secp256r1"]),
    share("p256-short", ["9846-4.3.8.2-01"], `04${x}`, ["secp256r1"]),
    share("p256-out-of-range", ["9846-4.3.8.2-01"], `04${"ff".repeat(64)}`, [
      "secp256r1",
    ]),
    share("p384-off-the-curve", ["9846-4.3.8.2-01"], `04${"11".repeat(96)}`, [
      "secp384r1",
    ]),
    hello(
      "share-empty",
      ["9846-6-06"],
      edit.field("key_exchange", empty),
    ).expectAlert("decode_error", "illegal_parameter"),
  ];
}

/** Hellos that are unusual, and right. */
function unusual(): Hello[] {
  return [
    hello(
      "unknown-suites",
      ["9846-4.2.2-12", "9846-9.3-05"],
      edit.field("cipher_suites", append("0a0a13fffeff")),
    ),
    hello(
      "unknown-extension",
      ["9846-4.2.2-17", "9846-9.3-05"],
      edit.addExtension(0xfeed, "0102030405"),
    ),
    hello(
      "unknown-extension-first",
      ["9846-4.2.2-17"],
      edit.addExtension(0x0a0a, "", "first"),
    ),
    hello(
      "large-unknown-extension",
      ["9846-4.2.2-17"],
      edit.addExtension(0xfeed, "00".repeat(3000)),
    ),
    hello(
      "unknown-versions",
      ["9846-4.3.1-05b"],
      edit.field("supported_versions.versions", append("7a7a03047f1c")),
    ),
    hello(
      "unknown-groups",
      ["9846-9.3-05"],
      edit.field("named_group_list", append("2a2afe01")),
    ),
    hello(
      "unknown-signature-schemes",
      ["9846-9.3-05"],
      edit.field("supported_signature_algorithms", append("4a4afe01")),
    ),
    hello("reversed-extensions", ["9846-4.2.2-17"], edit.extensions("reverse")),
    hello(
      "suites-twice",
      ["9846-4.2.2-12"],
      edit.field("cipher_suites", append("1301")),
    ),
    hello(
      "versions-in-reverse",
      ["9846-4.3.1-05a"],
      edit.field("supported_versions.versions", set("03030304")),
    ),
    hello(
      "padded",
      ["9846-4.2.2-17"],
      edit.addExtension("padding", "00".repeat(512)),
    ),
    hello(
      "server-name-last",
      ["9846-4.2.2-17"],
      edit.extension("server_name", last),
    ),
  ].map((one) => one.expectConnected());
}

/** Scenarios of a client of TLS 1.3 whose hello is wrong or unusual. */
export function clientHello13(): LabScenario[] {
  return [
    ...wrongFields(),
    ...withoutExtensions(),
    ...broken(),
    ...doubled(),
    ...shares(),
    ...unusual(),
  ];
}
