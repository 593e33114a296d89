/** Messages and alerts behind the handshake of TLS 1.3: either role is tested. */
import type { AlertName } from "../../errors.ts";
import { item } from "../scenario/items.ts";
import type { LabItem } from "../scenario/steps.ts";
import type { LabScenario } from "../scenario/scenario.ts";
import { type Begin, client13, QUESTION, server13 } from "./begin.ts";

/** Messages that neither role takes when the handshake is done. */
const FORBIDDEN = [
  "hello_request",
  "server_hello",
  "end_of_early_data",
  "encrypted_extensions",
  "certificate",
  "certificate_verify",
  "finished",
  "message_hash",
  "client_key_exchange",
  "server_hello_done",
] as const;

function both(begin: Begin<"tls13">): LabScenario[] {
  const sends = (
    name: string,
    ids: readonly string[],
    ...items: readonly LabItem[]
  ): LabScenario<"tls13"> =>
    begin(`after/${name}`, ...ids)
      .expectConnected()
      .send(...items);
  const refused = (
    name: string,
    id: string,
    alerts: readonly AlertName[],
    ...items: readonly LabItem[]
  ): LabScenario => sends(name, [id], ...items).expectAlert(...alerts);
  return [
    ...FORBIDDEN.map((message) =>
      refused(
        message.replaceAll("_", "-"),
        "9846-4-02",
        ["unexpected_message"],
        item.message(message, "00000000"),
      ),
    ),
    refused(
      "unknown-message",
      "9846-4-02",
      ["unexpected_message"],
      item.message(99, "00"),
    ),
    refused(
      "key-update-of-2",
      "9846-4.7.3-04",
      ["illegal_parameter"],
      item.message("key_update", "02"),
    ),
    refused(
      "key-update-of-255",
      "9846-4.7.3-04",
      ["illegal_parameter"],
      item.message("key_update", "ff"),
    ),
    refused(
      "key-update-empty",
      "9846-6-06",
      ["decode_error"],
      item.message("key_update", ""),
    ),
    refused(
      "key-update-of-two-bytes",
      "9846-6-06",
      ["decode_error"],
      item.message("key_update", "0000"),
    ),
    begin("after/key-update-asked-for", "9846-4.7.3-05a", "9846-4.7.3-05b")
      .expectConnected()
      .updateKeys(true)
      .write(QUESTION)
      .expect("key_update"),
    begin("after/key-update-twice", "9846-4.7.3-03")
      .expectConnected()
      .updateKeys()
      .updateKeys()
      .updateKeys(true)
      .write(QUESTION)
      .expect("key_update"),
    begin("after/data-under-updated-keys-too-soon", "9846-4.7.3-08")
      .expectConnected()
      .skip("key_update")
      .updateKeys()
      .write("too soon")
      .expectAlert("bad_record_mac"),
    sends(
      "fatal-alert",
      ["9846-6.2-01"],
      item.alert("internal_error"),
    ).expectClose(),
    sends(
      "error-alert-as-a-warning",
      ["9846-6-04b"],
      item.alert("handshake_failure", "warning"),
    ).expectClose(),
    sends(
      "unknown-alert",
      ["9846-6-05"],
      item.alert(199, "warning"),
    ).expectClose(),
    sends(
      "close-notify-as-fatal",
      ["9846-6.1-08"],
      item.alert("close_notify", "fatal"),
    ).expectRefusal(),
    sends(
      "user-canceled-and-close",
      ["9846-6.1-03"],
      item.alert("user_canceled", "warning"),
      item.alert("close_notify", "warning"),
    ).expectClose(),
    sends(
      "data-behind-close-notify",
      ["9846-6.1-01"],
      item.alert("close_notify", "warning"),
      item.data("ignored"),
    ).expectClose(),
    begin("after/close-notify", "9846-6.1-06")
      .expectConnected()
      .closeNotify()
      .expectClose(),
  ];
}

/** Messages that only a server may send, from a client, and the reverse. */
function one(): LabScenario[] {
  return [
    client13("after/hello", "9846-4.2.2-03")
      .expectConnected()
      .send(item.copy("client_hello"))
      .expectAlert("unexpected_message"),
    client13("after/new-session-ticket", "9846-4-02")
      .expectConnected()
      .send(item.message("new_session_ticket", "00".repeat(16)))
      .expectAlert("unexpected_message"),
    client13("after/certificate-request", "9846-4-02")
      .expectConnected()
      .send(item.message("certificate_request", "000000"))
      .expectAlert("unexpected_message"),
    server13("after/client-hello", "9846-4-02")
      .expectConnected()
      .send(item.message("client_hello", "00".repeat(40)))
      .expectAlert("unexpected_message"),
    server13("after/server-hello-again", "9846-4-02")
      .expectConnected()
      .send(item.copy("server_hello"))
      .expectAlert("unexpected_message"),
    server13("after/certificate-request-not-offered", "9846-4.7.2-06")
      .expectConnected()
      .send(
        item.message(
          "certificate_request",
          "0101000a000d000600040403" + "0804",
        ),
      )
      .expectAlert("unexpected_message"),
    server13("after/ticket-without-a-ticket", "9846-6-06")
      .expectConnected()
      .send(item.message("new_session_ticket", `0000003c00000000010000000000`))
      .expectAlert("decode_error"),
    server13("after/ticket-with-a-trailing-byte", "9846-6-06")
      .expectConnected()
      .send(
        item.message(
          "new_session_ticket",
          `0000003c000000000100000401020304000000`,
        ),
      )
      .expectAlert("decode_error"),
    server13("after/ticket-with-an-unknown-extension", "9846-4.7.1-16")
      .expectConnected()
      .send(
        item.message(
          "new_session_ticket",
          "0000003c0000000001000004010203040004fefe0000",
        ),
      )
      .updateKeys(true)
      .write(QUESTION)
      .expect("key_update"),
    server13("after/twenty-tickets", "9846-4.7.1-03b")
      .expectConnected()
      .send(
        ...Array.from({ length: 20 }, () =>
          item.message(
            "new_session_ticket",
            "0000003c000000000100000401020304" + "0000",
          ),
        ),
      )
      .updateKeys(true)
      .write(QUESTION)
      .expect("key_update"),
  ];
}

/** Scenarios of TLS 1.3 that go wrong when the handshake is done. */
export function after13(): LabScenario[] {
  return [...both(client13), ...both(server13), ...one()];
}
