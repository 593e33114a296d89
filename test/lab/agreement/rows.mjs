/**
 * Thirty-one scripts of tlsfuzzer as scenarios: the gist of each, in a few lines, not each
 * probe. A server that passes the one is to pass the other; `run.mjs` prints where they differ.
 */
import {
  append,
  cut,
  drop,
  edit,
  empty,
  flip,
  item,
  lie,
  prepend,
  record,
  scenario,
  set,
} from "puretls/lab";

const tls = scenario("tls13");
const open = tls.expectConnected();
const hello = (one, ...rest) => tls.beforeSend("client_hello", one, ...rest);
const data = (content, ...edits) =>
  item.plaintext("application_data", content, { edits });
const GREASE = "5a5a";

/** 4,096 extensions that nobody has assigned, without a body. */
const UNASSIGNED = Array.from(
  { length: 4096 },
  (_, i) => `${(0x3018 + i).toString(16)}0000`,
).join("");

export const ROWS = {
  "test-tls13-ccs": [
    tls.insertBefore("finished", item.changeCipherSpec()).expectConnected(),
  ],
  "test-tls13-connection-abort": [
    tls.expect("server_hello").end().expectClose(),
  ],
  "test-tls13-conversation": [open],
  "test-tls13-empty-alert": [
    open.send(item.plaintext("alert")).expectAlert("unexpected_message"),
  ],
  "test-tls13-ffdhe-sanity": [
    tls.with({ groups: ["x25519"] }).expectConnected(),
  ],
  "test-tls13-finished": [
    tls
      .afterSend("finished", edit.field("verify_data", flip()))
      .expectAlert("decrypt_error"),
    tls
      .afterSend("finished", edit.field("verify_data", cut()))
      .expectAlert("decode_error", "decrypt_error"),
    tls
      .afterSend("finished", edit.field("verify_data", append("00")))
      .expectAlert("decode_error", "decrypt_error"),
  ],
  "test-tls13-finished-plaintext": [
    tls
      .protect("finished", "clear")
      .expectAlertOrClose("unexpected_message", "bad_record_mac"),
  ],
  "test-tls13-hrr": [tls.with({ retry: true }).expectConnected()],
  "test-tls13-invalid-ciphers": [
    hello(edit.field("cipher_suites", set("13ff"))).expectAlert(
      "handshake_failure",
    ),
    hello(edit.field("cipher_suites", prepend(GREASE))).expectConnected(),
  ],
  "test-tls13-keyshare-omitted": [
    hello(edit.extension("key_share", drop)).expectAlert("missing_extension"),
  ],
  "test-tls13-keyupdate": [
    open.updateKeys().write("GET / HTTP/1.0\r\n\r\n").expectData(),
    open
      .send(item.message("key_update", "02"))
      .expectAlert("illegal_parameter"),
    open.send(item.message("key_update")).expectAlert("decode_error"),
  ],
  "test-tls13-large-number-of-extensions": [
    hello(edit.field("extensions", append(UNASSIGNED))).expectConnected(),
  ],
  "test-tls13-legacy-version": [
    hello(edit.field("legacy_version", set(0x0301))).expectConnected(),
    hello(edit.field("legacy_version", set(0x0304))).expectConnected(),
  ],
  "test-tls13-lengths": [
    open.write("GET / HTTP/1.0\r\nX: 1\r\n\r\n").expectData(),
  ],
  "test-tls13-multiple-ccs-messages": [
    tls
      .insertBefore(
        "finished",
        item.changeCipherSpec(),
        item.changeCipherSpec(),
      )
      .expectConnected(),
  ],
  "test-tls13-no-unknown-groups": [
    hello(edit.field("named_group_list", append("fe00"))).expectConnected(),
  ],
  "test-tls13-nociphers": [
    hello(edit.field("cipher_suites", empty)).expectAlert(
      "decode_error",
      "illegal_parameter",
      "handshake_failure",
    ),
  ],
  "test-tls13-non-support": [open],
  "test-tls13-obsolete-curves": [
    hello(edit.field("named_group_list", append("0001"))).expectConnected(),
  ],
  "test-tls13-record-layer-limits": [
    open
      .send(data("00".repeat(16384), record.pad(300)))
      .expectAlert("record_overflow"),
  ],
  "test-tls13-record-padding": [
    tls.record("finished", record.pad(300)).expectConnected(),
  ],
  "test-tls13-serverhello-random": [open],
  "test-tls13-session-resumption": [
    tls.with({ resume: true }).expect("encrypted_extensions").expectConnected(),
  ],
  "test-tls13-shuffled-extentions": [
    hello(edit.extensions("reverse")).expectConnected(),
  ],
  "test-tls13-signature-algorithms": [
    hello(edit.extension("signature_algorithms", drop)).expectAlert(
      "missing_extension",
    ),
    hello(
      edit.all(
        edit.extension("signature_algorithms", empty),
        edit.extension("signature_algorithms", set("0000")),
      ),
    ).expectAlert("decode_error", "handshake_failure"),
  ],
  "test-tls13-symetric-ciphers": [
    tls.with({ cipherSuites: ["TLS_AES_256_GCM_SHA384"] }).expectConnected(),
    tls
      .record("finished", record.fragment(flip()))
      .expectAlert("bad_record_mac"),
  ],
  "test-tls13-unencrypted-alert": [
    tls
      .replace("finished", item.plaintext("alert", "0228", { under: "clear" }))
      .expectAlertOrClose("unexpected_message", "bad_record_mac"),
  ],
  "test-tls13-unrecognised-groups": [
    hello(
      edit.field("named_group_list", prepend("fe00fe01")),
    ).expectConnected(),
  ],
  "test-tls13-version-negotiation": [
    hello(edit.field("versions", prepend(GREASE))).expectConnected(),
    hello(edit.field("versions", lie(1))).expectAlert("decode_error"),
  ],
  "test-tls13-zero-content-type": [
    open.send(item.plaintext(0, "")).expectAlert("unexpected_message"),
  ],
  "test-tls13-zero-length-data": [
    open.send(data("")).write("GET / HTTP/1.0\r\n\r\n").expectData(),
  ],
};
