/** A page that is the egress of a guest, whose bytes come by a WebSocket. */
import { fromWebSocket } from "../../../../src/adapters/web/index.ts";
import { createEgress } from "../../../../examples/sandbox-egress/egress.mjs";

const egress = createEgress({
  allows: (host) => host === "api.example",
  // The test's own server stands for the network.
  fetch: (url, init) => fetch(`/fetched?${url}`, init),
});
await fetch("/ca", { method: "POST", body: egress.caPem });
const socket = new WebSocket(`ws://${location.host}/guest`);
await egress.serve(fromWebSocket(socket)).catch((error: unknown) => {
  console.error(String(error));
});
