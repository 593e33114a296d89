import https from "node:https";
import express from "express";
import { whoIs } from "./answers.mjs";

export function serve(options) {
  const app = express();
  const raw = express.raw({ type: () => true, limit: "20mb" });
  app.get("/hello", (_, response) => response.send("hello"));
  app.post("/echo", raw, (request, response) => response.send(request.body));
  app.get("/whoami", ({ socket, secure }, response) =>
    response.send(secure ? whoIs(socket) : "not secure"),
  );
  app.get("/late", () => undefined);
  return https.createServer(options, app);
}
