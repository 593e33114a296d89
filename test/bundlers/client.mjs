// A client as a program of a page has it; the test gives it a transport.
import { connect } from "puretls/lite";

globalThis.client = async (transport, ca) => {
  const socket = await connect(transport, { serverHostname: "a.test", ca });
  await socket.sendAll(Uint8Array.of(1, 2, 3));
  const bytes = await socket.recv();
  await socket.close();
  return { version: socket.info.version, bytes: [...bytes] };
};
