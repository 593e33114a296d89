import { describe, expect, it } from "vitest";
import {
  encodeAlert,
  isHarmless,
  readAlert,
} from "../../../src/engine/alerts.ts";

import { noble } from "../../../src/crypto/noble/index.ts";
import { TlsError } from "../../../src/errors.ts";
import {
  newPair,
  type Pair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";

/** A record that cannot be opened. */
const FORGED = Uint8Array.of(23, 3, 3, 0, 32, ...new Uint8Array(32));

describe("alerts", () => {
  it("have a level and a description, with or without names", () => {
    expect(readAlert(encodeAlert("fatal", "no_renegotiation"))).toEqual({
      level: "fatal",
      alert: "no_renegotiation",
    });
    // [9846-6.2-07b]
    expect(readAlert(Uint8Array.of(2, 117))).toEqual({
      level: "fatal",
      alert: "general_error",
    });
    expect(readAlert(Uint8Array.of(1, 99))).toEqual({
      level: "warning",
      alert: 99,
    });
    for (const level of [0, 3, 42])
      expect(() => readAlert(Uint8Array.of(level, 10))).toThrow(/neither/);
    for (const bytes of [[], [1], [1, 0, 0]])
      expect(() => readAlert(Uint8Array.from(bytes))).toThrow(/one alert/);
  });

  it.each([
    ["warning", "user_canceled", true, true],
    ["fatal", "user_canceled", true, false],
    ["warning", "no_renegotiation", false, true],
    ["fatal", "no_renegotiation", false, false],
    ["warning", "unrecognized_name", false, true],
    ["warning", 99, false, true],
    ["warning", "close_notify", false, false],
    ["fatal", "handshake_failure", false, false],
  ] as const)(
    // [9846-6-04b]
    "%s %s: passed over in TLS 1.3 %s, in TLS 1.2 %s",
    (level, alert, in13, in12) => {
      expect(isHarmless({ level, alert }, "fatal")).toBe(in13);
      expect(isHarmless({ level, alert }, "ignored")).toBe(in12);
    },
  );
});

describe("an end", () => {
  // [9846-6.2-05] [9846-A.1-01]
  it("after the ServerHello goes out under the keys of the handshake", () => {
    const { client, server } = newPair(
      testClientConfig(),
      testServerConfig(),
      "other.test",
    );
    server.receive(client.takeOutput());
    client.receive(server.takeOutput());
    const alert = { alert: "bad_certificate" };
    expect(client.error).toMatchObject({ ...alert, direction: "sent" });
    const output = client.takeOutput();
    // Behind the dummy change_cipher_spec.
    expect([output[0], output[6]]).toEqual([20, 23]);
    server.receive(output);
    expect(server.error).toMatchObject({ ...alert, direction: "received" });
  });

  // [9846-6.2-02]
  it("by a fault of this side's own has an alert and the cause", () => {
    const cause = new RangeError("no entropy");
    const random = (): never => {
      throw cause;
    };
    const { client, server } = shuttle(
      newPair(
        testClientConfig(),
        testServerConfig({ provider: { ...noble, random } }),
      ),
    );
    expect(server.error).toBeInstanceOf(TlsError);
    expect(server.error).toMatchObject({ reason: "internal_error", cause });
    expect(client.error?.alert).toBe("internal_error");
  });

  // [9846-6.1-03] [9846-6.2-02]
  it("after close_notify has no alert behind it", () => {
    const { server } = connected();
    server.close();
    server.takeOutput();
    server.receive(FORGED);
    expect(server.error).toMatchObject({
      reason: "bad_record_mac",
      direction: "sent",
    });
    expect(server.takeOutput()).toHaveLength(0);
  });

  it("by a peer that cancels the handshake is answered by close_notify", () => {
    const { client, server } = newPair();
    server.receive(client.takeOutput());
    server.takeOutput();
    client.close();
    const [userCanceled, closeNotify] = [alertRecord(90), alertRecord(0)];
    expect(client.takeOutput()).toEqual(
      Uint8Array.of(...userCanceled, ...closeNotify),
    );
    // Before a ServerHello the alerts of both sides are in plaintext.
    const waiting = newPair().server;
    waiting.receive(closeNotify);
    expect(waiting.error?.direction).toBe("received");
    expect(waiting.takeOutput()).toEqual(closeNotify);
  });

  it.each([40, 90, 10, 99])(
    "by alert %i of the peer is not answered",
    (code) => {
      const { client } = newPair();
      client.takeOutput();
      client.receive(alertRecord(code, 2));
      expect(client.error?.direction).toBe("received");
      expect(client.takeOutput()).toHaveLength(0);
    },
  );

  // [9846-6.2-01]
  it.each(["client", "server"] as const)(
    "of a %s lets nothing in or out afterwards",
    (role) => {
      const pair = connected();
      const other = pair[role === "client" ? "server" : "client"];
      other.write(Uint8Array.of(1));
      const late = other.takeOutput();
      const ended = pair[role];
      ended.receive(FORGED);
      ended.takeOutput();
      while (ended.nextEvent() !== undefined);
      ended.receive(late);
      ended.receiveEof();
      ended.close();
      expect(ended.nextEvent()).toBeUndefined();
      expect(ended.takeOutput()).toHaveLength(0);
      expect(ended.takeTrailing()).toHaveLength(0);
      expect(ended.canWrite).toBe(false);
      expect(() => {
        ended.write(Uint8Array.of(1));
      }).toThrow(/failed/);
      expect(ended.error?.reason).toBe("bad_record_mac");
    },
  );
});

function connected(): Pair {
  return shuttle(newPair());
}

/** A record of TLS 1.2 in plaintext. */
function alertRecord(code: number, level = 1): Uint8Array {
  return Uint8Array.of(21, 3, 3, 0, 2, level, code);
}
