/** A server of TLS 1.3 that goes wrong behind its hello: a client is tested. */
import {
  append,
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
import type { LabScenario } from "../scenario/scenario.ts";
import { server13 } from "./begin.ts";

type Server = LabScenario<"tls13", "server">;

/** Messages that come at the wrong time, or not at all. */
function orders(): Server[] {
  const sent = [
    "encrypted_extensions",
    "certificate",
    "certificate_verify",
  ] as const;
  const foreign = (
    [
      "hello_request",
      "client_hello",
      "server_hello_done",
      "server_key_exchange",
      "client_key_exchange",
      "end_of_early_data",
      "key_update",
      "message_hash",
    ] as const
  ).map((message) =>
    server13(
      `order/${message.replaceAll("_", "-")}-before-finished`,
      message === "end_of_early_data" ? "9846-4.6-03b" : "9846-4-02",
    )
      .insertBefore("finished", item.message(message, "00"))
      .expectAlert("unexpected_message"),
  );
  const first = (
    [
      "encrypted_extensions",
      "certificate",
      "finished",
      "hello_request",
    ] as const
  ).map((message) =>
    server13(
      `order/${message.replaceAll("_", "-")}-before-server-hello`,
      "9846-4-02",
    )
      .insertBefore("server_hello", item.message(message, "0000"))
      .expectAlert("unexpected_message"),
  );
  return [
    ...foreign,
    ...first,
    ...sent.flatMap((message) => [
      server13(
        `order/${message.replaceAll("_", "-")}-skipped`,
        message === "encrypted_extensions" ? "9846-4.4.1-01" : "9846-4-02",
      )
        .skip(message)
        .expectAlert("unexpected_message"),
      server13(`order/${message.replaceAll("_", "-")}-twice`, "9846-4-02")
        .repeat(message)
        .expectAlert("unexpected_message"),
    ]),
    server13("order/server-hello-twice", "9846-4-02")
      .insertAfter("server_hello", item.copy("server_hello"))
      .expectAlert("unexpected_message"),
    server13("order/certificate-and-verify-skipped", "9846-4.5.1-01")
      .skip("certificate")
      .skip("certificate_verify")
      .expectAlert("unexpected_message"),
    server13("order/finished-skipped", "9846-4-02")
      .skip("finished")
      .insertBefore("finished", item.data("hello"))
      .expectAlert("unexpected_message", "bad_record_mac"),
    server13("order/certificate-before-extensions", "9846-4.4.1-01")
      .hold("encrypted_extensions", "certificate")
      .expectAlert("unexpected_message"),
    server13("order/verify-before-certificate", "9846-4.5.2-03")
      .hold("certificate", "certificate_verify")
      .expectAlert("unexpected_message"),
    server13("order/finished-before-verify", "9846-4.5.2-03")
      .hold("certificate_verify", "finished")
      .expectAlert("unexpected_message"),
    server13("order/ticket-before-finished", "9846-4-02")
      .insertBefore(
        "finished",
        item.message(
          "new_session_ticket",
          "0000003c000000000100000401020304" + "0000",
        ),
      )
      .expectAlert("unexpected_message"),
    server13("order/request-behind-certificate", "9846-4.4.2-02")
      .insertAfter(
        "certificate",
        item.message("certificate_request", "00000a000d0006000404030804"),
      )
      .expectAlert("unexpected_message"),
    server13("order/data-before-finished", "9846-2-02")
      .insertBefore("finished", item.data("hello"))
      .expectAlert("unexpected_message"),
    server13("order/request-twice", "9846-4-02")
      .with({ clientCertificate: true })
      .repeat("certificate_request")
      .expectAlert("unexpected_message"),
  ];
}

/** EncryptedExtensions and CertificateRequests that are wrong. */
function extensions(): Server[] {
  const encrypted = (
    name: string,
    ids: readonly string[],
    change: MessageEdit,
  ): Server =>
    server13(`encrypted-extensions/${name}`, ...ids).beforeSend(
      "encrypted_extensions",
      change,
    );
  const request = (
    name: string,
    ids: readonly string[],
    change: MessageEdit,
  ): Server =>
    server13(`certificate-request/${name}`, ...ids)
      .with({ clientCertificate: true })
      .beforeSend("certificate_request", change);
  const alpn = edit.addExtension(
    "application_layer_protocol_negotiation",
    "0003026832",
  );
  return [
    encrypted(
      "unknown",
      ["9846-4.3-06"],
      edit.addExtension(0xfeed),
    ).expectAlert("unsupported_extension"),
    encrypted("alpn-not-offered", ["9846-4.3-06"], alpn).expectAlert(
      "unsupported_extension",
    ),
    encrypted(
      "early-data-not-offered",
      ["9846-4.3-06"],
      edit.addExtension("early_data"),
    ).expectAlert("unsupported_extension"),
    ...(
      [
        ["key_share", "001d0020" + "09".repeat(32)],
        ["supported_versions", "0304"],
        ["signature_algorithms", "00020403"],
      ] as const
    ).map(([name, body]) =>
      encrypted(
        `with-${name.replaceAll("_", "-")}`,
        ["9846-4.4.1-02"],
        edit.addExtension(name, body),
      ).expectAlert("illegal_parameter", "unsupported_extension"),
    ),
    encrypted(
      "server-name-twice",
      ["9846-4.3-09b"],
      edit.extension("server_name", double),
    ).expectAlert("decode_error", "illegal_parameter"),
    encrypted(
      "server-name-with-a-body",
      ["9846-6-06"],
      edit.extension("server_name", append("00")),
    ).expectAlert("decode_error", "illegal_parameter"),
    encrypted(
      "trailing-byte",
      ["9846-6-06"],
      edit.message(append("00")),
    ).expectAlert("decode_error"),
    encrypted(
      "too-long",
      ["9846-6-06"],
      edit.field("extensions", lie(1)),
    ).expectAlert("decode_error"),
    encrypted("without-a-body", ["9846-6-06"], edit.message(empty)).expectAlert(
      "decode_error",
    ),
    encrypted(
      "supported-groups",
      ["9846-4.3.7-03"],
      edit.addExtension("supported_groups", "0004001d0017"),
    ).expectConnected(),
    encrypted(
      "supported-groups-unknown",
      ["9846-4.3.7-03"],
      edit.addExtension("supported_groups", "0002fefe"),
    ).expectConnected(),
    request(
      "without-signature-algorithms",
      ["9846-4.4.2-06b"],
      edit.extension("signature_algorithms", drop),
    ).expectAlert("missing_extension"),
    request(
      "unknown-extension",
      ["9846-4.4.2-07", "9846-9.3-06"],
      edit.addExtension(0xfeed, "0102"),
    ).expectConnected(),
    request(
      "signature-algorithms-twice",
      ["9846-4.3-09b"],
      edit.extension("signature_algorithms", double),
    ).expectAlert("decode_error", "illegal_parameter"),
    request(
      "trailing-byte",
      ["9846-6-06"],
      edit.message(append("00")),
    ).expectAlert("decode_error"),
    request("without-a-body", ["9846-6-06"], edit.message(empty)).expectAlert(
      "decode_error",
    ),
  ];
}

/** Certificates, their proofs and Finished messages that are wrong. */
function proofs(): Server[] {
  const certificate = (
    name: string,
    ids: readonly string[],
    change: MessageEdit,
  ): Server =>
    server13(`certificate/${name}`, ...ids).beforeSend("certificate", change);
  const schemes = [
    ["rsa-pkcs1-sha256", 0x0401, "9846-4.5.2-06"],
    ["ecdsa-sha1", 0x0203, "9846-4.5.2-07"],
    ["unknown", 0xfe01, "9846-4.5.2-04"],
    ["of-another-key", 0x0804, "9846-4.5.2-06"],
    ["of-another-curve", 0x0503, "9846-4.5.2-06"],
  ] as const;
  const finished = (name: string, id: string, change: MessageEdit): Server =>
    server13(`finished/${name}`, id).afterSend("finished", change);
  return [
    certificate(
      "empty-list",
      ["9846-4.5.1.3-01"],
      edit.field("certificate_list", empty),
    ).expectAlert("decode_error"),
    certificate(
      "with-a-context",
      ["9846-6-07a"],
      edit.field("certificate_request_context", set("01")),
    ).expectAlert("illegal_parameter", "decode_error"),
    certificate(
      "no-certificate-at-all",
      ["9846-4.5.1.2-12b"],
      edit.field("cert_data", set("30030101ff")),
    ).expectAlert("bad_certificate", "unsupported_certificate", "decode_error"),
    certificate(
      "spoilt",
      ["9846-4.5.1.2-12b"],
      edit.field("cert_data", flip(200)),
    ).expectAlert(
      "bad_certificate",
      "unsupported_certificate",
      "certificate_unknown",
      "decode_error",
      "decrypt_error",
      "unknown_ca",
    ),
    certificate(
      "empty-entry",
      ["9846-6-06"],
      edit.field("cert_data", empty),
    ).expectAlert("decode_error"),
    certificate(
      "trailing-byte",
      ["9846-6-06"],
      edit.message(append("00")),
    ).expectAlert("decode_error"),
    certificate(
      "list-too-long",
      ["9846-6-06"],
      edit.field("certificate_list", lie(1)),
    ).expectAlert("decode_error"),
    certificate(
      "extension-not-offered",
      ["9846-4.3-06", "9846-4.5.1-06"],
      edit.field("certificate_list.extensions", append("fefe0000")),
    ).expectAlert("unsupported_extension"),
    certificate(
      "extension-of-the-hello",
      ["9846-4.3-07a"],
      edit.field("certificate_list.extensions", append("000a0000")),
    ).expectAlert("illegal_parameter", "unsupported_extension"),
    ...schemes.map(([name, code, id]) =>
      server13(`certificate-verify/scheme-${name}`, id)
        .afterSend("certificate_verify", edit.field("algorithm", set(code)))
        .expectAlert("illegal_parameter"),
    ),
    ...(["wrong", "empty", "other_content", "other_role"] as const).map((how) =>
      server13(
        `certificate-verify/signature-${how.replaceAll("_", "-")}`,
        "9846-4.5.2-08",
        "9846-4.5.2-09",
      )
        .sign("certificate_verify", how)
        .expectAlert("decrypt_error"),
    ),
    server13("certificate-verify/trailing-byte", "9846-6-06")
      .afterSend("certificate_verify", edit.message(append("00")))
      .expectAlert("decode_error"),
    finished(
      "wrong",
      "9846-4.5.3-01",
      edit.field("verify_data", flip()),
    ).expectAlert("decrypt_error"),
    finished(
      "first-bit-wrong",
      "9846-4.5.3-01",
      edit.field("verify_data", flip(0)),
    ).expectAlert("decrypt_error"),
    finished("short", "9846-6-06", edit.message(resize(31))).expectAlert(
      "decode_error",
      "decrypt_error",
    ),
    finished("long", "9846-6-06", edit.message(append("00"))).expectAlert(
      "decode_error",
      "decrypt_error",
    ),
    finished("empty", "9846-6-06", edit.message(empty)).expectAlert(
      "decode_error",
      "decrypt_error",
    ),
    server13("epoch/encrypted-extensions-in-the-clear", "9846-5.2-03")
      .protect("encrypted_extensions", "clear")
      .expectAlert("unexpected_message", "bad_record_mac"),
    server13("epoch/finished-in-the-clear", "9846-5.2-03")
      .protect("finished", "clear")
      .expectAlert("unexpected_message", "bad_record_mac"),
  ];
}

/** Scenarios of a server of TLS 1.3 that goes wrong behind its hello. */
export function flightServer13(): LabScenario[] {
  return [...orders(), ...extensions(), ...proofs()];
}
