/** `puretls cert`: makes certificates, shows them and verifies them. */
import { certMake, MAKE_OPTIONS } from "./make.ts";
import { certShow, SHOW_OPTIONS } from "./show.ts";
import { certVerify, VERIFY_OPTIONS } from "./verify.ts";
import { type Command, CommandError, readArguments } from "../command.ts";

const HELP = `Usage: puretls cert make HOST... [OPTIONS]
       puretls cert show FILE|- [OPTIONS]
       puretls cert verify FILE|- [OPTIONS]

make: a certificate authority (ca.pem, ca.key), and one certificate that it
issues for all the hosts (names and addresses), as HOST.pem and HOST.key after
the first of them. Private keys are readable by you alone.

  --out DIR          where the files go; default: here
  --key-type TYPE    ec-p256 (default), ec-p384, ec-p521, ed25519, rsa-2048,
                     rsa-3072 or rsa-4096
  --days N           of validity; default 90, and 365 for a client
  --client NAME      a certificate for a client too, as NAME.pem and NAME.key
  --ca FILE          issue with this authority (PEM) and make none ...
  --ca-key FILE      ... whose private key this is (PEM)
  --force            write over files that are there

show: all that is in a PEM or DER file: certificates, requests, CRLs, keys (of
private ones the public half), PKCS#12 files, OCSP responses. What is wrong with
a field stands in its place, in brackets. Ends with 1 where an object cannot be
read at all.

  --json             the same as JSON on stdout
  --checkend SECONDS end with 1 too if a certificate has expired by then, as
                     openssl x509 -checkend
  --password-file FILE
                     its first line is the password of keys and PKCS#12 files

verify: the path from the first certificate of FILE, by way of the others in it,
to one that is trusted; or one line on stderr with OpenSSL's code for what is
wrong. Ends with 0 for a good chain and 1 for any other.

  --ca FILE          trust these certificates (PEM or DER) in place of the
                     system's; may be repeated
  --untrusted FILE   certificates that may stand on the path; may be repeated
  --name HOST        the certificate must be valid for this name or address
  --purpose ROLE     of its owner: server (default) or client
  --strict           the rules of OpenSSL's -x509_strict
  --lint             those, and lints of the CA/Browser Forum for who issues
  --crl FILE         refuse what this list (PEM or DER) revokes; may be repeated
  --crl-all          ask the lists about the CAs too, not the first alone
  --at DATE          validate at that time: 2027-01-31 or 2027-01-31T12:00:00Z
  --json             the path, or what is wrong with it, as JSON on stdout
`;

const OPTIONS = {
  make: MAKE_OPTIONS,
  show: SHOW_OPTIONS,
  verify: VERIFY_OPTIONS,
} as const;

export const cert: Command = {
  name: "cert",
  summary: "make a certificate, show one, or verify a chain",
  help: HELP,
  run: async (args, terminal) => {
    const [verb, ...rest] = args;
    switch (verb) {
      case "make":
        return certMake(readArguments(rest, OPTIONS.make), terminal);
      case "show":
        return certShow(readArguments(rest, OPTIONS.show), terminal);
      case "verify":
        return certVerify(readArguments(rest, OPTIONS.verify), terminal);
      default:
        throw new CommandError(
          verb === undefined
            ? "make, show or verify is missing"
            : `make, show or verify, not "${verb}"`,
        );
    }
  },
};
