/** Connections with OpenSSL in TLS 1.2, recorded once and repeated byte for byte. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromHex, latin1, toHex } from "../../../src/bytes.ts";
import { SAID, ScriptedClient } from "../../support/transcripts12.ts";
import type { Transcript } from "../../support/transcripts12.ts";

const folder = new URL("../../../vectors/transcripts12/", import.meta.url);
const transcripts = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map(
    (name) =>
      JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Transcript,
  );

describe("recorded with OpenSSL", () => {
  it("are transcripts of each family", () => {
    expect(transcripts.map(({ name }) => name)).toMatchSnapshot();
  });

  for (const transcript of transcripts) {
    const { name, recordedWith, now, ca, turns, keyLog } = transcript;
    // [5246-7.1-01] [5246-7.1-02] [5246-7.4.7.1-01] [7627-5.1-01]
    it(`${name} (${recordedWith})`, () => {
      const client = new ScriptedClient(transcript, now, ca);
      const written = [client.receive(new Uint8Array())];
      for (const { from, bytes } of turns)
        if (from === "server") written.push(client.receive(fromHex(bytes)));
      expect(client.engine.error).toBeUndefined();
      expect(written.map(toHex).filter((bytes) => bytes.length > 0)).toEqual(
        turns.filter(({ from }) => from === "client").map(({ bytes }) => bytes),
      );
      expect(latin1(client.received)).toBe(SAID);
      expect(client.keyLog).toEqual([keyLog]);
    });

    // [5246-7.4.9-01]
    it(`${name}: a flight that was altered ends the connection`, () => {
      const last = turns.findLast(({ from }) => from === "server");
      for (const { from, bytes } of turns) {
        if (from === "client" || bytes === last?.bytes) continue;
        const client = new ScriptedClient(transcript, now, ca);
        client.receive(new Uint8Array());
        const spoilt = fromHex(bytes);
        spoilt[spoilt.length - 1] = (spoilt.at(-1) ?? 0) ^ 1;
        for (const turn of turns) {
          if (turn.from === "client") continue;
          client.receive(turn.bytes === bytes ? spoilt : fromHex(turn.bytes));
        }
        expect(client.engine.error).toBeDefined();
      }
    });
  }
});
