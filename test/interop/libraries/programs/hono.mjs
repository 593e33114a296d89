import { createServer } from "node:https";
import { serve as listen } from "@hono/node-server";
import { Hono } from "hono";
import { whoIs } from "./answers.mjs";

export function serve({ port, ...serverOptions }) {
  const app = new Hono();
  app.get("/hello", (context) => context.text("hello"));
  app.post("/echo", async ({ req, body }) => body(await req.arrayBuffer()));
  app.get("/whoami", ({ req, env, text }) =>
    text(req.url.startsWith("https:") ? whoIs(env.incoming.socket) : req.url),
  );
  app.get("/late", () => new Promise(() => undefined));
  const hostname = "127.0.0.1";
  listen({ fetch: app.fetch, createServer, serverOptions, port, hostname });
}
