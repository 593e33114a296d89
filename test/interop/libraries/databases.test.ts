import { describe } from "vitest";
import { useCertificates } from "../support/certificates.ts";
import { mariadb } from "./servers/mariadb.ts";
import { postgresql } from "./servers/postgresql.ts";
import { redisServer } from "./servers/redis.ts";
import { slapd } from "./servers/slapd.ts";
import { librarySuite } from "./suite.ts";
import type { Suite } from "./suite.ts";

const SUITES: readonly Suite[] = [
  {
    title: "pg and PostgreSQL, bound to the channel",
    ...{ client: "pg", server: postgresql, roles: ["client"] },
    package: "pg",
  },
  {
    title: "postgres.js and PostgreSQL",
    ...{ client: "postgres", server: postgresql, roles: ["client"] },
    package: "postgres",
  },
  {
    title: "mysql2 and MariaDB",
    ...{ client: "mysql2", server: mariadb, roles: ["client"] },
    package: "mysql2",
  },
  {
    title: "ioredis and Redis",
    ...{ client: "ioredis", server: redisServer, roles: ["client"] },
    package: "ioredis",
  },
  {
    title: "redis and Redis",
    ...{ client: "redis", server: redisServer, roles: ["client"] },
    package: "redis",
  },
  {
    title: "ldapts and slapd",
    ...{ client: "ldapts", server: slapd, roles: ["client"] },
    package: "ldapts",
  },
];

describe("libraries of databases", () => {
  const certificates = useCertificates();
  for (const suite of SUITES) librarySuite(suite, certificates);
});
