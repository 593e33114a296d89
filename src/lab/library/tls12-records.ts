/** Records of TLS 1.2 that are wrong: a server is tested. */
import { cut, drop, edit, flip, resize } from "../message/edits.ts";
import { item } from "../scenario/items.ts";
import { record } from "../scenario/records.ts";
import type { LabItem } from "../scenario/steps.ts";
import type { LabScenario } from "../scenario/scenario.ts";
import { client12 } from "./begin.ts";

type Client = LabScenario<"tls12", "client">;

const CBC = ["TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"];

/** Records of TLS 1.2 that are wrong; padding and MAC where a suite of CBC is accepted. */
export function records12(): LabScenario[] {
  const data = (...edits: Parameters<typeof item.plaintext>[2][]): LabItem =>
    item.plaintext("application_data", "00".repeat(40), edits[0]);
  const spoilt = (bit: number): LabItem =>
    data({ edits: [record.fragment(flip(bit))] });
  const one = (name: string, id: string, ...items: LabItem[]): Client =>
    client12(`record/${name}`, id)
      .expectConnected()
      .send(...items);
  const cbc = (name: string, ...items: LabItem[]): Client[] => {
    const begin = (order: string): Client =>
      client12(`cbc/${order}/${name}`, "5246-6.2.3.2-04", "5246-7.2.2-07")
        .tagged("classic")
        .with({ cipherSuites: CBC });
    return [
      begin("encrypt-then-mac"),
      begin("mac-then-encrypt").beforeSend(
        "client_hello",
        edit.extension("encrypt_then_mac", drop),
      ),
    ].map((begun) =>
      begun
        .expectConnected()
        .send(...items)
        .expectAlert("bad_record_mac"),
    );
  };
  return [
    one("tag-spoilt", "5246-6.2.3.3-04", spoilt(-1)).expectAlert(
      "bad_record_mac",
    ),
    one("nonce-spoilt", "5246-6.2.3.3-04", spoilt(0)).expectAlert(
      "bad_record_mac",
    ),
    one(
      "replayed",
      "5246-6.1-01",
      data({ edits: [record.replay()] }),
    ).expectAlert("bad_record_mac"),
    one(
      "number-left-out",
      "5246-6.1-01",
      data({ edits: [record.skipSequence()] }),
    ).expectAlert("bad_record_mac"),
    one(
      "shorter-than-a-tag",
      "5246-6.2.3.3-04",
      data({ edits: [record.fragment(resize(10))] }),
    ).expectAlert("bad_record_mac", "decode_error"),
    one(
      "of-another-type",
      "5246-6-02",
      data({ edits: [record.headerType(24)] }),
    ).expectAlert("unexpected_message", "bad_record_mac"),
    one(
      "too-long",
      "5246-6.2.3-01",
      data({ edits: [record.headerLength(19000)] }),
    ).expectAlert("record_overflow"),
    client12("record/hello-of-version-300", "5246-E.1-05")
      .record("client_hello", record.version(0x0300))
      .expectConnected(),
    client12("record/hello-of-version-3ff", "5246-E.1-05")
      .record("client_hello", record.version(0x03ff))
      .expectConnected(),
    client12("record/hello-in-small-records", "5246-6.2.1-02")
      .split("client_hello", [1, 2, 3, 40])
      .expectConnected(),
    client12("record/flight-in-small-records", "5246-6.2.1-02")
      .split("client_key_exchange", [1, 2, 3])
      .expectConnected(),
    ...cbc("mac-spoilt", spoilt(8 * 50)),
    ...cbc("padding-length-spoilt", spoilt(-129)),
    ...cbc("padding-spoilt", spoilt(-140)),
    ...cbc("last-block-spoilt", spoilt(-1)),
    ...cbc("not-whole-blocks", data({ edits: [record.fragment(cut(1))] })),
    ...cbc("one-block-less", data({ edits: [record.fragment(cut(16))] })),
    ...cbc("one-block-alone", data({ edits: [record.fragment(resize(16))] })),
    ...cbc("two-blocks", data({ edits: [record.fragment(resize(32))] })),
    ...cbc("empty", data({ edits: [record.fragment(resize(0))] })),
  ];
}
