import { describe, expect, it } from "vitest";
import { codeFor, run } from "./support.ts";

const names = (out: string): string[] =>
  out
    .trim()
    .split("\n")
    .map((line) => line.split(" ")[0] ?? "");

describe("puretls ciphers", () => {
  it("Q-12: prints what a cipher string selects, a line each", async () => {
    const { code, out, err } = await run(["ciphers", "ECDHE+AESGCM:!aRSA"]);
    expect([code, err]).toEqual([0, ""]);
    expect(names(out).slice(3)).toEqual([
      "ECDHE-ECDSA-AES256-GCM-SHA384",
      "ECDHE-ECDSA-AES128-GCM-SHA256",
    ]);
    expect(out).toMatch(/Kx=ECDH +Au=ECDSA Enc=AESGCM\(256\) +Mac=AEAD\n/);
  });

  it("prints what is on by default without one", async () => {
    const { code, out } = await run(["ciphers"]);
    expect(code).toBe(0);
    expect(names(out)).toHaveLength(3 + 6);
  });

  it("prints the fault in a line, and ends with 1", async () => {
    for (const args of [["NOSUCH"], ["AES:NOSUCH", "--strict"], ["A", "B"]]) {
      const { code, out, err } = await run(["ciphers", ...args]);
      expect([code, out]).toEqual([codeFor(err), ""]);
      expect(err.trim().split("\n")).toHaveLength(1);
    }
  });
});
