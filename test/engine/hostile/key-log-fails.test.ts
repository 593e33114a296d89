/**
 * A key log that throws ends the connection, and the peer can read the alert: it
 * is under the keys that the peer reads by at that moment.
 */
import { expect, it } from "vitest";
import type {
  ClientOptions,
  ServerOptions,
} from "../../../src/engine/index.ts";
import { ContentType } from "../../../src/wire/code-points.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";

const TOLD = {
  reason: "peer_alert",
  alert: "internal_error",
  direction: "received",
};
const VERSIONS = [
  { version: "TLSv1.3", lines: 5 },
  { version: "TLSv1.2", lines: 1 },
] as const;
const cases = VERSIONS.flatMap(({ version, lines }) =>
  Array.from({ length: lines }, (_, at) => ({ version, line: at + 1 })),
);

it.each(cases)("a client's at line $line of $version", (failing) => {
  const { client, server } = shuttle(
    newPair(testClientConfig(options(failing)), testServerConfig()),
  );
  expect(client.error?.reason).toBe("callback_failed");
  expect(server.error).toMatchObject(TOLD);
});

it.each(cases)("a server's at line $line of $version", (failing) => {
  const { client, server } = shuttle(
    newPair(testClientConfig(), testServerConfig(options(failing))),
  );
  expect(server.error?.reason).toBe("callback_failed");
  expect(client.error).toMatchObject(TOLD);
});

it.each([1, 2])("no ServerHello goes out at a server's line %i", (line) => {
  const { client, server } = newPair(
    testClientConfig(),
    testServerConfig(options({ version: "TLSv1.3", line })),
  );
  server.receive(client.takeOutput());
  // A client that has read one reads what follows under the handshake keys.
  const [type] = server.takeOutput();
  expect(type).toBe(ContentType.alert);
});

it.each(VERSIONS)("$version has $lines lines", ({ version, lines }) => {
  const failing = options({ version, line: lines + 1 });
  const { client } = shuttle(
    newPair(testClientConfig(failing), testServerConfig()),
  );
  expect(client.error).toBeUndefined();
  expect(client.info?.version).toBe(version);
});

function options({
  version,
  line,
}: {
  readonly version: "TLSv1.3" | "TLSv1.2";
  readonly line: number;
}): Partial<ClientOptions & ServerOptions> {
  let told = 0;
  return {
    versions: [version],
    keyLog: () => {
      if (++told === line) throw new Error("the disk is full");
    },
  };
}
