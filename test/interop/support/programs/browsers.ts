/**
 * Browsers of Debian as clients: each opens one page without a window, and
 * trusts the tests' authority by a database of NSS, as on anyone's desktop.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import { probe } from "../probe.ts";
import { DATABASE_TOOLS, databaseAt } from "./nss.ts";
import { reportMissing } from "../scenarios/peers.ts";
import { PeerProcess } from "../process.ts";
import { temporaryFolder } from "../temporary.ts";

export type BrowserName = "chromium" | "firefox";

export interface Browser {
  /** Program and version, for test titles. */
  readonly label: string;
  /**
   * Opens `https://localhost:port/`, trusting the authority in a file; the
   * process ends when the page is there.
   */
  visit(port: number, ca: string, dns?: HostByDns): Promise<PeerProcess>;
}

/**
 * Firefox: a host in place of `localhost`, and the DNS server that knows it.
 */
export interface HostByDns {
  readonly host: string;
  /** Of a DNS server over HTTPS on localhost. */
  readonly dnsPort: number;
}

interface Program {
  readonly command: string;
  readonly source: string;
  start(
    home: string,
    url: string,
    ca: string,
    dns?: HostByDns,
  ): Promise<readonly string[]>;
}

const PROGRAMS: Readonly<Record<BrowserName, Program>> = {
  chromium: {
    command: "chromium-headless-shell",
    source: "Debian package chromium-headless-shell",
    start: async (home, url, ca) => {
      const store = join(home, ".pki", "nssdb");
      mkdirSync(store, { recursive: true });
      await databaseAt(store, ca);
      return [
        // Its sandbox does not start for root.
        ...["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        ...[`--user-data-dir=${join(home, "data")}`, "--dump-dom"],
        url,
      ];
    },
  },
  firefox: {
    command: "firefox-esr",
    source: "Debian package firefox-esr",
    start: async (home, url, ca, dns) => {
      await databaseAt(home, ca);
      const preferences = {
        "browser.shell.checkDefaultBrowser": false,
        "network.captive-portal-service.enabled": false,
        "network.connectivity-service.enabled": false,
        "security.tls.enable_delegated_credentials": true,
        ...(dns && {
          // Nobody but that server is asked, and it may say 127.0.0.1.
          "network.trr.mode": 3,
          "network.trr.uri": `"https://localhost:${String(dns.dnsPort)}/dns-query"`,
          "network.trr.confirmationNS": '"skip"',
          "network.trr.allow-rfc1918": true,
        }),
      };
      writeFileSync(
        join(home, "user.js"),
        Object.entries(preferences)
          .map(([name, value]) => `user_pref("${name}", ${String(value)});\n`)
          .join(""),
      );
      return [
        ...["--headless", "--no-remote", "--profile", home],
        ...["--screenshot", join(home, "page.png"), url],
      ];
    },
  },
};

/** A suite for each of the browsers; see `describePeers`. */
export function describeBrowsers(
  names: readonly BrowserName[],
  tests: (browser: Browser, name: BrowserName) => void,
): void {
  for (const name of names) {
    const browser = findBrowser(name);
    if ("missing" in browser) reportMissing(name, browser.missing);
    else
      describe(browser.label, () => {
        tests(browser, name);
      });
  }
}

function findBrowser(name: BrowserName): Browser | { missing: string } {
  const { command, source, start } = PROGRAMS[name];
  const found = probe({
    source,
    // Its libraries are those that it was built with, or it says no version.
    working: [[[command, "--version"], /\d/]],
  });
  if ("missing" in found) return found;
  const tools = probe(DATABASE_TOOLS);
  if ("missing" in tools) return tools;
  const [version = "of unknown version"] = /\d[\d.]+/.exec(found.output) ?? [];
  return {
    label: `${name === "chromium" ? "Chromium" : "Firefox"} ${version}`,
    visit: async (port, ca, dns) => {
      const home = temporaryFolder();
      const host = dns?.host ?? "localhost";
      const url = `https://${host}:${String(port)}/`;
      const parameters = await start(home, url, ca, dns);
      return new PeerProcess(command, parameters, "log", { HOME: home });
    },
  };
}
