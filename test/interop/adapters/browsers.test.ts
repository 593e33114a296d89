/** `puretls/web` in browsers, by the gateway of examples/gateway, against OpenSSL. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { broughtByPeer } from "../support/process.ts";
import { describeProgram } from "../support/scenarios/peers.ts";
import { buildProgram } from "./build.ts";
import { BROWSERS } from "./browsers.ts";
import { expectActs } from "./expected.ts";
import { startGateway, WS } from "./gateway.ts";
import { opensslEcho, useStage } from "./stage.ts";

const stage = useStage();
let program = "";
const toldBy: { resolve?: (text: string) => void } = {};
const server = createServer((request, response) => {
  if (request.method === "POST") {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => (text += part));
    request.on("end", () => {
      toldBy.resolve?.(text);
      response.end();
    });
    return;
  }
  const isProgram = request.url === "/page.mjs";
  response.setHeader(
    "content-type",
    isProgram ? "text/javascript" : "text/html",
  );
  response.end(
    isProgram
      ? readFileSync(program)
      : '<!doctype html><title>puretls</title><script type="module" src="/page.mjs"></script>',
  );
});

beforeAll(async () => {
  program = await buildProgram("page.ts");
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const WAYS = [
  ["chromium", "WebSocketStream", true],
  ["chromium", "WebSocket", false],
  ["firefox", "WebSocket", false],
] as const;

for (const [name, way, stops] of WAYS) {
  const { found: browser, open } = BROWSERS[name]();
  const found = "missing" in WS ? WS : browser;
  describeProgram(name, `puretls/web by ${way} in ${name}`, found, () => {
    it("carries, refuses, ends and waits as Node's adapter does", async () => {
      const { settings: some, certificates } = stage();
      const settings = { ...some, openssl: await opensslEcho(certificates) };
      const gateway = (await startGateway(settings))(0).slice(0, -1);
      const address = server.address();
      const port = typeof address === "object" ? (address?.port ?? 0) : 0;
      const url = new URL(`http://127.0.0.1:${String(port)}/`);
      for (const [key, value] of Object.entries({
        ...{ way, gateway },
        settings: JSON.stringify(settings),
      }))
        url.searchParams.set(key, value);
      const answer = new Promise<string>((resolve) => {
        toldBy.resolve = resolve;
      });
      open(url.href);
      const { told, notes } = JSON.parse(
        await broughtByPeer("the page's answer", answer, 100),
      ) as { told: Record<string, unknown>; notes: string[] };
      expect(told, notes.join("\n")).toBeTypeOf("object");
      expectActs(told, stage(), { refused: /4502|transport failed/, stops });
    });
  });
}
