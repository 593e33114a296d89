/** `puretls/duplex` over duplex streams that are not Node's own, against OpenSSL. */
import { existsSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import type { Duplex, DuplexOptions } from "node:stream";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";
import {
  connectOver,
  type DuplexLike,
  fromDuplex,
} from "../../../src/adapters/duplex/index.ts";
import { PROJECT_ROOT } from "../../architecture/imports.ts";
import { describeProgram } from "../support/scenarios/peers.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { expectActs, type Ways } from "./expected.ts";
import { play } from "./programs/acts.ts";
import { opensslEcho, useStage } from "./stage.ts";

const stage = useStage();
const PACKAGES = join(PROJECT_ROOT, "test/interop/peers/node_modules");
const PROGRAMS = join(PROJECT_ROOT, "test/interop/adapters/programs");

/** Imports a package as a bundler gives it to a program. */
async function bundled(name: string): Promise<unknown> {
  const outfile = join(temporaryFolder(), "package.cjs");
  await build({
    entryPoints: [join(PACKAGES, name)],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    alias: { "react-native": join(PROGRAMS, "react-native.ts") },
    logLevel: "error",
  });
  const module = (await import(pathToFileURL(outfile).href)) as {
    default: unknown;
  };
  return module.default;
}

/** A duplex of readable-stream over a socket, as a bundle for a page has it. */
async function readableStream(): Promise<(port: number) => DuplexLike> {
  const { Duplex: Made } = (await bundled("readable-stream")) as {
    Duplex: new (options: DuplexOptions) => Duplex;
  };
  return (port) => {
    const socket = connectTcp({ port, host: "127.0.0.1", allowHalfOpen: true });
    const duplex = new Made({
      read: () => socket.resume(),
      write: (chunk: Uint8Array, _encoding, done) =>
        void socket.write(chunk, done),
      final: (done) => void socket.end(done),
      destroy: (error, done) => {
        socket.destroy();
        done(error);
      },
    });
    socket.on("data", (data) => {
      if (!duplex.push(data)) socket.pause();
    });
    socket.on("end", () => duplex.push(null));
    socket.on("error", (error) => duplex.destroy(error));
    return duplex;
  };
}

/** A socket of react-native-tcp-socket, which connects after it was made. */
async function reactNative(): Promise<(port: number) => DuplexLike> {
  const module = (await bundled("react-native-tcp-socket")) as {
    createConnection(
      to: { host: string; port: number },
      connected: () => void,
    ): DuplexLike;
  };
  const { createConnection } = module;
  return (port) =>
    createConnection({ host: "127.0.0.1", port }, () => undefined);
}

const REFUSED = { refused: /ECONNREFUSED|transport failed/ };
const STREAMS: readonly (readonly [
  string,
  () => Promise<(port: number) => DuplexLike>,
  Ways,
])[] = [
  ["readable-stream", readableStream, REFUSED],
  ["react-native-tcp-socket", reactNative, REFUSED],
];

for (const [name, find, ways] of STREAMS) {
  const found = existsSync(join(PACKAGES, name))
    ? { output: "" }
    : { missing: `the npm package ${name}: npm run peers` };
  describeProgram(name, `puretls/duplex over ${name}`, found, () => {
    it("carries, refuses, ends and waits as Node's adapter does", async () => {
      const open = await find();
      const { settings: some, certificates } = stage();
      const settings = { ...some, openssl: await opensslEcho(certificates) };
      const told = await play(
        (port, options) => connectOver(open(port), options),
        settings,
        () => undefined,
      );
      expectActs(told, stage(), ways);
    });
  });
}

it("what is no duplex stream is refused by name", () => {
  expect(() => fromDuplex({} as DuplexLike)).toThrow(/on\(\), write\(\)/);
});
