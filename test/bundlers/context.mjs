// The same with an SSLContext.
import { createDefaultContext } from "puretls";

globalThis.client = async (transport, ca) => {
  const context = createDefaultContext({ ca });
  const socket = context.wrapSocket(transport, { serverHostname: "a.test" });
  await socket.sendAll(Uint8Array.of(1, 2, 3));
  const bytes = await socket.recv();
  const version = socket.version();
  await socket.close();
  return { version, bytes: [...bytes] };
};
