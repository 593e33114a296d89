/** A client of TLS 1.3 that goes wrong behind its hello: a server is tested. */
import { append, edit, empty, flip, resize, set } from "../message/edits.ts";
import type { Epoch } from "../scenario/records.ts";
import { item } from "../scenario/items.ts";
import type { LabScenario } from "../scenario/scenario.ts";
import { client13 } from "./begin.ts";

type Client = LabScenario<"tls13", "client">;

/** Messages that come at the wrong time, or not at all. */
function orders(): Client[] {
  const asked = (name: string, ...ids: string[]): Client =>
    client13(`order/${name}`, ...ids).with({ clientCertificate: true });
  const early = (
    ["finished", "certificate", "certificate_verify", "key_update"] as const
  ).map((message) =>
    client13(
      `order/${message.replaceAll("_", "-")}-instead-of-hello`,
      "9846-4-02",
    )
      .insertBefore("client_hello", item.message(message, "00"))
      .expectAlert("unexpected_message"),
  );
  const foreign = (
    [
      "hello_request",
      "server_hello",
      "encrypted_extensions",
      "certificate_request",
      "new_session_ticket",
      "server_hello_done",
      "server_key_exchange",
      "client_key_exchange",
      "message_hash",
    ] as const
  ).map((message) =>
    client13(
      `order/${message.replaceAll("_", "-")}-before-finished`,
      "9846-4-02",
    )
      .insertBefore("finished", item.message(message, "0000"))
      .expectAlert("unexpected_message", "decode_error"),
  );
  return [
    ...early,
    ...foreign,
    client13("order/hello-twice", "9846-4.2.2-03")
      .insertAfter("client_hello", item.copy("client_hello"))
      .expectAlert("unexpected_message"),
    client13("order/hello-before-finished", "9846-4.2.2-03")
      .insertBefore("finished", item.copy("client_hello"))
      .expectAlert("unexpected_message"),
    client13("order/unknown-message-before-finished", "9846-4-02")
      .insertBefore("finished", item.message(99, "00"))
      .expectAlert("unexpected_message"),
    client13("order/finished-skipped", "9846-4-02")
      .replace("finished", item.message("key_update", "00"))
      .expectAlert("unexpected_message"),
    client13("order/data-instead-of-finished", "9846-2-02")
      .insertBefore("finished", item.data("GET / HTTP/1.0\r\n\r\n"))
      .expectAlert("unexpected_message"),
    client13("order/finished-twice", "9846-4-02")
      .insertAfter("finished", item.copy("finished"))
      .expectAlert("unexpected_message", "bad_record_mac"),
    client13("order/key-update-before-finished", "9846-4.7.3-01")
      .insertBefore("finished", item.message("key_update", "00"))
      .expectAlert("unexpected_message"),
    client13("order/certificate-not-asked-for", "9846-4.5.1-02b")
      .insertBefore("finished", item.message("certificate", "00000000"))
      .expectAlert("unexpected_message"),
    client13("order/certificate-verify-not-asked-for", "9846-4-02")
      .insertBefore("finished", item.message("certificate_verify", "08040000"))
      .expectAlert("unexpected_message"),
    client13("order/end-of-early-data-not-offered", "9846-4.6-02")
      .insertBefore("finished", item.message("end_of_early_data"))
      .expectAlert("unexpected_message"),
    asked("skip-certificate", "9846-4.5.1-02a")
      .skip("certificate")
      .skip("certificate_verify")
      .expectAlert("unexpected_message"),
    asked("skip-certificate-alone", "9846-4.5.1-02a")
      .skip("certificate")
      .expectAlert("unexpected_message"),
    asked("skip-certificate-verify", "9846-4.5.2-02", "9846-4.5.2-03")
      .skip("certificate_verify")
      .expectAlert("unexpected_message"),
    asked("certificate-twice", "9846-4-02")
      .repeat("certificate")
      .expectAlert("unexpected_message"),
    asked("certificate-verify-twice", "9846-4-02")
      .repeat("certificate_verify")
      .expectAlert("unexpected_message"),
    asked("certificate-verify-first", "9846-4.5.2-03")
      .hold("certificate", "certificate_verify")
      .expectAlert("unexpected_message"),
    asked("finished-before-certificate-verify", "9846-4.5.2-03")
      .hold("certificate_verify", "finished")
      .expectAlert("unexpected_message"),
  ];
}

/** Messages of a client whose content is wrong. */
function contents(): Client[] {
  const asked = (name: string, ...ids: string[]): Client =>
    client13(name, ...ids).with({ clientCertificate: true });
  const schemes = [
    ["rsa-pkcs1-sha256", 0x0401, "9846-4.5.2-06"],
    ["ecdsa-sha1", 0x0203, "9846-4.5.2-07"],
    ["unknown", 0xfe01, "9846-4.5.2-05"],
    ["of-another-key", 0x0804, "9846-4.5.2-06"],
    ["of-another-curve", 0x0503, "9846-4.5.2-06"],
  ] as const;
  return [
    client13("finished/wrong", "9846-4.5.3-01")
      .afterSend("finished", edit.field("verify_data", flip()))
      .expectAlert("decrypt_error"),
    client13("finished/first-bit-wrong", "9846-4.5.3-01")
      .afterSend("finished", edit.field("verify_data", flip(0)))
      .expectAlert("decrypt_error"),
    client13("finished/of-zeros", "9846-4.5.3-01")
      .afterSend("finished", edit.field("verify_data", set("00".repeat(32))))
      .expectAlert("decrypt_error", "decode_error"),
    client13("finished/short", "9846-6-06")
      .afterSend("finished", edit.message(resize(31)))
      .expectAlert("decode_error", "decrypt_error"),
    client13("finished/of-12-bytes", "9846-6-06")
      .afterSend("finished", edit.message(resize(12)))
      .expectAlert("decode_error", "decrypt_error"),
    client13("finished/long", "9846-6-06")
      .afterSend("finished", edit.message(append("00")))
      .expectAlert("decode_error", "decrypt_error"),
    client13("finished/empty", "9846-6-06")
      .afterSend("finished", edit.message(empty))
      .expectAlert("decode_error", "decrypt_error"),
    ...schemes.map(([name, code, id]) =>
      asked(`certificate-verify/scheme-${name}`, id)
        .afterSend("certificate_verify", edit.field("algorithm", set(code)))
        .expectAlert("illegal_parameter"),
    ),
    ...(["wrong", "empty", "other_content", "other_role"] as const).map((how) =>
      asked(
        `certificate-verify/signature-${how.replaceAll("_", "-")}`,
        "9846-4.5.2-08",
        "9846-4.5.2-09",
      )
        .sign("certificate_verify", how)
        .expectAlert("decrypt_error"),
    ),
    asked("certificate-verify/trailing-byte", "9846-6-06")
      .afterSend("certificate_verify", edit.message(append("00")))
      .expectAlert("decode_error"),
    asked("certificate/with-a-context", "9846-6-07a")
      .beforeSend(
        "certificate",
        edit.field("certificate_request_context", set("01")),
      )
      .expectAlert("illegal_parameter", "decode_error"),
    asked("certificate/no-certificate-at-all", "9846-4.5.1.2-12b")
      .beforeSend("certificate", edit.field("cert_data", set("30030101ff")))
      .expectAlert(
        "bad_certificate",
        "unsupported_certificate",
        "decode_error",
      ),
    asked("certificate/empty-entry", "9846-6-06")
      .beforeSend("certificate", edit.field("cert_data", empty))
      .expectAlert("decode_error"),
    asked("certificate/trailing-byte", "9846-6-06")
      .beforeSend("certificate", edit.message(append("00")))
      .expectAlert("decode_error"),
    asked("certificate/extension-not-asked-for", "9846-4.3-06", "9846-4.5.1-07")
      .beforeSend(
        "certificate",
        edit.field("certificate_list.extensions", append("fefe0000")),
      )
      .expectAlert("unsupported_extension"),
    asked("certificate/extension-of-the-hello", "9846-4.3-07a")
      .beforeSend(
        "certificate",
        edit.field("certificate_list.extensions", append("000a0000")),
      )
      .expectAlert("illegal_parameter", "unsupported_extension"),
  ];
}

/** Messages under keys of another time. */
function epochs(): Client[] {
  const under = (epoch: Epoch): Client =>
    client13(`epoch/finished-under-${epoch}`, "9846-5.2-03")
      .protect("finished", epoch)
      .expectAlert("bad_record_mac", "unexpected_message");
  return [
    under("clear"),
    under("application"),
    client13("epoch/certificate-in-the-clear", "9846-5.2-03")
      .with({ clientCertificate: true })
      .protect("certificate", "clear")
      .expectAlert("bad_record_mac", "unexpected_message"),
    client13("epoch/alert-in-the-clear-behind-the-handshake", "9846-5.2-03")
      .expectConnected()
      .send(item.plaintext("alert", "0100", { under: "clear" }))
      .expectAlert("bad_record_mac", "unexpected_message"),
    client13("epoch/data-in-the-clear", "9846-5.1-18")
      .expectConnected()
      .send(item.plaintext("application_data", "616263", { under: "clear" }))
      .expectAlert("bad_record_mac", "unexpected_message"),
    client13("epoch/data-under-handshake-keys", "9846-4.5.3-03")
      .expectConnected()
      .send(
        item.plaintext("application_data", "616263", { under: "handshake" }),
      )
      .expectAlert("bad_record_mac"),
  ];
}

/** Scenarios of a client of TLS 1.3 that goes wrong behind its hello. */
export function flight13(): LabScenario[] {
  return [...orders(), ...contents(), ...epochs()];
}
