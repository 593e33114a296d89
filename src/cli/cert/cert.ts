/** `puretls cert`: makes certificates, shows, verifies, signs and renews them. */
import { CHECK_OPTIONS, certCheck } from "./check.ts";
import * as help from "./help.ts";
import { certMake, MAKE_OPTIONS } from "./make.ts";
import { certRenew, RENEW_OPTIONS } from "./renew.ts";
import { certShow, SHOW_OPTIONS } from "./show.ts";
import { certSign, SIGN_OPTIONS } from "./sign.ts";
import { certTrust, TRUST_OPTIONS } from "./trust.ts";
import { certVerify, VERIFY_OPTIONS } from "./verify.ts";
import { type Command, commandOf, readArguments } from "../command.ts";

const VERBS: readonly Command[] = [
  {
    name: "make",
    summary: "make an authority, and certificates for hosts",
    help: help.MAKE_HELP,
    options: MAKE_OPTIONS,
    run: (args, terminal) =>
      certMake(readArguments(args, MAKE_OPTIONS), terminal),
  },
  {
    name: "show",
    summary: "show all that a file holds",
    help: help.SHOW_HELP,
    options: SHOW_OPTIONS,
    run: (args, terminal) =>
      certShow(readArguments(args, SHOW_OPTIONS), terminal),
  },
  {
    name: "verify",
    summary: "show the path to a trusted root, or the fault",
    help: help.VERIFY_HELP,
    options: VERIFY_OPTIONS,
    run: (args, terminal) =>
      certVerify(readArguments(args, VERIFY_OPTIONS), terminal),
  },
  {
    name: "check",
    summary: "tell how long certificates are still valid",
    help: help.CHECK_HELP,
    options: CHECK_OPTIONS,
    run: (args, terminal) =>
      certCheck(readArguments(args, CHECK_OPTIONS), terminal),
  },
  {
    name: "sign",
    summary: "issue a certificate for a request",
    help: help.SIGN_HELP,
    options: SIGN_OPTIONS,
    run: (args, terminal) =>
      certSign(readArguments(args, SIGN_OPTIONS), terminal),
  },
  {
    name: "renew",
    summary: "issue a certificate anew",
    help: help.RENEW_HELP,
    options: RENEW_OPTIONS,
    run: (args, terminal) =>
      certRenew(readArguments(args, RENEW_OPTIONS), terminal),
  },
  {
    name: "trust",
    summary: "tell how to have an authority trusted",
    help: help.TRUST_HELP,
    options: TRUST_OPTIONS,
    run: (args, terminal) =>
      certTrust(readArguments(args, TRUST_OPTIONS), terminal),
  },
];

export const cert: Command = commandOf(
  {
    name: "cert",
    summary: "make, show, verify, sign or renew certificates",
    help: help.CERT_HELP,
  },
  VERBS,
);
