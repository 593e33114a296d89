import grpc from "@grpc/grpc-js";
import { service, sizes } from "../clients/grpc.mjs";

export async function serve({ port, ca, cert, key }) {
  const server = new grpc.Server(sizes);
  server.addService(service, {
    echo: ({ request }, done) => done(null, request),
    whoami: (call, done) => {
      const { sslPeerCertificate: peer } = call.getAuthContext();
      done(null, Buffer.from(String(peer?.subject.CN)));
    },
    wait: () => undefined,
  });
  const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
  const credentials = grpc.ServerCredentials.createSsl(
    ...[Buffer.from(ca), [pair], true],
  );
  await new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
