/** A client of TLS 1.2 that goes wrong: a server is tested. */
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
import type { LabItem } from "../scenario/steps.ts";
import type { LabScenario } from "../scenario/scenario.ts";
import { client12, QUESTION } from "./begin.ts";

type Client = LabScenario<"tls12", "client">;

function hello(
  name: string,
  ids: readonly string[],
  change: MessageEdit,
): Client {
  return client12(`hello/${name}`, ...ids).beforeSend("client_hello", change);
}

/** Hellos that a server must refuse, or must accept. */
function hellos(): Client[] {
  const malformed = (name: string, change: MessageEdit): Client =>
    hello(name, ["5246-7.4.1.2-10"], change).expectAlert("decode_error");
  const fine = (name: string, id: string, change: MessageEdit): Client =>
    hello(name, [id], change).expectConnected();
  return [
    fine(
      "unknown-suites",
      "5246-7.4.1.2-03",
      edit.field("cipher_suites", append("0a0afeff")),
    ),
    fine("unknown-extension", "5746-3.6-05", edit.addExtension(0xfeed, "0102")),
    fine(
      "legacy-version-tls13",
      "5246-E.1-02",
      edit.field("legacy_version", set(0x0304)),
    ),
    fine(
      "legacy-version-3ff",
      "5246-E.1-02",
      edit.field("legacy_version", set(0x03ff)),
    ),
    hello(
      "legacy-version-ssl2",
      ["5246-E.1-03"],
      edit.field("legacy_version", set(0x0200)),
    ).expectAlert("protocol_version"),
    hello(
      "no-common-suite",
      ["9846-4.2.1-04"],
      edit.field("cipher_suites", set("00ff")),
    ).expectAlert("handshake_failure", "insufficient_security"),
    hello(
      "anonymous-suites-alone",
      ["5246-A.5-02"],
      edit.field("cipher_suites", set("c018c01900340018")),
    ).expectAlert("handshake_failure", "insufficient_security"),
    hello(
      "null-suites-alone",
      ["5246-A.5-01"],
      edit.field("cipher_suites", set("c006c01000010002003b")),
    ).expectAlert("handshake_failure", "insufficient_security"),
    hello(
      "export-and-rc4-suites-alone",
      ["9846-E.5-02", "9846-E.5-03"],
      edit.field(
        "cipher_suites",
        set("000300060008000b000e001400050004c007c011"),
      ),
    ).expectAlert("handshake_failure", "insufficient_security"),
    hello(
      "compression-without-null",
      ["5246-7.4.1.2-07"],
      edit.field("legacy_compression_methods", set("01")),
    ).expectAlert("illegal_parameter", "handshake_failure", "decode_error"),
    fine(
      "compression-with-null",
      "5246-7.4.1.2-07",
      edit.field("legacy_compression_methods", set("0100")),
    ),
    hello(
      "no-common-curve",
      ["8422-5.1-06"],
      edit.field("named_group_list", set("fe00")),
    ).expectAlert("handshake_failure", "insufficient_security"),
    hello(
      "points-compressed-alone",
      ["8422-5.1.2-03"],
      edit.field("ec_point_format_list", set("01")),
    ).expectAlert("illegal_parameter"),
    hello(
      "renegotiation-info-not-empty",
      ["5746-3.6-03"],
      edit.field("renegotiated_connection", set("00".repeat(12))),
    ).expectAlert("handshake_failure"),
    fine(
      "renegotiation-by-suite",
      "5746-3.6-01",
      edit.all(
        edit.extension("renegotiation_info", drop),
        edit.field("cipher_suites", append("00ff")),
      ),
    ),
    hello(
      "extended-main-secret-twice",
      ["5246-7.4.1.4-04"],
      edit.extension("extended_main_secret", double),
    ).expectAlert("decode_error", "illegal_parameter"),
    malformed("trailing-byte", edit.message(append("00"))),
    malformed("cut-by-one-byte", edit.message(cut(1))),
    malformed("extensions-too-long", edit.field("extensions", lie(1))),
    malformed("extensions-too-short", edit.field("extensions", lie(-1))),
    malformed(
      "suites-of-odd-length",
      edit.field("cipher_suites", append("00")),
    ),
    malformed("suites-empty", edit.field("cipher_suites", empty)),
    malformed(
      "session-id-of-33-bytes",
      edit.field("legacy_session_id", resize(33)),
    ),
    malformed(
      "compression-empty",
      edit.field("legacy_compression_methods", empty),
    ),
    malformed("groups-empty", edit.field("named_group_list", empty)),
    malformed(
      "schemes-empty",
      edit.field("supported_signature_algorithms", empty),
    ),
    malformed("without-a-body", edit.message(set(""))),
  ];
}

/** Messages that come at the wrong time, or not at all. */
function orders(): Client[] {
  const order = (name: string, ...ids: string[]): Client =>
    client12(`order/${name}`, ...ids);
  const asked = (name: string, ...ids: string[]): Client =>
    order(name, ...ids).with({ clientCertificate: true });
  const foreign = (
    [
      "hello_request",
      "server_hello",
      "server_key_exchange",
      "server_hello_done",
      "certificate_request",
      "new_session_ticket",
      "encrypted_extensions",
      "key_update",
      "message_hash",
    ] as const
  ).map((message) =>
    order(`${message.replaceAll("_", "-")}-before-key-exchange`, "5246-7.4-01")
      .insertBefore("client_key_exchange", item.message(message, "00"))
      .expectAlert("unexpected_message", "decode_error"),
  );
  return [
    ...foreign,
    order("early-change-cipher-spec", "5246-7.4-01")
      .tagged("classic")
      .insertBefore("client_key_exchange", item.changeCipherSpec())
      .expectAlert("unexpected_message"),
    order("change-cipher-spec-first", "5246-7.4-01")
      .insertBefore("client_hello", item.changeCipherSpec())
      .expectAlert("unexpected_message"),
    order("change-cipher-spec-skipped", "5246-7.3-04")
      .skip("change_cipher_spec")
      .expectAlert(),
    order("change-cipher-spec-twice", "5246-7.4-01")
      .repeat("change_cipher_spec")
      .expectAlert("unexpected_message", "bad_record_mac"),
    order("key-exchange-skipped", "5246-7.4.7-02")
      .skip("client_key_exchange")
      .expectAlert("unexpected_message"),
    order("key-exchange-twice", "5246-7.4-01")
      .insertAfter("client_key_exchange", item.copy("client_key_exchange"))
      .expectAlert("unexpected_message"),
    order("finished-skipped", "5246-7.3-03")
      .tagged("classic")
      .skip("finished")
      .insertBefore("finished", item.data(QUESTION))
      .expectAlert("unexpected_message"),
    order("finished-twice", "5246-7.4-01")
      .insertAfter("finished", item.copy("finished"))
      .expectAlert("unexpected_message"),
    order("finished-in-the-clear", "5246-7.1-01")
      .protect("finished", "clear")
      .expectAlert("bad_record_mac", "unexpected_message", "decode_error"),
    order("hello-twice", "5246-7.4-01")
      .insertAfter("client_hello", item.copy("client_hello"))
      .expectAlert("unexpected_message"),
    order("data-before-finished", "5246-7.3-03")
      .insertBefore("finished", item.data(QUESTION))
      .expectAlert("unexpected_message"),
    order("data-in-the-clear-before-key-exchange", "5246-7.3-03")
      .insertBefore("client_key_exchange", item.data(QUESTION))
      .expectAlert("unexpected_message"),
    order("certificate-not-asked-for", "5246-7.4-01")
      .insertBefore(
        "client_key_exchange",
        item.message("certificate", "000000"),
      )
      .expectAlert("unexpected_message"),
    order("certificate-verify-not-asked-for", "5246-7.4-01")
      .insertAfter(
        "client_key_exchange",
        item.message("certificate_verify", "04030000"),
      )
      .expectAlert("unexpected_message"),
    asked("certificate-skipped", "5246-7.3-02")
      .tagged("classic")
      .skip("certificate")
      .skip("certificate_verify")
      .expectAlert("unexpected_message", "handshake_failure"),
    asked("certificate-verify-skipped", "5246-7.4.8-01")
      .tagged("classic")
      .skip("certificate_verify")
      .expectAlert("unexpected_message"),
    asked("key-exchange-before-certificate", "5246-7.4.7-01")
      .hold("certificate", "client_key_exchange")
      .expectAlert("unexpected_message", "handshake_failure"),
    asked("certificate-verify-before-key-exchange", "5246-7.4.8-01")
      .hold("client_key_exchange", "certificate_verify")
      .expectAlert("unexpected_message"),
    asked("certificate-twice", "5246-7.4-01")
      .repeat("certificate")
      .expectAlert("unexpected_message"),
  ];
}

/** Messages of a client whose content is wrong. */
function contents(): Client[] {
  const asked = (name: string, ...ids: string[]): Client =>
    client12(name, ...ids).with({ clientCertificate: true });
  const point = (
    name: string,
    id: string,
    key: string,
    groups: readonly string[],
  ): Client =>
    client12(`key-exchange/${name}`, id)
      .with({ groups, keyShares: groups })
      .afterSend("client_key_exchange", edit.message(set(key)))
      .expectAlert(
        "illegal_parameter",
        "decode_error",
        "handshake_failure",
        "bad_record_mac",
        "decrypt_error",
      );
  const x = "11".repeat(32);
  return [
    point("x25519-zero", "8422-5.11-03", `20${"00".repeat(32)}`, ["x25519"]),
    point("x25519-short", "8422-5.11-03", `1f${"09".repeat(31)}`, ["x25519"]),
    point("p256-off-the-curve", "8422-5.11-02", `4104${x}${x}`, ["secp256r1"]),
    point("p256-at-infinity", "8422-5.11-01", "0100", ["secp256r1"]),
    point("p256-compressed", "8422-5.11-01", `2102${x}`, ["secp256r1"]),
    client12("key-exchange/empty", "5246-7.4.1.2-10")
      .afterSend("client_key_exchange", edit.message(empty))
      .expectAlert("decode_error"),
    client12("key-exchange/trailing-byte", "5246-7.4.1.2-10")
      .beforeSend("client_key_exchange", edit.message(append("00")))
      .expectAlert("decode_error"),
    client12("finished/wrong", "5246-7.4.9-01")
      .afterSend("finished", edit.field("verify_data", flip()))
      .expectAlert("decrypt_error"),
    client12("finished/short", "5246-7.4.9-01")
      .afterSend("finished", edit.message(resize(11)))
      .expectAlert("decode_error", "decrypt_error"),
    client12("finished/long", "5246-7.4.9-01")
      .afterSend("finished", edit.message(append("00")))
      .expectAlert("decode_error", "decrypt_error"),
    client12("finished/empty", "5246-7.4.9-01")
      .afterSend("finished", edit.message(empty))
      .expectAlert("decode_error", "decrypt_error"),
    ...(["wrong", "empty", "other_content"] as const).map((how) =>
      asked(
        `certificate-verify/signature-${how.replaceAll("_", "-")}`,
        "5246-7.4.8-03",
      )
        .sign("certificate_verify", how)
        .expectAlert("decrypt_error", "handshake_failure"),
    ),
    asked("certificate-verify/scheme-not-asked-for", "5246-7.4.8-02")
      .afterSend("certificate_verify", edit.field("algorithm", set(0x0101)))
      .expectAlert("illegal_parameter", "decrypt_error", "handshake_failure"),
    asked("certificate/no-certificate-at-all", "5246-7.4.6-05")
      .beforeSend(
        "certificate",
        edit.field("certificate_list.certificate", set("30030101ff")),
      )
      .expectAlert(
        "bad_certificate",
        "unsupported_certificate",
        "decode_error",
      ),
    client12("change-cipher-spec/of-2", "5246-7.1-01")
      .replace("change_cipher_spec", item.changeCipherSpec("02"))
      .expectAlert("unexpected_message", "decode_error", "illegal_parameter"),
    client12("change-cipher-spec/of-two-bytes", "5246-7.1-01")
      .replace("change_cipher_spec", item.changeCipherSpec("0101"))
      .expectAlert("unexpected_message", "decode_error", "illegal_parameter"),
    client12("resumption/extended-main-secret-left-out", "7627-5.3-06")
      .with({ resume: true })
      .beforeSend("client_hello", edit.extension("extended_main_secret", drop))
      .expectAlert("handshake_failure", "illegal_parameter"),
    client12("resumption/ticket-spoilt", "5246-7.4.1.2-03")
      .with({ resume: true })
      .beforeSend("client_hello", edit.field("session_ticket.ticket", flip()))
      .expectConnected(),
    client12("resumption/resumed", "7627-5.3-08")
      .with({ resume: true })
      .expectConnected(),
  ];
}

/** Messages of a client when the handshake is done. */
function after(): Client[] {
  const sends = (
    name: string,
    ids: readonly string[],
    ...items: readonly LabItem[]
  ): Client =>
    client12(`after/${name}`, ...ids)
      .expectConnected()
      .send(...items);
  return [
    ...(
      ["finished", "client_key_exchange", "server_hello", "key_update"] as const
    ).map((message) =>
      sends(
        message.replaceAll("_", "-"),
        ["5246-7.4-01"],
        item.message(message, "00".repeat(12)),
      ).expectAlert("unexpected_message"),
    ),
    sends(
      "change-cipher-spec",
      ["5246-7.4-01"],
      item.plaintext(20, "01"),
    ).expectAlert("unexpected_message", "bad_record_mac"),
    sends(
      "fatal-alert",
      ["5246-7.2-01"],
      item.alert("internal_error"),
    ).expectClose(),
    client12("after/close-notify", "9846-6.1-06")
      .expectConnected()
      .closeNotify()
      .expectClose(),
  ];
}

/** Scenarios of a client of TLS 1.2 that goes wrong. */
export function servers12(): LabScenario[] {
  return [...hellos(), ...orders(), ...contents(), ...after()];
}
