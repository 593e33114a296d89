/**
 * Certificates of the lab's own, with their keys: for runs in memory, and for servers and
 * clients that a peer is told to accept. Everybody has these keys: trust them nowhere.
 */
import type { CryptoProvider } from "../../crypto/provider.ts";
import {
  createCredential,
  type Credential,
} from "../../handshake/credentials/credential.ts";
import { decodeBase64, encodePem } from "../../x509/keys/pem.ts";
import { parsePlainPrivateKey } from "../../x509/keys/private-key.ts";

const ROOT =
  "MIIBszCCAVmgAwIBAgIQU0jL+0IL4w/7c6hpGMRC+TAKBggqhkjOPQQDAjAoMSYwJAYDVQQDDB1wdXJldGxzIGxhYjogdHJ1c3QgaXQgbm93aGVyZTAgFw0xOTEyMzEyMzAwMDBaGA8yMTIwMDEwMTIzNTk1OVowKDEmMCQGA1UEAwwdcHVyZXRscyBsYWI6IHRydXN0IGl0IG5vd2hlcmUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT8VjxxeL00e+OyMatRC0RBmhNpIQn9m+sQCIkxEul7kuyslPuhpBPkBSIQHIdrcwMlVM0KwHokxPTUjAnunszGo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBhjAdBgNVHQ4EFgQU04o/oJ307laMco0v/u8iLFQjGW8wHwYDVR0jBBgwFoAU04o/oJ307laMco0v/u8iLFQjGW8wCgYIKoZIzj0EAwIDSAAwRQIhAIQ/HdPqeIFb6QB3qEHuqTj/rfHhFo2UGcAQgJZstVBAAiAH4FMDafrV5y9inOFpfzvDyXcdPExkhpNXuu2k0rtXoQ==";
const SERVER =
  "MIIB2TCCAX+gAwIBAgIQdF0voU/WggTS+EhKzYyIgzAKBggqhkjOPQQDAjAoMSYwJAYDVQQDDB1wdXJldGxzIGxhYjogdHJ1c3QgaXQgbm93aGVyZTAgFw0yMDAxMDIwMDAwMDBaGA8yMTE5MDEwMTAwMDAwMFowFDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEwf3+oOcyIHErE4qEHp9mxQgYY20VtctYLrtpG69zTOv/gqR3GKmujqYSE/y0L4mH81tKG7e43TkV2YNvoeLvRaOBnDCBmTAMBgNVHRMBAf8EAjAAMA4GA1UdDwEB/wQEAwIHgDATBgNVHSUEDDAKBggrBgEFBQcDATAkBgNVHREEHTAbgglsb2NhbGhvc3SCCGxhYi50ZXN0hwR/AAABMB0GA1UdDgQWBBSnom1OjMc0NgiHrwZP3KwSR1bnkTAfBgNVHSMEGDAWgBTTij+gnfTuVoxyjS/+7yIsVCMZbzAKBggqhkjOPQQDAgNIADBFAiEAx1NwcxhIPyTcaqczLe6WdwdPvUFPX21l3xgw6Rf50wcCIAXadfpNJiAp/sYt6FtOG5G7vJrAWCIkpP0Zjut79pzg";
const SERVER_KEY =
  "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg8RCoydqTG4y1OQPfQ7NQVehZcLib8zeSpE3W3Ntw+mihRANCAATB/f6g5zIgcSsTioQen2bFCBhjbRW1y1guu2kbr3NM6/+CpHcYqa6OphIT/LQviYfzW0obt7jdORXZg2+h4u9F";
const CLIENT =
  "MIIBsjCCAVigAwIBAgIQeGck5E7h3qRoYv4tM2UQ1DAKBggqhkjOPQQDAjAoMSYwJAYDVQQDDB1wdXJldGxzIGxhYjogdHJ1c3QgaXQgbm93aGVyZTAgFw0yMDAxMDIwMDAwMDBaGA8yMTE5MDEwMTAwMDAwMFowFTETMBEGA1UEAwwKbGFiIGNsaWVudDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDv38yM6P3NAx0UfN4Xw6jKHg0/z0E9NFWWS8GUIgCCh/mikTo5gjfF4hHTVrHwqTuVibYS6PdF+Wnw0HSRkOAmjdTBzMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgeAMBMGA1UdJQQMMAoGCCsGAQUFBwMCMB0GA1UdDgQWBBSIjII/ozqwGgkAzg091Jilx6xGCDAfBgNVHSMEGDAWgBTTij+gnfTuVoxyjS/+7yIsVCMZbzAKBggqhkjOPQQDAgNIADBFAiEAhRqPWadKUASphskgJQBx8j0a/ckn43uymQjFE3y3PHcCIEci/FnnJJCQyZUWZ16Rv1wHp4p0qnQ5KUQsfmitXXnZ";
const CLIENT_KEY =
  "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgr6fv0DXrRqnA2hRTlHis195r6kLPiU7wv2dD/cnRs0WhRANCAAQ79/MjOj9zQMdFHzeF8Ooyh4NP89BPTRVlkvBlCIAgof5opE6OYI3xeIR01ax8Kk7lYm2Euj3Rflp8NB0kZDgJ";

/** The authority that issued both, DER. */
export const LAB_ROOT: Uint8Array = decodeBase64(ROOT);

/**
 * The lab's authority as PEM: what a client that is tested is told to trust. Its leaf
 * is for localhost, lab.test and 127.0.0.1, and everybody has its key.
 *
 * @example
 * ```ts
 * import { labAuthorityPem } from "puretls/lab";
 *
 * if (!labAuthorityPem().includes("BEGIN CERTIFICATE")) throw new Error();
 * ```
 */
export function labAuthorityPem(): string {
  return encodePem("CERTIFICATE", LAB_ROOT);
}

/** The credential of the lab's server or client. */
export function labCredential(
  provider: CryptoProvider,
  role: "client" | "server",
): Credential {
  const [leaf, key] =
    role === "server" ? [SERVER, SERVER_KEY] : [CLIENT, CLIENT_KEY];
  return createCredential({
    provider,
    chain: [decodeBase64(leaf), LAB_ROOT],
    key: parsePlainPrivateKey(decodeBase64(key)),
  });
}
