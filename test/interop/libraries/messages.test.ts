import { describe } from "vitest";
import { useCertificates } from "../support/certificates.ts";
import { dovecot } from "./servers/dovecot.ts";
import { mosquitto } from "./servers/mosquitto.ts";
import { nats } from "./servers/nats.ts";
import { vsftpd } from "./servers/vsftpd.ts";
import { librarySuite } from "./suite.ts";
import type { Suite } from "./suite.ts";

const SUITES: readonly Suite[] = [
  {
    title: "ws",
    ...{ client: "ws", server: "ws", roles: ["client", "server"] },
    package: "ws",
  },
  {
    title: "grpc-js",
    ...{ client: "grpc", server: "grpc", roles: ["client", "server"] },
    package: "@grpc/grpc-js",
  },
  {
    title: "MQTT.js and Mosquitto",
    ...{ client: "mqtt", server: mosquitto, roles: ["client"] },
    package: "mqtt",
  },
  {
    title: "NATS",
    ...{ client: "nats", server: nats, roles: ["client"] },
    package: "@nats-io/transport-node",
    // OpenSSL 3.5 calls the alert otherwise than the versions before it.
    varies: ["no client certificate"],
  },
  {
    title: "nodemailer and smtp-server",
    ...{ client: "nodemailer", server: "smtp", roles: ["client", "server"] },
    package: "nodemailer",
  },
  {
    title: "nodemailer and smtp-server by STARTTLS",
    ...{ client: "nodemailer-starttls", server: "smtp-starttls" },
    ...{ roles: ["client", "server"] },
    package: "nodemailer",
  },
  {
    title: "ImapFlow and Dovecot",
    ...{ client: "imapflow", server: dovecot, roles: ["client"] },
    package: "imapflow",
  },
  {
    title: "basic-ftp and vsftpd, which wants resumed sessions",
    ...{ client: "basic-ftp", server: vsftpd, roles: ["client"] },
    package: "basic-ftp",
  },
];

describe("libraries of messages, mail and files", () => {
  const certificates = useCertificates();
  for (const suite of SUITES) librarySuite(suite, certificates);
});
