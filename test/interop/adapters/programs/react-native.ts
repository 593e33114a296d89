/**
 * The native half of react-native-tcp-socket on Node's sockets: what its JavaScript
 * calls, and the events that its JavaScript waits for.
 */
import { EventEmitter } from "node:events";
import { connect, type Socket } from "node:net";

const events = new EventEmitter();
const sockets = new Map<number, Socket>();

export class NativeEventEmitter {
  addListener(name: string, listener: (event: object) => void) {
    events.on(name, listener);
    return { remove: () => events.off(name, listener) };
  }
}

export const NativeModules = {
  TcpSockets: {
    connect(id: number, host: string, port: number): void {
      const socket = connect({ host, port, allowHalfOpen: true });
      sockets.set(id, socket);
      const tell = (name: string, more: object = {}): void => {
        events.emit(name, { id, ...more });
      };
      socket.on("connect", () => {
        const { localAddress, localPort, remoteAddress, remotePort } = socket;
        const connection = { localAddress, localPort, remoteAddress };
        tell("connect", { connection: { ...connection, remotePort } });
      });
      socket.on("data", (data) => {
        tell("data", { data: data.toString("base64") });
      });
      socket.on("end", () => tell("end"));
      socket.on("error", ({ message }) => tell("error", { error: message }));
      socket.on("close", (error) => tell("close", { error }));
    },
    write(id: number, base64: string, msgId: number): void {
      sockets.get(id)?.write(Buffer.from(base64, "base64"), (error) => {
        events.emit("written", { id, msgId, err: error?.message });
      });
    },
    end: (id: number) => void sockets.get(id)?.end(),
    destroy: (id: number) => void sockets.get(id)?.destroy(),
    pause: (id: number) => void sockets.get(id)?.pause(),
    resume: (id: number) => void sockets.get(id)?.resume(),
    setNoDelay: (id: number) => void sockets.get(id)?.setNoDelay(true),
  },
};

/** Asked for by its TLS, which nothing here uses. */
export const Image = {};
