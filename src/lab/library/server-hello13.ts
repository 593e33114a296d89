/** A server of TLS 1.3 whose hello is wrong: a client is tested. */
import {
  append,
  cut,
  double,
  drop,
  edit,
  empty,
  lie,
  type MessageEdit,
  resize,
  set,
} from "../message/edits.ts";
import { item } from "../scenario/items.ts";
import type { LabScenario } from "../scenario/scenario.ts";
import { server13 } from "./begin.ts";

type Server = LabScenario<"tls13", "server">;

function hello(
  name: string,
  ids: readonly string[],
  change: MessageEdit,
): Server {
  return server13(`server-hello/${name}`, ...ids).beforeSend(
    "server_hello",
    change,
  );
}

/** The end of a random by which a server of TLS 1.3 says that it was talked down. */
const SENTINEL = "444f574e475244";

/** ServerHellos with a field that is wrong. */
function fields(): Server[] {
  const random = "11".repeat(24);
  const down = (name: string, end: string): Server =>
    hello(
      `downgrade-sentinel-${name}`,
      ["9846-4.2.3-14", "9846-4.2.3-16"],
      edit.all(
        edit.field("random", set(`${random}${SENTINEL}${end}`)),
        edit.extension("supported_versions", drop),
        edit.extension("key_share", drop),
        edit.field("cipher_suite", set(0xc02b)),
      ),
    )
      .with({ bothVersions: true })
      .expectAlert("illegal_parameter");
  return [
    ...[0x0301, 0x0302, 0x0304].map((version) =>
      hello(
        `legacy-version-${version.toString(16)}`,
        ["9846-4.2.3-01b", "9846-E.5-09b"],
        edit.field("legacy_version", set(version)),
      ).expectAlert("protocol_version"),
    ),
    hello(
      "session-id-changed",
      ["9846-4.2.3-04"],
      edit.field("legacy_session_id_echo", set("22".repeat(32))),
    ).expectAlert("illegal_parameter"),
    hello(
      "session-id-empty",
      ["9846-4.2.3-04"],
      edit.field("legacy_session_id_echo", empty),
    ).expectAlert("illegal_parameter"),
    hello(
      "session-id-short",
      ["9846-4.2.3-04"],
      edit.field("legacy_session_id_echo", cut(1)),
    ).expectAlert("illegal_parameter"),
    ...(
      [
        ["not-offered", 0x1305],
        ["unknown", 0x13fe],
        ["of-tls12", 0xc02b],
        ["of-grease", 0x0a0a],
      ] as const
    ).map(([name, suite]) =>
      hello(
        `suite-${name}`,
        ["9846-4.2.3-05"],
        edit.field("cipher_suite", set(suite)),
      ).expectAlert("illegal_parameter"),
    ),
    hello(
      "compression",
      ["9846-4.2.3-07"],
      edit.field("legacy_compression_method", set(1)),
    ).expectAlert("illegal_parameter"),
    ...(
      [
        ["tls12", 0x0303],
        ["tls11", 0x0302],
        ["unknown", 0x0305],
        ["draft", 0x7f1c],
      ] as const
    ).map(([name, version]) =>
      hello(
        `selected-version-${name}`,
        ["9846-4.3.1-13"],
        edit.field("selected_version", set(version)),
      ).expectAlert("illegal_parameter"),
    ),
    down("of-tls12", "01"),
    down("of-tls11", "00"),
  ];
}

/** ServerHellos with extensions that are wrong. */
function extensions(): Server[] {
  return [
    hello(
      "unknown-extension",
      ["9846-4.3-06"],
      edit.addExtension(0xfeed, "00"),
    ).expectAlert("unsupported_extension"),
    hello(
      "cookie",
      ["9846-4.3-06"],
      edit.addExtension("cookie", "0001aa"),
    ).expectAlert("unsupported_extension", "illegal_parameter"),
    hello(
      "pre-shared-key-not-offered",
      ["9846-4.3-06"],
      edit.addExtension("pre_shared_key", "0000"),
    ).expectAlert("unsupported_extension", "illegal_parameter"),
    ...(
      [
        ["supported_groups", "0002001d"],
        ["signature_algorithms", "00020403"],
        ["server_name", ""],
      ] as const
    ).map(([name, body]) =>
      hello(
        `with-${name.replaceAll("_", "-")}`,
        ["9846-4.3-07a"],
        edit.addExtension(name, body),
      ).expectAlert("illegal_parameter", "unsupported_extension"),
    ),
    ...(["key_share", "supported_versions"] as const).map((name) =>
      hello(
        `${name.replaceAll("_", "-")}-twice`,
        ["9846-4.3-09b"],
        edit.extension(name, double),
      ).expectAlert("decode_error", "illegal_parameter"),
    ),
    hello(
      "without-key-share",
      ["9846-9.2-11"],
      edit.extension("key_share", drop),
    ).expectAlert("missing_extension", "illegal_parameter"),
    hello(
      "group-not-offered",
      ["9846-4.3.8-16a"],
      edit.field("key_share.group", set(0x001e)),
    ).expectAlert("illegal_parameter"),
    hello(
      "group-unknown",
      ["9846-4.3.8-16a"],
      edit.field("key_share.group", set(0xfe01)),
    ).expectAlert("illegal_parameter"),
    ...(
      [
        ["zero", "00".repeat(32), "9846-7.4.2-03"],
        ["of-small-order", `01${"00".repeat(31)}`, "9846-7.4.2-03"],
        ["short", "09".repeat(31), "9846-4.3.8.2-01"],
        ["long", "09".repeat(33), "9846-4.3.8.2-01"],
      ] as const
    ).map(([name, key, id]) =>
      hello(
        `share-${name}`,
        [id],
        edit.field("key_exchange", set(key)),
      ).expectAlert("illegal_parameter", "decode_error"),
    ),
  ];
}

/** ServerHellos whose structure is broken. */
function broken(): Server[] {
  const malformed = (name: string, change: MessageEdit): Server =>
    hello(name, ["9846-6-06"], change).expectAlert("decode_error");
  return [
    malformed("trailing-byte", edit.message(append("00"))),
    malformed("cut-by-one-byte", edit.message(cut(1))),
    malformed("without-a-body", edit.message(set(""))),
    malformed("extensions-too-long", edit.field("extensions", lie(1))),
    malformed("extensions-too-short", edit.field("extensions", lie(-1))),
    malformed(
      "session-id-of-33-bytes",
      edit.field("legacy_session_id_echo", resize(33)),
    ),
    malformed("key-share-too-long", edit.field("key_exchange", lie(1))),
    malformed("key-share-too-short", edit.field("key_exchange", lie(-1))),
    malformed(
      "version-with-left-over-data",
      edit.extension("supported_versions", append("00")),
    ),
    malformed(
      "key-share-with-left-over-data",
      edit.extension("key_share", append("00")),
    ),
  ];
}

/** The random that makes a ServerHello a HelloRetryRequest: RFC 9846 4.2.4. */
const RETRY_RANDOM =
  "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";

/** HelloRetryRequests that are wrong. */
function retries(): Server[] {
  const retry = (name: string, ...ids: string[]): Server =>
    server13(`retry/${name}`, ...ids).with({ retry: true });
  const before = (
    name: string,
    ids: readonly string[],
    change: MessageEdit,
  ): Server => retry(name, ...ids).beforeSend("hello_retry_request", change);
  return [
    retry("answered", "9846-4.2.4-07").expectConnected(),
    server13(
      "retry/for-a-share-that-was-sent",
      "9846-4.2.4-05",
      "9846-4.3.8-13",
    )
      .beforeSend(
        "server_hello",
        edit.all(
          edit.field("key_share.key_exchange", drop),
          edit.field("random", set(RETRY_RANDOM)),
        ),
      )
      .expectAlert("illegal_parameter"),
    before(
      "for-a-group-not-offered",
      ["9846-4.3.8-12", "9846-4.3.8-13"],
      edit.field("selected_group", set(0xfe01)),
    ).expectAlert("illegal_parameter"),
    before(
      "that-changes-nothing",
      ["9846-4.2.4-05"],
      edit.extension("key_share", drop),
    ).expectAlert("illegal_parameter"),
    before(
      "without-supported-versions",
      ["9846-4.2.4-04"],
      edit.extension("supported_versions", drop),
    ).expectAlert("missing_extension", "illegal_parameter", "protocol_version"),
    before(
      "unknown-extension",
      ["9846-4.3-06"],
      edit.addExtension(0xfeed, "00"),
    ).expectAlert("unsupported_extension"),
    before(
      "session-id-changed",
      ["9846-4.2.4-04"],
      edit.field("legacy_session_id_echo", set("22".repeat(32))),
    ).expectAlert("illegal_parameter"),
    before(
      "suite-not-offered",
      ["9846-4.2.4-08"],
      edit.field("cipher_suite", set(0x1305)),
    ).expectAlert("illegal_parameter"),
    before(
      "compression",
      ["9846-4.2.4-04"],
      edit.field("legacy_compression_method", set(1)),
    ).expectAlert("illegal_parameter"),
    before(
      "legacy-version-302",
      ["9846-4.2.4-04"],
      edit.field("legacy_version", set(0x0302)),
    ).expectAlert("protocol_version"),
    before(
      "selected-version-tls12",
      ["9846-4.3.1-13"],
      edit.field("selected_version", set(0x0303)),
    ).expectAlert("illegal_parameter"),
    before(
      "key-share-twice",
      ["9846-4.3-09b"],
      edit.extension("key_share", double),
    ).expectAlert("decode_error", "illegal_parameter"),
    before(
      "empty-cookie",
      ["9846-6-06"],
      edit.addExtension("cookie", "0000"),
    ).expectAlert("decode_error"),
    before(
      "trailing-byte",
      ["9846-6-06"],
      edit.message(append("00")),
    ).expectAlert("decode_error"),
    retry("twice", "9846-4.2.4-06")
      .replace("server_hello", item.copy("hello_retry_request"))
      .expectAlert("unexpected_message"),
    retry("suite-changes-behind-it", "9846-4.2.4-10")
      .beforeSend("server_hello", edit.field("cipher_suite", set(0x1302)))
      .expectAlert("illegal_parameter"),
    retry("group-changes-behind-it", "9846-4.3.8-17", "9846-4.3.8-18")
      .beforeSend("server_hello", edit.field("key_share.group", set(0x0017)))
      .expectAlert("illegal_parameter"),
    retry("version-changes-behind-it", "9846-4.2.4-12b")
      .beforeSend("server_hello", edit.field("selected_version", set(0x0303)))
      .expectAlert("illegal_parameter"),
  ];
}

/** Scenarios of a server of TLS 1.3 whose hello is wrong. */
export function serverHello13(): LabScenario[] {
  return [...fields(), ...extensions(), ...broken(), ...retries()];
}
