/** A server of TLS 1.2 that goes wrong: a client is tested. */
import {
  append,
  cut,
  double,
  drop,
  edit,
  empty,
  flip,
  lie,
  type MessageEdit,
  resize,
  set,
} from "../message/edits.ts";
import { item } from "../scenario/items.ts";
import { record } from "../scenario/records.ts";
import type { LabScenario } from "../scenario/scenario.ts";
import { server12 } from "./begin.ts";

type Server = LabScenario<"tls12", "server">;

function hello(
  name: string,
  ids: readonly string[],
  change: MessageEdit,
): Server {
  return server12(`server-hello/${name}`, ...ids).beforeSend(
    "server_hello",
    change,
  );
}

/** ServerHellos that a client must refuse. */
function hellos(): Server[] {
  const malformed = (name: string, change: MessageEdit): Server =>
    hello(name, ["5246-7.4.1.2-10"], change).expectAlert("decode_error");
  return [
    ...[0x0300, 0x0301, 0x0302, 0x0304].map((version) =>
      hello(
        `version-${version.toString(16)}`,
        ["5246-E.1-01", "9846-E.5-04"],
        edit.field("legacy_version", set(version)),
      ).expectAlert("protocol_version"),
    ),
    ...(
      [
        ["unknown", 0xfefe],
        ["of-tls13", 0x1301],
        ["anonymous", 0xc018],
        ["null", 0xc006],
        ["export", 0x0003],
        ["rc4", 0xc007],
      ] as const
    ).map(([name, suite]) =>
      hello(
        `suite-${name}`,
        ["9846-4.2.3-05"],
        edit.field("cipher_suite", set(suite)),
      ).expectAlert("illegal_parameter", "handshake_failure"),
    ),
    hello(
      "compression",
      ["5246-7.4.1.2-07"],
      edit.field("legacy_compression_method", set(1)),
    ).expectAlert("illegal_parameter", "handshake_failure"),
    hello(
      "unknown-extension",
      ["5246-7.4.1.4-01", "5246-7.4.1.4-02"],
      edit.addExtension(0xfeed, ""),
    ).expectAlert("unsupported_extension"),
    hello(
      "alpn-not-offered",
      ["5246-7.4.1.4-02"],
      edit.addExtension("application_layer_protocol_negotiation", "0003026832"),
    ).expectAlert("unsupported_extension"),
    hello(
      "extended-main-secret-twice",
      ["5246-7.4.1.4-04"],
      edit.extension("extended_main_secret", double),
    ).expectAlert("decode_error", "illegal_parameter"),
    hello(
      "renegotiation-info-not-empty",
      ["5746-3.4-04"],
      edit.field("renegotiated_connection", set("00".repeat(24))),
    ).expectAlert("handshake_failure"),
    hello(
      "without-renegotiation-info",
      ["5746-4.1-01"],
      edit.extension("renegotiation_info", drop),
    ).expectAlert("handshake_failure"),
    malformed("trailing-byte", edit.message(append("00"))),
    malformed("cut-by-one-byte", edit.message(cut(1))),
    malformed("without-a-body", edit.message(set(""))),
    malformed("extensions-too-long", edit.field("extensions", lie(1))),
    malformed(
      "session-id-of-33-bytes",
      edit.field("legacy_session_id_echo", resize(33)),
    ),
  ];
}

/** Messages that come at the wrong time, or not at all. */
function orders(): Server[] {
  const order = (name: string, ...ids: string[]): Server =>
    server12(`order/${name}`, ...ids);
  const sent = [
    "certificate",
    "server_key_exchange",
    "server_hello_done",
  ] as const;
  const foreign = (
    [
      "client_hello",
      "client_key_exchange",
      "certificate_verify",
      "encrypted_extensions",
      "key_update",
      "finished",
      "message_hash",
    ] as const
  ).map((message) =>
    order(`${message.replaceAll("_", "-")}-before-done`, "5246-7.4-01")
      .insertBefore("server_hello_done", item.message(message, "00".repeat(12)))
      .expectAlert("unexpected_message"),
  );
  return [
    ...foreign,
    ...sent.map((message) =>
      order(`${message.replaceAll("_", "-")}-twice`, "5246-7.4-01")
        .repeat(message)
        .expectAlert("unexpected_message"),
    ),
    order("certificate-skipped", "5246-7.4.2-01")
      .tagged("classic")
      .skip("certificate")
      .expectAlert("unexpected_message"),
    order("key-exchange-skipped", "5246-7.4-01")
      .tagged("classic")
      .skip("server_key_exchange")
      .expectAlert("unexpected_message"),
    order("certificate-and-key-exchange-skipped", "5246-7.4.2-01")
      .tagged("classic")
      .skip("certificate")
      .skip("server_key_exchange")
      .expectAlert("unexpected_message"),
    order("finished-behind-the-certificate", "5246-7.4-01")
      .tagged("classic")
      .replace("server_key_exchange", item.message("finished", "00".repeat(12)))
      .expectAlert("unexpected_message"),
    order("done-before-key-exchange", "5246-7.4-01")
      .hold("server_key_exchange", "server_hello_done")
      .expectAlert("unexpected_message"),
    order("early-change-cipher-spec", "5246-7.4-01")
      .tagged("classic")
      .insertAfter("server_hello", item.changeCipherSpec())
      .expectAlert("unexpected_message"),
    order("change-cipher-spec-before-done", "5246-7.4-01")
      .tagged("classic")
      .insertBefore("server_hello_done", item.changeCipherSpec())
      .expectAlert("unexpected_message"),
    order("change-cipher-spec-skipped", "5246-7.3-04")
      .tagged("classic")
      .skip("change_cipher_spec")
      .expectAlert(),
    order("finished-skipped", "5246-7.3-03")
      .tagged("classic")
      .skip("finished")
      .insertBefore("finished", item.data("hello"))
      .expectAlert("unexpected_message"),
    order("finished-in-the-clear", "5246-7.1-01")
      .protect("finished", "clear")
      .expectAlert("bad_record_mac", "unexpected_message", "decode_error"),
    order("data-before-server-hello", "5246-7.3-03")
      .insertBefore("server_hello", item.data("hello"))
      .expectAlert("unexpected_message"),
    order("server-hello-twice", "5246-7.4-01")
      .insertAfter("server_hello", item.copy("server_hello"))
      .expectAlert("unexpected_message"),
    order("hello-request-in-the-handshake", "5246-7.4.1.1-05")
      .insertBefore("certificate", item.message("hello_request", ""))
      .expectConnected(),
    order("ticket-not-offered-order", "5246-7.4-01")
      .insertBefore(
        "server_hello_done",
        item.message("new_session_ticket", "00000000000401020304"),
      )
      .expectAlert("unexpected_message"),
  ];
}

/** Messages of a server whose content is wrong. */
function contents(): Server[] {
  const exchange = (name: string, id: string, change: MessageEdit): Server =>
    server12(`key-exchange/${name}`, id).afterSend(
      "server_key_exchange",
      change,
    );
  const certificate = (name: string, id: string, change: MessageEdit): Server =>
    server12(`certificate/${name}`, id).beforeSend("certificate", change);
  return [
    ...(["wrong", "empty", "other_content"] as const).map((how) =>
      server12(
        `key-exchange/signature-${how.replaceAll("_", "-")}`,
        "8422-2.1-02",
      )
        .sign("server_key_exchange", how)
        .expectAlert("decrypt_error", "handshake_failure"),
    ),
    exchange(
      "changed-behind-its-signature",
      "8422-2.1-02",
      edit.field("public", flip(40)),
    ).expectAlert("decrypt_error", "illegal_parameter", "handshake_failure"),
    exchange(
      "scheme-not-offered",
      "5246-7.4.3-02",
      edit.field("algorithm", set(0x0101)),
    ).expectAlert("illegal_parameter", "handshake_failure", "decrypt_error"),
    exchange(
      "scheme-of-another-key",
      "5246-7.4.3-04",
      edit.field("algorithm", set(0x0804)),
    ).expectAlert("illegal_parameter", "handshake_failure", "decrypt_error"),
    exchange(
      "curve-not-offered",
      "8422-4-02",
      edit.field("namedcurve", set(0xfe01)),
    ).expectAlert("illegal_parameter", "handshake_failure"),
    exchange(
      "explicit-curve",
      "8422-4-02",
      edit.field("curve_type", set(1)),
    ).expectAlert("illegal_parameter", "handshake_failure", "decode_error"),
    exchange(
      "share-short",
      "8422-5.11-01",
      edit.field("public", resize(31)),
    ).expectAlert(
      "illegal_parameter",
      "decode_error",
      "handshake_failure",
      "decrypt_error",
    ),
    exchange(
      "trailing-byte",
      "5246-7.4.1.2-10",
      edit.message(append("00")),
    ).expectAlert("decode_error"),
    exchange(
      "without-a-body",
      "5246-7.4.1.2-10",
      edit.message(empty),
    ).expectAlert("decode_error"),
    server12("done/with-a-body", "5246-7.4.1.2-10")
      .beforeSend("server_hello_done", edit.message(set("00")))
      .expectAlert("decode_error"),
    certificate(
      "empty-list",
      "5246-7.4.2-01",
      edit.field("certificate_list", empty),
    ).expectAlert(
      "decode_error",
      "bad_certificate",
      "handshake_failure",
      "illegal_parameter",
    ),
    certificate(
      "no-certificate-at-all",
      "5246-7.4.2-07",
      edit.field("certificate_list.certificate", set("30030101ff")),
    ).expectAlert("bad_certificate", "unsupported_certificate", "decode_error"),
    certificate(
      "list-too-long",
      "5246-7.4.1.2-10",
      edit.field("certificate_list", lie(1)),
    ).expectAlert("decode_error"),
    certificate(
      "trailing-byte",
      "5246-7.4.1.2-10",
      edit.message(append("00")),
    ).expectAlert("decode_error"),
    server12("finished/wrong", "5246-7.4.9-01")
      .afterSend("finished", edit.field("verify_data", flip()))
      .expectAlert("decrypt_error"),
    server12("finished/short", "5246-7.4.9-01")
      .afterSend("finished", edit.message(resize(11)))
      .expectAlert("decode_error", "decrypt_error"),
    server12("finished/long", "5246-7.4.9-01")
      .afterSend("finished", edit.message(append("00")))
      .expectAlert("decode_error", "decrypt_error"),
    server12("change-cipher-spec/of-2", "5246-7.1-01")
      .replace("change_cipher_spec", item.changeCipherSpec("02"))
      .expectAlert("unexpected_message", "decode_error", "illegal_parameter"),
    server12("resumption/extended-main-secret-left-out", "7627-5.3-10")
      .with({ resume: true })
      .beforeSend("server_hello", edit.extension("extended_main_secret", drop))
      .expectAlert("handshake_failure", "illegal_parameter"),
    server12("resumption/another-suite", "5246-7.4.1.2-05")
      .with({ resume: true })
      .beforeSend("server_hello", edit.field("cipher_suite", set(0xc02c)))
      .expectAlert("illegal_parameter", "handshake_failure"),
    server12("resumption/finished-wrong", "5246-7.4.9-01")
      .with({ resume: true })
      .afterSend("finished", edit.field("verify_data", flip()))
      .expectAlert("decrypt_error"),
    server12("record/tag-spoilt", "5246-6.2.3.3-04")
      .record("finished", record.fragment(flip()))
      .expectAlert("bad_record_mac"),
    server12("record/hello-in-small-records", "5246-6.2.1-02")
      .split("server_hello", [1, 2, 3, 30])
      .expectConnected(),
    server12("record/flight-of-type-24", "5246-6-02")
      .record("certificate", record.headerType(24))
      .expectAlert("unexpected_message"),
    server12("after/fatal-alert", "5246-7.2-01")
      .expectConnected()
      .send(item.alert("internal_error"))
      .expectClose(),
    server12("after/finished", "5246-7.4-01")
      .expectConnected()
      .send(item.copy("finished"))
      .expectAlert("unexpected_message"),
    server12("after/data-in-the-clear", "5246-7.1-02")
      .expectConnected()
      .send(item.plaintext("application_data", "616263", { under: "clear" }))
      .expectAlert("bad_record_mac", "decode_error"),
  ];
}

/** Scenarios of a server of TLS 1.2 that goes wrong. */
export function clients12(): LabScenario[] {
  return [...hellos(), ...orders(), ...contents()];
}
