/** The help of each command of `puretls cert`. */

export const MAKE_HELP = `Usage: puretls cert make HOST... [OPTIONS]

Makes a certificate authority (ca.pem, ca.key), and one certificate that it
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
  --json             the files that were made, as JSON on stdout
`;

export const SHOW_HELP = `Usage: puretls cert show FILE|- [OPTIONS]

Shows all that is in a PEM or DER file: certificates, requests, CRLs, keys (of
private ones the public half), PKCS#12 files, OCSP responses. What is wrong with
a field stands in its place, in brackets. Ends with 1 where an object cannot be
read at all.

  --json             the same as JSON on stdout
  --checkend SECONDS end with 1 too if a certificate has expired by then, as
                     openssl x509 -checkend
  --password-file FILE
                     its first line is the password of keys and PKCS#12 files
`;

export const VERIFY_HELP = `Usage: puretls cert verify FILE|- [OPTIONS]

Shows the path from the first certificate of FILE, by way of the others in it,
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

export const CHECK_HELP = `Usage: puretls cert check FILE... [OPTIONS]

Tells how long the certificates of files (PEM, DER or PKCS#12) are still valid,
the one that expires first at the top. Ends with 1 if one of them has expired,
is not valid yet, or expires within the time given.

  --within TIME      as 30d, 12h, 2w; default: now
  --password-file FILE
                     its first line is the password of PKCS#12 files
  --json             the same as JSON on stdout
`;

export const SIGN_HELP = `Usage: puretls cert sign REQUEST --ca FILE --ca-key FILE [OPTIONS]

Issues a certificate for a certificate signing request (PEM or DER), whose own
signature is checked. It is for the names that the request asks for, which are
printed, unless --host names others.

  --ca FILE          the authority's certificate (PEM)
  --ca-key FILE      its private key (PEM)
  --out FILE         where the certificate and its chain go; default: the
                     request's name with .pem at its end; - is stdout
  --host HOST        for this name or address in place of the request's; may be
                     repeated
  --client           for a client, in place of a server
  --days N           of validity; default 90, and 365 for a client
  --force            write over a file that is there
  --json             the certificate that was made, as JSON on stdout
`;

export const RENEW_HELP = `Usage: puretls cert renew FILE --ca FILE --ca-key FILE [OPTIONS]

Issues the first certificate of FILE anew: the same subject, names, uses and
other extensions, the same key, a new serial number, and valid from now for as
long as it was. The file, which must hold certificates in PEM alone, is
replaced, and the old one kept as FILE.old, in place of the one before it.

  --ca FILE          the authority's certificate (PEM); its name must be that of
                     the issuer
  --ca-key FILE      its private key (PEM)
  --within TIME      only if it expires within that time, as 30d; else nothing
                     changes
  --new-key FILE     for a new key of the same kind, which is written there
  --days N           of validity in place of as many as it had
  --out FILE         write there and leave FILE as it is
  --force            write over files that are there
  --json             the certificate that was made, as JSON on stdout
`;

export const TRUST_HELP = `Usage: puretls cert trust FILE [OPTIONS]

Prints how this system, Firefox, Node.js and others come to trust the authority
in FILE, and how to undo that. It changes nothing: what it prints is for you to
run.

  --system NAME      debian, fedora, arch, alpine, suse, macos or windows, in
                     place of the one that this is
  --json             the same as JSON on stdout
`;

const VERBS_HELP = [
  ...[MAKE_HELP, SHOW_HELP, VERIFY_HELP, CHECK_HELP],
  ...[SIGN_HELP, RENEW_HELP, TRUST_HELP],
];

/** All of them, one behind the other. */
export const CERT_HELP = `Usage: puretls cert make|show|verify|check|sign|renew|trust ...
       puretls help cert make   tells of one of them

${VERBS_HELP.map((text) => text.replace(/^Usage: puretls /, "")).join("\n")}`;
