import fastify from "fastify";
import { whoIs } from "./answers.mjs";

export async function serve({ port, ...https }) {
  const app = fastify({ https, bodyLimit: 20 << 20 });
  app.addContentTypeParser("*", { parseAs: "buffer" }, async (_, body) => body);
  app.get("/hello", async () => "hello");
  app.post("/echo", async ({ body }) => body);
  app.get("/whoami", async ({ protocol, socket }) =>
    protocol === "https" ? whoIs(socket) : protocol,
  );
  app.get("/late", () => new Promise(() => undefined));
  await app.listen({ port, host: "127.0.0.1" });
}
