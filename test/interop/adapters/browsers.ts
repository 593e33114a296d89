/** Browsers of Debian, which open a page without a window until the test ends. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Probed, probe } from "../support/probe.ts";
import { PeerProcess } from "../support/process.ts";
import { temporaryFolder } from "../support/temporary.ts";

export interface PageOpener {
  readonly found: Probed;
  open(url: string): PeerProcess;
}

function browser(
  command: string,
  argumentsFor: (home: string) => readonly string[],
): PageOpener {
  return {
    found: probe({
      source: `Debian package ${command}`,
      working: [[[command, "--version"], /\d/]],
    }),
    open: (url) => {
      const home = temporaryFolder();
      return new PeerProcess(command, [...argumentsFor(home), url], "log", {
        HOME: home,
      });
    },
  };
}

export const BROWSERS = {
  chromium: () =>
    browser("chromium-headless-shell", (home) => [
      // Its sandbox does not start for root; the port keeps it open.
      ...["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
      ...[`--user-data-dir=${join(home, "data")}`],
      "--remote-debugging-port=0",
    ]),
  firefox: () =>
    browser("firefox-esr", (home) => {
      const preferences = [
        'user_pref("network.captive-portal-service.enabled", false);',
        'user_pref("network.connectivity-service.enabled", false);',
        'user_pref("browser.shell.checkDefaultBrowser", false);',
        // Many connections are opened to one host one after the other.
        'user_pref("network.websocket.delay-failed-reconnects", false);',
      ];
      writeFileSync(join(home, "user.js"), preferences.join("\n"));
      return ["--headless", "--no-remote", "--profile", home];
    }),
};
