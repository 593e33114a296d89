import { describe } from "vitest";
import { useCertificates } from "../support/certificates.ts";
import { librarySuite } from "./suite.ts";
import type { Suite } from "./suite.ts";

const SUITES: readonly Suite[] = [
  {
    title: "https",
    ...{ client: "https", server: "https", roles: ["client", "server"] },
  },
  {
    title: "http2",
    ...{ client: "http2", server: "http2", roles: ["client", "server"] },
    // A session over a socket that is not Node's connects before its handshake.
    varies: ["a server that never answers"],
  },
  {
    title: "undici over HTTP/1.1",
    ...{ client: "undici", server: "https", roles: ["client"] },
    package: "undici",
  },
  {
    title: "undici over HTTP/2",
    ...{ client: "undici-h2", server: "http2", roles: ["client"] },
    package: "undici",
    varies: ["a server that is killed"],
  },
  {
    title: "axios",
    ...{ client: "axios", server: "https", roles: ["client"] },
    package: "axios",
  },
  {
    title: "got",
    ...{ client: "got", server: "https", roles: ["client"] },
    package: "got",
  },
  {
    title: "express",
    ...{ client: "https", server: "express", roles: ["server"] },
    package: "express",
  },
  {
    title: "fastify",
    ...{ client: "https", server: "fastify", roles: ["server"] },
    package: "fastify",
  },
  {
    title: "hono",
    ...{ client: "https", server: "hono", roles: ["server"] },
    package: "hono",
  },
];

describe("libraries of HTTP", () => {
  const certificates = useCertificates();
  for (const suite of SUITES) librarySuite(suite, certificates);
});
