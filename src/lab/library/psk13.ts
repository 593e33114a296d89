/** Pre-shared keys, tickets and early data of TLS 1.3: either role is tested. */
import {
  append,
  double,
  drop,
  edit,
  empty,
  first,
  flip,
  lie,
  type MessageEdit,
  resize,
  set,
} from "../message/edits.ts";
import { item } from "../scenario/items.ts";
import { record } from "../scenario/records.ts";
import type { LabScenario } from "../scenario/scenario.ts";
import { client13, server13 } from "./begin.ts";

type Client = LabScenario<"tls13", "client">;

function resumed(name: string, ...ids: readonly string[]): Client {
  return client13(`psk/${name}`, ...ids).with({ resume: true });
}

function early(name: string, ...ids: readonly string[]): Client {
  return client13(`early-data/${name}`, ...ids).with({
    resume: true,
    earlyData: true,
  });
}

/** Binders that are wrong, by a ticket or by a key agreed elsewhere. */
function binders(): Client[] {
  const wrong: readonly (readonly [string, MessageEdit])[] = [
    ["flipped", edit.field("binder", flip())],
    ["of-zeros", edit.field("binder", set("00".repeat(32)))],
    ["over-another-hello", edit.addExtension(0xfeed, "", "first")],
    ["over-another-random", edit.field("random", flip())],
  ];
  return [
    ...wrong.flatMap(([name, change]) => [
      resumed(`binder-${name}`, "9846-4.3.11-08", "9846-4.3.11-09")
        .afterSend("client_hello", change)
        .expectAlert("decrypt_error", "illegal_parameter"),
      client13(`psk/external-binder-${name}`, "9846-4.3.11-08")
        .with({ externalPsk: true })
        .afterSend("client_hello", change)
        .expectAlert("decrypt_error", "illegal_parameter"),
    ]),
    resumed("binder-short", "9846-4.3.11-09")
      .afterSend("client_hello", edit.field("binder", resize(31)))
      .expectAlert("decode_error", "illegal_parameter", "decrypt_error"),
    resumed("binder-long", "9846-4.3.11-09")
      .afterSend("client_hello", edit.field("binder", resize(33)))
      .expectAlert("decode_error", "illegal_parameter", "decrypt_error"),
    resumed("binder-twice", "9846-4.3.11-09")
      .afterSend("client_hello", edit.field("binder", double))
      .expectAlert("illegal_parameter", "decode_error", "decrypt_error"),
    resumed("binder-missing", "9846-4.3.11-09")
      .afterSend("client_hello", edit.field("binders", empty))
      .expectAlert("illegal_parameter", "decode_error"),
    resumed("binders-too-long", "9846-6-06")
      .afterSend("client_hello", edit.field("binders", lie(1)))
      .expectAlert("decode_error"),
  ];
}

/** Offers of a PSK that are wrong in another way. */
function offers(): Client[] {
  return [
    resumed("resumed", "9846-4.3.9-08").expectConnected(),
    resumed("not-last", "9846-4.3.11-16")
      .afterSend("client_hello", edit.extension("pre_shared_key", first))
      .expectAlert("illegal_parameter"),
    resumed("followed-by-an-unknown-extension", "9846-4.3.11-16")
      .afterSend("client_hello", edit.addExtension(0xfeed, "00"))
      .expectAlert("illegal_parameter"),
    resumed("without-modes", "9846-4.3.9-03")
      .beforeSend(
        "client_hello",
        edit.extension("psk_key_exchange_modes", drop),
      )
      .expectAlert(),
    resumed("modes-empty", "9846-6-06")
      .beforeSend("client_hello", edit.field("ke_modes", empty))
      .expectAlert("decode_error"),
    resumed("modes-unknown", "9846-9.3-05")
      .beforeSend("client_hello", edit.field("ke_modes", append("0a02")))
      .expectConnected(),
    resumed("twice", "9846-4.3-09b")
      .afterSend("client_hello", edit.extension("pre_shared_key", double))
      .expectAlert("decode_error", "illegal_parameter"),
    resumed("identity-empty", "9846-6-06")
      .afterSend("client_hello", edit.field("identity", empty))
      .expectAlert("decode_error"),
    resumed("identity-unknown", "9846-4.3.11-08")
      .beforeSend("client_hello", edit.field("identity", set("ab".repeat(64))))
      .expectConnected(),
    resumed("ticket-spoilt", "9846-4.3.11-08")
      .beforeSend("client_hello", edit.field("identity", flip()))
      .expectConnected(),
    resumed("ticket-cut", "9846-4.3.11-08")
      .beforeSend("client_hello", edit.field("identity", resize(20)))
      .expectConnected(),
    resumed("certificate-behind-it", "9846-4-02")
      .insertBefore("finished", item.message("certificate", "00000000"))
      .expectAlert("unexpected_message"),
    client13("psk/external", "9846-4.3.11-01b")
      .with({ externalPsk: true })
      .expectConnected(),
    client13("psk/external-with-an-age", "9846-4.3.11-01b")
      .with({ externalPsk: true })
      .beforeSend(
        "client_hello",
        edit.field("obfuscated_ticket_age", set(0xffffffff)),
      )
      .expectConnected(),
    resumed("after-a-retry", "9846-4.2.2-02b")
      .with({ retry: true })
      .expectConnected(),
    resumed("after-a-retry-with-a-wrong-binder", "9846-4.3.11-09")
      .with({ retry: true })
      .afterSend("client_hello", edit.field("binder", flip()), { nth: 2 })
      .expectAlert("decrypt_error"),
  ];
}

/** Second hellos that are another than the first. */
function secondHellos(): Client[] {
  const second = (name: string, change: MessageEdit): Client =>
    client13(`second-hello/${name}`, "9846-4.2.2-02b")
      .with({ retry: true })
      .beforeSend("client_hello", change, { nth: 2 })
      .expectAlert("illegal_parameter");
  return [
    client13("second-hello/right", "9846-4.2.1-03")
      .with({ retry: true })
      .expect("hello_retry_request")
      .expectConnected(),
    second("another-random", edit.field("random", flip())),
    second("another-session-id", edit.field("legacy_session_id", flip())),
    second("more-suites", edit.field("cipher_suites", append("1305"))),
    second("another-suite-alone", edit.field("cipher_suites", set("1303"))),
    second("another-extension", edit.addExtension(0xfeed, "")),
    second("without-server-name", edit.extension("server_name", drop)),
    second("other-groups", edit.field("named_group_list", append("001e"))),
    second("other-order", edit.extensions("reverse")),
    second("without-a-share", edit.field("client_shares", empty)),
    second(
      "share-of-another-group",
      edit.field("key_share.group", set(0xfe02)),
    ),
  ];
}

/** Early data, its end, and its absence. */
function earlyData(): Client[] {
  return [
    early("taken", "9846-4.3.10-05c").earlyData("early").expectConnected(),
    early("spoilt", "9846-4.3.10-11", "9846-4.3.10-12")
      .earlyData("early")
      .send(
        item.plaintext("application_data", "00", {
          edits: [record.fragment(flip())],
          under: "early",
        }),
      )
      .expectAlert("bad_record_mac"),
    early("without-its-end", "9846-4.6-01")
      .earlyData("early")
      .skip("end_of_early_data")
      .expectAlert("unexpected_message", "bad_record_mac"),
    early("end-with-a-body", "9846-6-06")
      .earlyData("early")
      .beforeSend("end_of_early_data", edit.message(set("00")))
      .expectAlert("decode_error"),
    early("end-twice", "9846-4-02")
      .earlyData("early")
      .repeat("end_of_early_data")
      .expectAlert("unexpected_message", "bad_record_mac"),
    early("data-behind-its-end", "9846-4.6-01")
      .earlyData("early")
      .insertBefore("finished", item.data("late"))
      .expectAlert("unexpected_message"),
    early("finished-under-early-keys", "9846-4.5.3-03")
      .earlyData("early")
      .protect("finished", "early")
      .expectAlert("bad_record_mac"),
    early("without-a-psk", "9846-4.3.10-01")
      .beforeSend("client_hello", edit.extension("pre_shared_key", drop))
      .expectRefusal(),
    early("with-an-unknown-ticket", "9846-4.3.10-10b")
      .beforeSend("client_hello", edit.field("identity", set("ab".repeat(64))))
      .earlyData("to be skipped")
      .expectConnected(),
    early("another-alpn", "9846-4.3.10-08", "9846-4.3.10-10a")
      .with({ alpnProtocols: ["h2", "http/1.1"] })
      .beforeSend(
        "client_hello",
        edit.field("protocol_name_list", set("08" + "687474702f312e31")),
      )
      .earlyData("for h2")
      .expectConnected(),
    early("in-the-second-hello", "9846-4.3.10-05b")
      .with({ retry: true })
      .earlyData("to be skipped")
      .expectConnected(),
    early("extension-with-a-body", "9846-6-06")
      .beforeSend("client_hello", edit.extension("early_data", append("00")))
      .expectAlert("decode_error"),
  ];
}

/** Answers to a PSK that are wrong: a client is tested. */
function answers(): LabScenario[] {
  const answer = (
    name: string,
    ...ids: readonly string[]
  ): LabScenario<"tls13", "server"> =>
    server13(`psk/${name}`, ...ids).with({ resume: true });
  return [
    answer("identity-out-of-range", "9846-4.3.11-11a", "9846-4.3.11-12a")
      .beforeSend("server_hello", edit.field("selected_identity", set(1)))
      .expectAlert("illegal_parameter"),
    answer("identity-far-out-of-range", "9846-4.3.11-12a")
      .beforeSend("server_hello", edit.field("selected_identity", set(0xffff)))
      .expectAlert("illegal_parameter"),
    answer("without-a-key-share", "9846-4.3.11-11c", "9846-4.3.11-12b")
      .beforeSend("server_hello", edit.extension("key_share", drop))
      .expectAlert("illegal_parameter", "missing_extension"),
    answer("suite-of-another-hash", "9846-4.3.11-11b", "9846-4.3.11-12a")
      .beforeSend("server_hello", edit.field("cipher_suite", set(0x1302)))
      .expectAlert("illegal_parameter"),
    answer("request-for-a-certificate", "9846-4.4.2-08")
      .insertAfter(
        "encrypted_extensions",
        item.message("certificate_request", "00000a000d0006000404030804"),
      )
      .expectAlert("unexpected_message"),
    answer("certificate", "9846-4.5.1-01")
      .insertAfter(
        "encrypted_extensions",
        item.message("certificate", "0000000000"),
      )
      .expectAlert("unexpected_message"),
    answer("early-data-not-offered", "9846-4.3-06")
      .beforeSend("encrypted_extensions", edit.addExtension("early_data"))
      .expectAlert("unsupported_extension", "illegal_parameter"),
  ];
}

/** Scenarios of pre-shared keys, second hellos and early data. */
export function psk13(): LabScenario[] {
  return [
    ...binders(),
    ...offers(),
    ...secondHellos(),
    ...earlyData(),
    ...answers(),
  ];
}
