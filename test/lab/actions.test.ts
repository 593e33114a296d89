/** Actions of scenarios, rules for one of several messages, branches, and records of CBC. */
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes.ts";
import {
  branchInMemory,
  drop,
  edit,
  flip,
  item,
  Lab,
  type LabScenario,
  playInMemory,
  record,
  type Result,
  scenario,
  set,
} from "../../src/lab/index.ts";

const lab = new Lab();
type Scenario12 = LabScenario<"tls12", "client">;

function play(one: LabScenario): Result {
  return playInMemory(one, { lab });
}

function expectPass(one: LabScenario): void {
  const { verdict, seen, expected, events } = play(one);
  const told = `expected ${expected}, saw ${seen}: ${events.join("; ")}`;
  expect(verdict, told).toBe("pass");
}

describe("actions", () => {
  it("update keys, with the peer's or without", () => {
    for (const role of ["client", "server"] as const)
      expectPass(
        scenario("tls13", role)
          .expectConnected()
          .updateKeys(true)
          .write("ping")
          .expect("key_update")
          .expectData("ping"),
      );
  });

  it("send early data, under its keys", () => {
    const early = scenario("tls13").with({ resume: true, earlyData: true });
    expectPass(early.earlyData("early").expectData("early").expectConnected());
    expectPass(
      early
        .earlyData("early")
        .protect("finished", "early")
        .expectAlert("bad_record_mac"),
    );
    expectPass(
      early
        .earlyData("early")
        .skip("end_of_early_data")
        .expectAlert("bad_record_mac", "unexpected_message"),
    );
  });

  it("ask a client for its certificate when it is connected", () => {
    expectPass(
      scenario("tls13", "server")
        .with({ postHandshakeAuth: true })
        .expectConnected()
        .requestCertificate()
        .expect("certificate")
        .expect("finished"),
    );
  });

  it("leave out sequence numbers, say close_notify, and end", () => {
    const client = scenario("tls13").expectConnected();
    expectPass(client.skipSequence(2).write("x").expectAlert("bad_record_mac"));
    expectPass(client.closeNotify().expectAlert("close_notify").expectClose());
    expectPass(client.end().expectClose());
  });

  it("send raw records, plaintext of any type, and alerts", () => {
    const client = scenario("tls13").expectConnected();
    expectPass(
      client.send(item.plaintext(99, "00")).expectAlert("unexpected_message"),
    );
    expectPass(
      client
        .send(item.bytes("1703030011" + "00".repeat(17)))
        .expectAlert("bad_record_mac"),
    );
    expectPass(client.send(item.alert("internal_error")).expectClose());
    expectPass(
      client
        .send(item.plaintext("handshake", "18"), item.rawMessage("00000107"))
        .expectAlert("illegal_parameter"),
    );
    expectPass(
      client
        .send(item.plaintext("application_data", "00", { under: "clear" }))
        .expectAlert("bad_record_mac"),
    );
    expectPass(
      client
        .send(item.plaintext("application_data", "00", { under: "handshake" }))
        .expectAlert("bad_record_mac"),
    );
  });
});

describe("rules for one of several", () => {
  it("hold for the one that is named, or for all", () => {
    const retried = scenario("tls13").with({ retry: true });
    const other = edit.field("random", flip());
    expectPass(
      retried
        .beforeSend("client_hello", other, { nth: 2 })
        .expectAlert("illegal_parameter"),
    );
    expectPass(
      retried.beforeSend("client_hello", other, { nth: 0 }).expectConnected(),
    );
    expectPass(retried.beforeSend("client_hello", other).expectRefusal());
  });

  it("change what this side reads, and not its transcript", () => {
    expectPass(
      scenario("tls13")
        .beforeSend("client_hello", edit.field("legacy_session_id", set("01")))
        .beforeReceive(
          "server_hello",
          edit.custom((raw) => raw),
        )
        .expect("server_hello"),
    );
    const id = "00".repeat(32);
    const changed = edit.field("legacy_session_id", set(id));
    let own = "";
    const sent = edit.all(
      edit.custom((raw) => {
        own = toHex(raw.subarray(39, 71));
        return raw;
      }),
      changed,
    );
    const result = play(
      scenario("tls13")
        .beforeSend("client_hello", sent)
        .beforeReceive(
          "server_hello",
          edit.custom((raw) => {
            const back = raw.slice();
            back.set(fromHex(own), 39);
            return back;
          }),
        )
        .expectConnected(),
    );
    expect(result.verdict, result.events.join("; ")).toBe("pass");
  });
});

describe("a branch", () => {
  it("goes on from a state any number of times", () => {
    for (const version of ["tls13", "tls12"] as const) {
      const branch = branchInMemory(scenario(version).expectConnected());
      for (let type = 30; type < 130; type++) {
        const { verdict, seen } = branch.go((from) =>
          from.send(item.message(type, "00")).expectAlert("unexpected_message"),
        );
        expect(verdict, `${type}: ${seen}`).toBe("pass");
      }
      for (let i = 0; i < 3; i++)
        expect(
          branch.go((from) => from.write("ping").expectData("ping")).verdict,
        ).toBe("pass");
    }
  });

  it("keeps the rules that were in force, and says why there is none", () => {
    const branch = branchInMemory(
      scenario("tls13")
        .afterSend("finished", edit.field("verify_data", flip()))
        .expect("server_hello"),
    );
    expect(branch.go((from) => from.expectAlert()).seen).toContain("alert");
    const failed = branchInMemory(scenario("tls13").expectRefusal());
    expect(failed.result.verdict).toBe("fail");
    expect(() => failed.go((from) => from)).toThrow(/did not pass/);
  });
});

describe("records of TLS 1.2 with CBC", () => {
  const suite = {
    cipherSuites: ["TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"],
  };
  const macOutside = scenario("tls12").with(suite);
  const macInside = macOutside.beforeSend(
    "client_hello",
    edit.extension("encrypt_then_mac", drop),
  );

  it("have their padding and their MAC changed before encryption", () => {
    const data = (one: Scenario12, ...bits: number[]): Scenario12 => {
      const edits = bits.map((bit) => record.block(flip(bit)));
      const content = "00".repeat(20);
      return one
        .expectConnected()
        .send(item.plaintext("application_data", content, { edits }));
    };
    for (const one of [macOutside, macInside]) {
      expectPass(data(one).expectData());
      // A byte of the padding, and its length.
      for (const bit of [-9, -1])
        expectPass(data(one, bit).expectAlert("bad_record_mac"));
    }
    // The MAC is over what is encrypted, or encrypted itself.
    expectPass(data(macOutside, 0).expectData());
    expectPass(data(macInside, 0).expectAlert("bad_record_mac"));
  });
});
