/** grpc-js with a method that sends bytes back. */
import grpc from "@grpc/grpc-js";

const same = (bytes) => bytes;
const method = (path) => ({
  ...{ path, requestStream: false, responseStream: false },
  ...{ requestSerialize: same, requestDeserialize: same },
  ...{ responseSerialize: same, responseDeserialize: same },
});

export const service = {
  echo: method("/checks.Checks/Echo"),
  whoami: method("/checks.Checks/WhoAmI"),
  wait: method("/checks.Checks/Wait"),
};
export const sizes = {
  "grpc.max_receive_message_length": 64 << 20,
  "grpc.max_send_message_length": 64 << 20,
};
export const Checks = grpc.makeGenericClientConstructor(service, "Checks");

export const client = {
  asksForCertificate: true,
  waits: true,
  async open({ host, port, patience, ca, cert, key, servername }) {
    const credentials = grpc.credentials.createSsl(
      Buffer.from(ca),
      key && Buffer.from(key),
      cert && Buffer.from(cert),
    );
    const stub = new Checks(`${host}:${port}`, credentials, {
      ...sizes,
      "grpc.ssl_target_name_override": servername,
      "grpc.use_local_subchannel_pool": 1,
    });
    const call = (name, bytes) =>
      new Promise((resolve, reject) => {
        const deadline = Date.now() + patience;
        stub[name](bytes, { deadline }, (error, answer) => {
          if (error) reject(new Error(named(error)));
          else resolve(answer);
        });
      });
    return {
      ask: async () => String(await call("echo", Buffer.from("hello"))),
      transfer: (bytes) => call("echo", bytes),
      whoami: async () => String(await call("whoami", Buffer.alloc(0))),
      wait: () => call("wait", Buffer.alloc(0)),
      lost: () => call("wait", Buffer.alloc(0)),
      close: () => stub.close(),
    };
  },
};

/** The status, and the reason where it is one of TLS. */
function named({ code, details }) {
  const [reason] = /altnames|self-signed|ECONNRESET/.exec(details) ?? [];
  return [grpc.status[code], reason].filter(Boolean).join(" ");
}
