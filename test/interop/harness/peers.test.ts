/** Peers that are not here, and peers that do not do their part. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testServerConfig } from "../../support/engines.ts";
import { probe } from "../support/probe.ts";
import { PeerProcess, startServer } from "../support/process.ts";
import { serverTalk } from "../support/puretls/engines.ts";
import { temporaryFolder } from "../support/temporary.ts";

/** A program that prints those words as its errors and ends with that code. */
function script(words: string, code: number): string {
  const path = join(temporaryFolder(), "peer");
  writeFileSync(path, `#!/bin/sh\necho '${words}' >&2\nexit ${String(code)}\n`);
  chmodSync(path, 0o755);
  return path;
}

const source = "Debian package peer";

describe("a peer that is not all here", () => {
  it("is missing with the program that is not installed", () => {
    expect(
      probe({ source, programs: [["sh", "-c", "exit 1"], ["no-such-peer"]] }),
    ).toEqual({ missing: `no-such-peer is not installed (${source})` });
  });

  it("is missing with the file that is not installed", () => {
    expect(probe({ source, files: ["/nowhere/peer.h"] })).toEqual({
      missing: `/nowhere/peer.h is not installed (${source})`,
    });
  });

  it("is missing where a shared library is", () => {
    const words = "error while loading shared libraries: libpeer.so.1";
    const program = script(words, 127);
    expect(probe({ source, programs: [[program]] })).toEqual({
      missing: `${program} does not start (${source}): ${words}`,
    });
  });

  it("is missing where its call does not do what it must", () => {
    const program = script("no module named ssl", 1);
    expect(probe({ source, working: [[[program], /^/]] })).toEqual({
      missing: `${program} does not work (${source}): no module named ssl`,
    });
  });
});

// Below, a time limit of the test's own: not that of a wait for a silent peer.
const AT_ONCE = 10_000;

describe(
  "a peer that ends at once fails the test with its words",
  { timeout: AT_ONCE },
  () => {
    it("as a client", async () => {
      const { done } = await serverTalk(testServerConfig());
      new PeerProcess(script("no such option: -x", 3), [], "log");
      await expect(done).rejects.toThrow(/exit code 3[^]*no such option: -x/);
    });

    it("as a client that is written to", async () => {
      const peer = new PeerProcess(script("no such option: -x", 3), []);
      await expect(peer.logged(/hello/)).rejects.toThrow(
        /exit code 3[^]*no such option: -x/,
      );
    });

    it("as a server", async () => {
      const start = () =>
        new PeerProcess(script("no certificate", 3), [], "log");
      await expect(startServer(start)).rejects.toThrow(/no certificate/);
    });
  },
);
