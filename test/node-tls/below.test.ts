import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { connectTo, serveSockets } from "./support.ts";

describe("a socket whose stream below is destroyed", () => {
  it("is there until the system has closed that, and gone by its close", async () => {
    let raw: Socket | undefined;
    const { server, port } = await serveSockets((socket, below) => {
      raw = below;
      socket.on("error", () => undefined);
    });
    const client = connectTo(port);
    client.on("error", () => undefined);
    await once(client, "secureConnect");
    const socket = client;
    const below = Reflect.get(socket, "below") as Socket;
    below.destroy();
    const soon = await new Promise<boolean>((resolve) => {
      setImmediate(() => {
        resolve(socket.destroyed);
      });
    });
    const late = socket.destroyed || (await once(socket, "close"));
    expect(soon).toBe(false);
    expect(Boolean(late)).toBe(true);
    raw?.destroy();
    server.close();
  });
});
