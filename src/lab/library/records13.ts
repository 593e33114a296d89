/** Records of TLS 1.3 that are wrong, in the handshake and behind it: either role is tested. */
import { append, cut, flip, resize } from "../message/edits.ts";
import { item } from "../scenario/items.ts";
import { record, type RecordEdit } from "../scenario/records.ts";
import type { LabItem } from "../scenario/steps.ts";
import type { LabScenario } from "../scenario/scenario.ts";
import { type Begin, client13, QUESTION, server13 } from "./begin.ts";

function data(...edits: readonly RecordEdit[]): LabItem {
  return item.plaintext("application_data", "00112233", { edits });
}

/** Records that are wrong when the handshake is done. */
function connected(begin: Begin<"tls13">): LabScenario[] {
  const sends = (
    name: string,
    ids: readonly string[],
    ...items: readonly LabItem[]
  ): LabScenario<"tls13"> =>
    begin(`record/${name}`, ...ids)
      .expectConnected()
      .send(...items);
  return [
    sends("tag-spoilt", ["9846-5.2-03"], data(record.fragment(flip()))),
    sends("ciphertext-spoilt", ["9846-5.2-03"], data(record.fragment(flip(0)))),
    sends(
      "cut-behind-its-header",
      ["9846-5.2-03"],
      data(record.fragment(cut(1))),
    ),
    sends(
      "shorter-than-a-tag",
      ["9846-5.2-03"],
      data(record.fragment(resize(12))),
    ),
    sends(
      "empty-ciphertext",
      ["9846-5.2-03"],
      data(record.fragment(resize(0))),
    ),
    sends("replayed", ["9846-5.3-01"], data(record.replay())),
    sends("number-left-out", ["9846-5.3-01"], data(record.skipSequence())),
    sends(
      "header-of-another-version",
      ["9846-5.2-03"],
      data(record.headerVersion(0x0304)),
    ),
  ]
    .map((one) => one.expectAlert("bad_record_mac", "decode_error"))
    .concat(
      [
        sends(
          "data-key-update-not-carried-out",
          ["9846-4.7.3-08"],
          item.message("key_update", "00"),
          data(),
        ),
      ].map((one) => one.expectAlert("bad_record_mac")),
      [
        sends("inner-type-24", ["9846-5-05a"], data(record.innerType(24))),
        sends("inner-type-99", ["9846-5-05a"], data(record.innerType(99))),
        sends(
          "change-cipher-spec-protected",
          ["9846-5-02"],
          data(record.innerType(20)),
        ),
        sends("without-a-type", ["9846-5.4-05"], item.plaintext(0, "00000000")),
        sends("outer-type-24", ["9846-5-05b"], data(record.headerType(24))),
        sends("outer-type-99", ["9846-5-05b"], data(record.headerType(99))),
        sends(
          "change-cipher-spec-behind-the-handshake",
          ["9846-5-03"],
          item.changeCipherSpec(),
        ),
        sends(
          "handshake-empty",
          ["9846-5.4-03"],
          item.plaintext("handshake", ""),
        ),
        sends("alert-empty", ["9846-5.4-03"], item.plaintext("alert", "")),
        sends(
          "data-inside-a-message",
          ["9846-5.1-04"],
          item.plaintext("handshake", "18"),
          data(),
        ),
        sends(
          "alert-inside-a-message",
          ["9846-5.1-04"],
          item.plaintext("handshake", "1800"),
          item.plaintext("alert", "0100"),
        ),
        sends(
          "key-update-with-a-message-behind-it",
          ["9846-5.1-06"],
          item.plaintext("handshake", "18000001001800000100"),
        ),
        sends(
          "key-update-with-a-piece-behind-it",
          ["9846-5.1-06"],
          item.plaintext("handshake", "180000010018"),
        ),
      ].map((one) => one.expectAlert("unexpected_message")),
      [
        sends(
          "two-alerts-at-once",
          ["9846-5.1-09b", "9846-5.1-10"],
          item.plaintext("alert", "015a0100"),
        ),
        sends("half-an-alert", ["9846-5.1-09b"], item.plaintext("alert", "01")),
      ].map((one) => one.expectAlert("decode_error", "unexpected_message")),
      [
        sends(
          "length-of-17000",
          ["9846-5.2-02"],
          data(record.headerLength(17000)),
        ),
        sends(
          "length-one-too-much",
          ["9846-5.2-02"],
          data(record.fragment(resize(16641))),
        ),
        sends(
          "content-too-long",
          ["9846-5.4-06"],
          item.plaintext("application_data", "00".repeat(16384), {
            edits: [record.content(append("00"))],
          }),
        ),
        sends("padding-too-long", ["9846-5.4-06"], data(record.pad(16384))),
      ].map((one) => one.expectAlert("record_overflow", "bad_record_mac")),
    );
}

/** Records that are unusual, and right. */
function unusual(begin: Begin<"tls13">): LabScenario[] {
  const still = (
    name: string,
    id: string,
    ...items: readonly LabItem[]
  ): LabScenario =>
    begin(`record/${name}`, id)
      .expectConnected()
      .send(...items)
      .updateKeys(true)
      .write(QUESTION)
      .expect("key_update");
  return [
    still("padded-with-4000-zeros", "9846-5.4-02", data(record.pad(4000))),
    still("padded-to-the-limit", "9846-5.4-06", data(record.pad(16380))),
    still("empty-data", "9846-5.4-03", item.plaintext("application_data", "")),
    still(
      "empty-data-with-padding",
      "9846-5.4-03",
      item.plaintext("application_data", "", { edits: [record.pad(100)] }),
    ),
    begin("record/finished-in-one-byte-records", "9846-5.1-03")
      .split("finished", new Array<number>(35).fill(1))
      .expectConnected(),
    begin("record/finished-padded", "9846-5.4-02")
      .record("finished", record.pad(500))
      .expectConnected(),
    begin("record/finished-in-two-segments", "9846-5.1-03")
      .split("finished", [10], "segments")
      .expectConnected(),
  ];
}

/** Records of the first flights, before there are keys. */
function clear(): LabScenario[] {
  const hello = (
    name: string,
    ids: readonly string[],
  ): LabScenario<"tls13", "client"> => client13(`record/${name}`, ...ids);
  return [
    ...[0x0300, 0x0302, 0x0303, 0x03ff].map((version) =>
      hello(`hello-of-version-${version.toString(16)}`, ["9846-E.2-04"])
        .record("client_hello", record.version(version))
        .expectConnected(),
    ),
    hello("hello-in-one-byte-records", ["9846-5.1-03"])
      .split("client_hello", new Array<number>(60).fill(1))
      .expectConnected(),
    hello("hello-cut-inside-its-header", ["9846-5.1-03"])
      .split("client_hello", [2, 2, 30])
      .expectConnected(),
    hello("hello-in-two-segments", ["9846-5.1-03"])
      .split("client_hello", [40], "segments")
      .expectConnected(),
    hello("hello-with-a-message-behind-it", ["9846-5.1-06"])
      .coalesce("client_hello")
      .insertAfter("client_hello", item.message("finished", "00".repeat(32)))
      .expectAlert("unexpected_message"),
    hello("hello-of-type-24", ["9846-5-05b"])
      .record("client_hello", record.headerType(24))
      .expectAlert("unexpected_message"),
    hello("hello-as-application-data", ["9846-2-02"])
      .record("client_hello", record.headerType(23))
      .expectAlert("unexpected_message"),
    hello("hello-too-long", ["9846-5.1-16"])
      .record("client_hello", record.headerLength(18000))
      .expectAlert("record_overflow"),
    hello("empty-handshake-record-first", ["9846-5.1-08"])
      .insertBefore("client_hello", item.plaintext("handshake", ""))
      .expectAlert("unexpected_message", "decode_error"),
    hello("change-cipher-spec-first", ["9846-5-03"])
      .insertBefore("client_hello", item.changeCipherSpec())
      .expectAlert("unexpected_message"),
    hello("change-cipher-spec-of-2", ["9846-5-02"])
      .replace("change_cipher_spec", item.changeCipherSpec("02"))
      .expectAlert("unexpected_message"),
    hello("change-cipher-spec-of-two-bytes", ["9846-5-02"])
      .replace("change_cipher_spec", item.changeCipherSpec("0101"))
      .expectAlert("unexpected_message"),
    hello("change-cipher-spec-empty", ["9846-5-02"])
      .replace("change_cipher_spec", item.changeCipherSpec(""))
      .expectAlert("unexpected_message", "decode_error"),
    hello("change-cipher-spec-protected-in-the-handshake", ["9846-5-02"])
      .insertBefore(
        "finished",
        item.plaintext(20, "01", { under: "handshake" }),
      )
      .expectAlert("unexpected_message"),
    hello("change-cipher-spec-twice", ["9846-5-01"])
      .repeat("change_cipher_spec")
      .expectConnected(),
    hello("without-change-cipher-spec", ["9846-5-01"])
      .skip("change_cipher_spec")
      .expectConnected(),
    server13("record/change-cipher-spec-of-2", "9846-5-02")
      .replace("change_cipher_spec", item.changeCipherSpec("02"))
      .expectAlert("unexpected_message"),
    server13("record/change-cipher-spec-first", "9846-5-03")
      .insertBefore("server_hello", item.changeCipherSpec())
      .expectConnected(),
    server13("record/server-hello-of-type-24", "9846-5-05b")
      .record("server_hello", record.headerType(24))
      .expectAlert("unexpected_message"),
    server13("record/server-hello-in-one-byte-records", "9846-5.1-03")
      .split("server_hello", new Array<number>(100).fill(1))
      .expectConnected(),
    server13("record/server-hello-with-a-message-behind-it", "9846-5.1-06")
      .coalesce("server_hello")
      .expectAlert("unexpected_message"),
    server13("record/data-before-server-hello", "9846-2-02")
      .insertBefore("server_hello", item.data("early"))
      .expectAlert("unexpected_message"),
    server13("record/certificate-in-small-records", "9846-5.1-03")
      .split("certificate", new Array<number>(50).fill(5))
      .expectConnected(),
  ];
}

/** Scenarios of TLS 1.3 whose records are wrong or unusual. */
export function records13(): LabScenario[] {
  return [
    ...clear(),
    ...[client13, server13].flatMap((begin) => [
      ...connected(begin),
      ...unusual(begin),
    ]),
  ];
}
