/** Faults that stacks once had, and floods: by no sentence of an RFC alone. */
import { edit, set } from "../message/edits.ts";
import { item } from "../scenario/items.ts";
import type { LabItem } from "../scenario/steps.ts";
import type { LabScenario } from "../scenario/scenario.ts";
import { client12, client13, server13 } from "./begin.ts";

function times(count: number, one: LabItem): LabItem[] {
  return Array.from({ length: count }, () => one);
}

/** A heartbeat that asks for 16 KiB and brings three bytes. */
const HEARTBEAT = "0140006162";

/** A hello of SSL 2 for SSL 3.1, with three suites and a challenge. */
const SSL2_HELLO = `80220103010009000000100000c02b00c02f000004${"11".repeat(16)}`;

/** Heartbleed: a length that lies, in a record of type 24. */
function heartbleed(): LabScenario[] {
  const bytes = item.bytes(`1803030005${HEARTBEAT}`);
  return [client13, client12].flatMap((begin) => [
    begin("classic/heartbleed-before-the-handshake", "9846-5-05b")
      .insertBefore("client_hello", bytes)
      .expectRefusal(),
    begin("classic/heartbleed-behind-the-hello", "9846-5-05b")
      .insertAfter("client_hello", bytes)
      .expectRefusal(),
    begin("classic/heartbleed-protected", "9846-5-05a")
      .expectConnected()
      .send(item.plaintext(24, HEARTBEAT))
      .expectRefusal(),
  ]);
}

/** Bytes that are no TLS, or none that is spoken still. */
function foreign(): LabScenario[] {
  return [
    client13("classic/hello-of-ssl2", "9846-E.5-06")
      .replace("client_hello")
      .insertBefore("client_hello", item.bytes(SSL2_HELLO))
      .expectRefusal(),
    client13("classic/hello-of-http", "9846-4.2.2-01")
      .replace("client_hello")
      .insertBefore(
        "client_hello",
        item.bytes("474554202f20485454502f312e310d0a0d0a"),
      )
      .expectRefusal(),
    client13("classic/message-of-16-megabytes", "9846-6-06")
      .replace("client_hello")
      .insertBefore(
        "client_hello",
        item.plaintext("handshake", `01ffffff${"00".repeat(16000)}`),
        ...times(10, item.plaintext("handshake", "00".repeat(16384))),
      )
      .tagged("robustness")
      .expectRefusal(),
  ];
}

/** A PSK with what does not go with it. */
function tickets(): LabScenario[] {
  return [
    client13("psk/suite-of-another-hash", "9846-4.3.11-03", "9846-4.7.1-06a")
      .with({ resume: true })
      .beforeSend("client_hello", edit.field("cipher_suites", set("1302")))
      .expectConnected(),
    client13("psk/another-server-name", "9846-4.7.1-09")
      .with({ resume: true })
      .beforeSend(
        "client_hello",
        edit.field("host_name", set("6c61622e74657374")),
      )
      .tagged("robustness")
      .expectConnected(),
  ];
}

/** Renegotiation with a server of TLS 1.2, which none should take. */
function renegotiation(): LabScenario[] {
  return [
    client12("classic/renegotiation", "9846-4.2.2-03")
      .tagged("robustness")
      .expectConnected()
      .send(item.copy("client_hello"))
      .expectAlert(
        "no_renegotiation",
        "unexpected_message",
        "handshake_failure",
      ),
  ];
}

/** Floods: no RFC names a limit, and each stack should have one. */
function floods(): LabScenario[] {
  const flood = (name: string, ...items: readonly LabItem[]): LabScenario[] =>
    [client13, server13].map((begin) =>
      begin(`classic/flood-of-${name}`, "9846-6.2-02")
        .tagged("robustness")
        .expectConnected()
        .send(...items)
        .expectRefusal(),
    );
  return [
    ...flood(
      "empty-records",
      ...times(500, item.plaintext("application_data", "")),
    ),
    ...flood("warnings", ...times(100, item.alert("user_canceled", "warning"))),
  ];
}

/** Scenarios of the classic faults. */
export function classics(): LabScenario[] {
  return [
    ...heartbleed(),
    ...foreign(),
    ...tickets(),
    ...renegotiation(),
    ...floods(),
  ];
}
