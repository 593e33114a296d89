/** A client that is still sending has to see the alert, and not a reset. */
import { once } from "node:events";
import { connect } from "node:net";
import { expect, it } from "vitest";
import { createDefaultContext, serve } from "../../src/net/node.ts";
import { testServer } from "../support/pki.ts";

it("an alert arrives although the server has not read everything", async () => {
  const context = createDefaultContext({ purpose: "clientAuth" });
  const { certificatePem: cert, keyPem: key } = testServer();
  context.loadCertChain({ cert, key });
  const server = await serve({ context, host: "127.0.0.1", port: 0 });
  const socket = connect(server.port, "127.0.0.1");
  const received: Buffer[] = [];
  const errors: Error[] = [];
  socket.on("data", (bytes) => received.push(bytes));
  socket.on("error", (error) => errors.push(error));
  await once(socket, "connect");
  // A record that is too long, and far more than the server will look at.
  socket.write(Buffer.from("160303ffff", "hex"));
  socket.write(Buffer.alloc(4 << 20));
  socket.end();
  await once(socket, "close");
  // Alert, fatal, record_overflow.
  expect(Buffer.concat(received).toString("hex")).toBe("15030300020216");
  expect(errors).toEqual([]);
  await server.close();
});
