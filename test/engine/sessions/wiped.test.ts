/** Secrets of a connection that has failed are overwritten, not dropped alone. */
import { afterEach, expect, it, vi } from "vitest";
import { Secret, toHex } from "../../../src/bytes.ts";
import {
  newPair,
  type Pair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
/** Ends a connection by an alert: a record that cannot be opened, at that end. */
const RECORD = Uint8Array.of(23, 3, 3, 0, 32, ...new Uint8Array(32));

afterEach(() => {
  vi.restoreAllMocks();
});

/** Keeps in hexadecimal what is overwritten from now on. */
function watchWiping(): ReadonlySet<string> {
  const wiped = new Set<string>();
  const wipe = Reflect.get(Secret.prototype, "wipe");
  vi.spyOn(Secret.prototype, "wipe").mockImplementation(function (
    this: Secret,
  ) {
    if (this.length > 0) wiped.add(toHex(this.bytes));
    wipe.call(this);
  });
  return wiped;
}

// [9846-7.1-01] [9846-7.2-01]
it("what a connection needs no more, while it goes on", () => {
  const lines: string[] = [];
  const secret = (label: string) =>
    lines.find((line) => line.startsWith(label))?.split(" ")[2];
  const wiped = watchWiping();
  const pair = newPair(
    testClientConfig({ keyLog: (line) => lines.push(line) }),
    testServerConfig(),
  );
  shuttle(pair);
  expect(pair.client.info?.version).toBe("TLSv1.3");
  const [own, theirs] = ["CLIENT", "SERVER"].map((side) => {
    expect(wiped).toContain(secret(`${side}_HANDSHAKE_TRAFFIC_SECRET`));
    return secret(`${side}_TRAFFIC_SECRET_0`);
  });
  expect(own).toBeDefined();
  expect(wiped).not.toContain(own);
  pair.client.updateKeys(true);
  shuttle(pair);
  pair.server.write(Uint8Array.of(1));
  shuttle(pair);
  expect(wiped).toContain(own);
  expect(wiped).toContain(theirs);
  vi.restoreAllMocks();
});

// [9846-6-03a] [5246-7.2.2-01]
it.each(VERSIONS)("all that the key log told, in %s", (version) => {
  const versions = [version];
  for (const role of ["client", "server"] as const) {
    const lines: string[] = [];
    const keyLog = (line: string) => lines.push(line);
    const pair: Pair = shuttle(
      newPair(
        testClientConfig({ versions, ...(role === "client" && { keyLog }) }),
        testServerConfig({ versions, ...(role === "server" && { keyLog }) }),
      ),
    );
    expect(pair[role].info?.version).toBe(version);
    // The secrets that a connection keeps: those of the handshake are gone.
    const kept = lines
      .filter((line) => !line.includes("HANDSHAKE"))
      .map((line) => line.split(" ")[2]);
    expect(kept).toHaveLength(version === "TLSv1.2" ? 1 : 3);
    const wiped = watchWiping();
    pair[role].receive(RECORD);
    expect(pair[role].error?.alert).toBe("bad_record_mac");
    expect([...wiped]).toEqual(expect.arrayContaining(kept));
    vi.restoreAllMocks();
  }
});
