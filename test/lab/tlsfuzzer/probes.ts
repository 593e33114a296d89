/**
 * Probes of tlsfuzzer's scripts for TLS 1.3, each written again as a scenario. Nothing of
 * tlsfuzzer is here but names: those of the scripts, and of the probes that they run.
 */
import {
  append,
  cut,
  drop,
  edit,
  empty,
  fill,
  item,
  type LabScenario,
  record,
  resize,
  scenario,
  set,
} from "../../../src/lab/index.ts";

export interface Probe {
  /** Without test-tls13- and .py. */
  readonly script: string;
  readonly name: string;
  readonly scenario: LabScenario;
}

type Client = LabScenario<"tls13", "client">;

const QUESTION = "GET / HTTP/1.0\r\n\r\n";

function client(): Client {
  return scenario("tls13");
}

/** The handshake goes well, and the server answers. */
function answered(one: Client): LabScenario {
  return one.expectConnected().write(QUESTION).expectData();
}

function group(name: string): Client {
  return client().with({ groups: [name], keyShares: [name] });
}

function hello(change: Parameters<Client["beforeSend"]>[1]): Client {
  return client().beforeSend("client_hello", change);
}

/** Scripts whose plain conversation is played: the versions, groups and suites are theirs. */
const PLAIN = [
  "conversation",
  "connection-abort",
  "count-tickets",
  "empty-alert",
  "invalid-ciphers",
  "large-number-of-extensions",
  "lengths",
  "non-support",
  "record-layer-limits",
  "rsa-signatures",
  "serverhello-random",
  "shuffled-extentions",
  "symetric-ciphers",
];

const key = (bytes: string): Parameters<Client["beforeSend"]>[1] =>
  edit.field("key_exchange", set(bytes));
const x = "11".repeat(32);
const after = (one: Client): Client => one.expectConnected();

const NAMED: readonly (readonly [script: string, name: string, LabScenario])[] =
  [
    ["ccs", "both client and server send CCS", answered(client())],
    [
      "ccs",
      "CCS message after Finished message",
      after(client())
        .send(item.changeCipherSpec())
        .expectAlert("unexpected_message"),
    ],
    [
      "finished-plaintext",
      "Unencrypted Finished message",
      client().protect("finished", "clear").expectAlert("unexpected_message"),
    ],
    ["finished", "sanity", answered(client())],
    [
      "zero-content-type",
      "zero content type after handshake",
      after(client())
        .send(item.plaintext(0, ""))
        .expectAlert("unexpected_message"),
    ],
    [
      "zero-content-type",
      "zero content type with padding after handshake",
      after(client())
        .send(item.plaintext(0, "00".repeat(20)))
        .expectAlert("unexpected_message"),
    ],
    [
      "zero-length-data",
      "zero-length app data",
      after(client())
        .send(item.plaintext("application_data", ""))
        .write(QUESTION)
        .expectData(),
    ],
    [
      "zero-length-data",
      "zero-length app data with padding",
      after(client())
        .send(
          item.plaintext("application_data", "", { edits: [record.pad(10)] }),
        )
        .write(QUESTION)
        .expectData(),
    ],
    [
      "keyshare-omitted",
      "key_share extension omitted",
      hello(edit.extension("key_share", drop)).expectAlert("missing_extension"),
    ],
    [
      "keyshare-omitted",
      "empty key_share extension",
      hello(edit.extension("key_share", empty)).expectAlert("decode_error"),
    ],
    [
      "nociphers",
      "tls13-no-ciphers",
      hello(edit.field("cipher_suites", set("00ff"))).expectAlert(
        "handshake_failure",
      ),
    ],
    [
      "unencrypted-alert",
      "encrypted Alert",
      after(client()).closeNotify().expectClose(),
    ],
    [
      "version-negotiation",
      "tls 1.8 only",
      hello(edit.field("supported_versions.versions", set("0309"))).expectAlert(
        "protocol_version",
      ),
    ],
    [
      "hrr",
      "HRR because of empty key_shares",
      answered(client().with({ retry: true }).expect("hello_retry_request")),
    ],
    [
      "unrecognised-groups",
      "sanity",
      answered(hello(edit.field("named_group_list", append("3131")))),
    ],
    [
      "record-padding",
      "set-fixed-length-padding",
      answered(client().record("finished", record.pad(60))),
    ],
    [
      "record-padding",
      "set-max-length-padding",
      answered(client().record("finished", record.pad(16348))),
    ],
    [
      "keyupdate",
      "post-handshake KeyUpdate msg with update_not_request",
      after(client()).updateKeys().write(QUESTION).expectData(),
    ],
    [
      "keyupdate",
      "post-handshake KeyUpdate msg with update_request",
      after(client())
        .updateKeys(true)
        .write(QUESTION)
        .expect("key_update")
        .expectData(),
    ],
    [
      "keyupdate",
      "empty KeyUpdate message",
      after(client())
        .send(item.message("key_update", ""))
        .expectAlert("decode_error"),
    ],
    [
      "keyupdate",
      "large KeyUpdate message",
      after(client())
        .send(item.message("key_update", "00".repeat(1024)))
        .expectAlert("decode_error"),
    ],
    [
      "keyupdate",
      "two KeyUpdates in one record",
      after(client())
        .send(item.plaintext("handshake", "18000001001800000100"))
        .expectAlert("unexpected_message"),
    ],
    [
      "session-resumption",
      "session resumption",
      answered(client().with({ resume: true })),
    ],
    [
      "crfg-curves",
      "all zero x25519 key share",
      group("x25519")
        .beforeSend("client_hello", edit.field("key_exchange", fill(0)))
        .expectAlert("illegal_parameter"),
    ],
    [
      "crfg-curves",
      'x25519 key share of "1"',
      group("x25519")
        .beforeSend("client_hello", key(`01${"00".repeat(31)}`))
        .expectAlert("illegal_parameter"),
    ],
    [
      "crfg-curves",
      "too small x25519 key share",
      group("x25519")
        .beforeSend("client_hello", edit.field("key_exchange", cut(1)))
        .expectAlert("illegal_parameter"),
    ],
    [
      "crfg-curves",
      "too big x25519 key share",
      group("x25519")
        .beforeSend("client_hello", edit.field("key_exchange", append("00")))
        .expectAlert("illegal_parameter"),
    ],
    [
      "ecdhe-curves",
      "secp256r1 - point outside curve",
      group("secp256r1")
        .beforeSend("client_hello", key(`04${x}${x}`))
        .expectAlert("illegal_parameter"),
    ],
    [
      "ecdhe-curves",
      "secp256r1 - x=0, y=0",
      group("secp256r1")
        .beforeSend("client_hello", key(`04${"00".repeat(64)}`))
        .expectAlert("illegal_parameter"),
    ],
    [
      "ecdhe-curves",
      "secp256r1 - right-truncated key_share",
      group("secp256r1")
        .beforeSend("client_hello", edit.field("key_exchange", resize(64)))
        .expectAlert("illegal_parameter"),
    ],
    [
      "obsolete-curves",
      "sanity - HRR support",
      answered(client().with({ retry: true })),
    ],
    [
      "signature-algorithms",
      "empty list of signature methods",
      hello(edit.field("supported_signature_algorithms", empty)).expectAlert(
        "decode_error",
      ),
    ],
    [
      "signature-algorithms",
      "only undefined sigalgs",
      hello(
        edit.field("supported_signature_algorithms", set("010106010a01")),
      ).expectAlert("handshake_failure"),
    ],
    [
      "signature-algorithms",
      "padded sigalgs",
      hello(edit.extension("signature_algorithms", append("0000"))).expectAlert(
        "decode_error",
      ),
    ],
  ];

/** All of them: thirty scripts and more. */
export const PROBES: readonly Probe[] = [
  ...PLAIN.map((script) => ({
    script,
    name: "sanity",
    scenario: answered(client()),
  })),
  ...NAMED.map(([script, name, one]) => ({ script, name, scenario: one })),
].map((probe) => ({
  ...probe,
  scenario: probe.scenario.named(`${probe.script}: ${probe.name}`),
}));
