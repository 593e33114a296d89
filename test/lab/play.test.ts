/** Scenarios in memory: each kind of rule, action and expectation, in both roles. */
import { describe, expect, it } from "vitest";
import {
  append,
  drop,
  edit,
  flip,
  item,
  Lab,
  playInMemory,
  record,
  type Result,
  type LabScenario,
  scenario,
  set,
} from "../../src/lab/index.ts";

const lab = new Lab();

function play(one: LabScenario): Result {
  return playInMemory(one, { lab });
}

function expectPass(one: LabScenario): void {
  const { verdict, seen, expected, events } = play(one);
  const told = `expected ${expected}, saw ${seen}: ${events.join("; ")}`;
  expect(verdict, told).toBe("pass");
}

describe("an honest handshake", () => {
  for (const version of ["tls13", "tls12"] as const)
    for (const role of ["client", "server"] as const)
      for (const handshake of [
        {},
        { clientCertificate: true },
        { resume: true },
        { alpnProtocols: ["h2"] },
        ...(version === "tls13"
          ? [
              { retry: true },
              { externalPsk: true },
              { resume: true, earlyData: true },
              { resume: true, retry: true },
            ]
          : []),
      ])
        it(`${version} ${role} ${JSON.stringify(handshake)} connects and echoes`, () => {
          const one: LabScenario = scenario(version, role)
            .with(handshake)
            .expectConnected();
          expectPass(
            role === "client" ? one.write("ping").expectData("ping") : one,
          );
        });
});

describe("rules", () => {
  it("play the scenario of the issue", () => {
    expectPass(
      scenario("tls13")
        .beforeSend("client_hello", edit.extension("key_share", drop))
        .expectAlert("missing_extension"),
    );
  });

  it("keep the transcript with beforeSend, and break it with afterSend", () => {
    const more = edit.addExtension(0xabcd, "0102");
    expectPass(
      scenario("tls13").beforeSend("client_hello", more).expectConnected(),
    );
    expectPass(
      scenario("tls12").beforeSend("client_hello", more).expectConnected(),
    );
    // The server's Finished is over another hello than the client's.
    const broken = play(
      scenario("tls13").afterSend("client_hello", more).expectConnected(),
    );
    expect(broken.verdict).toBe("fail");
  });

  it("make binders of a changed hello right", () => {
    for (const handshake of [{ resume: true }, { externalPsk: true }]) {
      const one = scenario("tls13").with(handshake);
      const more = edit.field("cipher_suites", append("1399"));
      const result = play(
        one.beforeSend("client_hello", more).expectConnected(),
      );
      expect(result.seen).not.toContain("alert");
      expect(result.verdict).toBe("pass");
      expectPass(
        one.afterSend("client_hello", more).expectAlert("decrypt_error"),
      );
      expectPass(
        one
          .afterSend("client_hello", edit.field("binder", flip()))
          .expectAlert("decrypt_error"),
      );
    }
  });

  it("change a server's messages", () => {
    const server = scenario("tls13", "server");
    expectPass(
      server
        .beforeSend("server_hello", edit.field("cipher_suite", set(0x1305)))
        .expectAlert("illegal_parameter"),
    );
    expectPass(
      server
        .beforeSend("encrypted_extensions", edit.addExtension(0xabcd))
        .expectAlert("unsupported_extension"),
    );
    expectPass(
      server
        .sign("certificate_verify", "other_role")
        .expectAlert("decrypt_error"),
    );
    expectPass(
      scenario("tls12", "server")
        .sign("server_key_exchange", "wrong")
        .expectAlert("decrypt_error"),
    );
  });

  it("skip, repeat, replace, hold and insert", () => {
    const server = scenario("tls13", "server");
    expectPass(
      server.skip("certificate_verify").expectAlert("unexpected_message"),
    );
    expectPass(server.repeat("certificate").expectAlert("unexpected_message"));
    expectPass(
      server
        .replace("certificate", item.message("finished", "00".repeat(32)))
        .expectAlert("unexpected_message"),
    );
    expectPass(
      server
        .hold("encrypted_extensions", "certificate")
        .expectAlert("unexpected_message"),
    );
    expectPass(
      server
        .insertBefore("finished", item.message("key_update", "00"))
        .expectAlert("unexpected_message"),
    );
    expectPass(scenario("tls12").skip("change_cipher_spec").expectRefusal());
  });

  it("skip and repeat behind a transcript that keeps the message", () => {
    const keeps = { transcript: "keeps" } as const;
    for (const one of [
      scenario("tls13", "server").skip("encrypted_extensions", keeps),
      scenario("tls13", "server").repeat("encrypted_extensions", 1, keeps),
      scenario("tls13", "server").hold("certificate", "finished", keeps),
    ])
      expectPass(one.expectAlert("unexpected_message"));
    const skipped = scenario("tls12").with({ clientCertificate: true });
    expectPass(skipped.skip("certificate_verify", keeps).expectRefusal());
  });

  it("replace a message by what is none", () => {
    for (const [what, alert] of [
      [item.data("early"), "unexpected_message"],
      [item.plaintext(99, "00"), "unexpected_message"],
      [item.plaintext("handshake", ""), "unexpected_message"],
    ] as const)
      expectPass(
        scenario("tls13").replace("finished", what).expectAlert(alert),
      );
    expectPass(
      scenario("tls13").replace("finished", item.alert(80)).expectClose(),
    );
  });

  it("sign a transcript of TLS 1.2 that was changed", () => {
    expectPass(
      scenario("tls12")
        .with({ clientCertificate: true })
        .beforeSend("client_hello", edit.addExtension(0xabcd))
        .expectConnected(),
    );
    expectPass(
      scenario("tls12")
        .with({ clientCertificate: true })
        .sign("certificate_verify", "wrong")
        .expectAlert("decrypt_error"),
    );
  });

  it("split, coalesce and protect", () => {
    expectPass(
      scenario("tls13").split("client_hello", [1, 3, 20]).expectConnected(),
    );
    expectPass(
      scenario("tls13").split("finished", [1], "segments").expectConnected(),
    );
    expectPass(
      scenario("tls13", "server")
        .coalesce("server_hello")
        .expectAlert("unexpected_message"),
    );
    expectPass(
      scenario("tls13")
        .protect("finished", "clear")
        .expectAlert("unexpected_message", "bad_record_mac"),
    );
  });

  it("change records before and behind their protection", () => {
    const client = scenario("tls13");
    expectPass(
      client
        .record("finished", record.fragment(flip()))
        .expectAlert("bad_record_mac"),
    );
    expectPass(client.record("finished", record.pad(100)).expectConnected());
    expectPass(
      client
        .record("finished", record.innerType(24))
        .expectAlert("unexpected_message"),
    );
    expectPass(
      client
        .record("finished", record.skipSequence())
        .expectAlert("bad_record_mac"),
    );
    expectPass(
      client
        .record("client_hello", record.headerLength(20000))
        .expectAlert("record_overflow"),
    );
  });
});

describe("what cannot be played", () => {
  it("is refused by name", () => {
    const data = scenario("tls12").data;
    expect(() =>
      play(
        scenario("tls12").step({
          step: "skip",
          message: "encrypted_extensions",
          transcript: "follows",
        }),
      ),
    ).toThrow(/step 1, skip: a client of TLSv1.2 sends no/);
    expect(data.steps).toEqual([]);
  });

  it("is an error of the run where a field is missing", () => {
    const { verdict, seen } = play(
      scenario("tls13")
        .beforeSend("client_hello", edit.field("nothing", drop))
        .expectAlert(),
    );
    expect(verdict).toBe("error");
    expect(seen).toContain('no field "nothing"');
  });
});
