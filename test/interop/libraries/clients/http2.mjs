/** `node:http2` with one session. */
import { once } from "node:events";
import http2 from "node:http2";

export const client = {
  asksForCertificate: true,
  waits: true,
  async open({ port, patience, ...tls }) {
    const session = http2.connect(`https://127.0.0.1:${port}`, {
      ...tls,
      maxSessionMemory: 64,
    });
    const gone = new Promise((resolve, reject) => {
      // Streams say it in their own words, a little sooner or later.
      session.on("error", (error) => setTimeout(reject, 50, error));
      session.on("close", () => setTimeout(resolve, 100, ["the close event"]));
    });
    gone.catch(() => undefined);
    session.setTimeout(patience, () => {
      session.destroy(new Error("the timeout event"));
    });
    const send = async (path, method = "GET", body = undefined) => {
      const stream = session.request({ ":path": path, ":method": method });
      stream.end(body);
      const [headers] = await Promise.race([once(stream, "response"), gone]);
      if (headers[":status"] !== 200) throw new Error(headers);
      return Buffer.concat(await stream.toArray());
    };
    return {
      ask: async () => String(await send("/hello")),
      transfer: (bytes) => send("/echo", "POST", bytes),
      whoami: async () => String(await send("/whoami")),
      wait: () => send("/late"),
      lost: () => send("/late"),
      lostIdle: async () => (await gone)[0],
      close: () => session.close(),
    };
  },
};
