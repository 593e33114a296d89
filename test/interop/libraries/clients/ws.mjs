/** ws; each message is echoed. */
import { once } from "node:events";
import WebSocket from "ws";

export const client = {
  asksForCertificate: true,
  async open({ host, port, patience, ...tls }) {
    const socket = new WebSocket(`wss://${host}:${port}`, {
      ...tls,
      handshakeTimeout: patience,
    });
    const opened = once(socket, "open");
    opened.catch(() => undefined);
    const gone = new Promise((resolve) => {
      socket.on("error", () => undefined);
      socket.on("close", (code) => resolve(`closed with ${code}`));
    });
    const send = async (message) => {
      await opened;
      socket.send(message);
      const [answer] = await once(socket, "message");
      return answer;
    };
    return {
      ask: async () => String(await send("hello")),
      transfer: (bytes) => send(bytes),
      whoami: async () => String(await send("whoami")),
      lost: () => gone,
      close: () => socket.close(),
    };
  },
};
