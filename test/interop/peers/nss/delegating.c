/*
 * A TLS 1.3 server on NSS that shows a delegated credential (RFC 9345) to who
 * takes one, which selfserv has no option for: `delegating PORT DATABASE NICKNAME`.
 * It sends back what it gets on one connection.
 */
#include <cert.h>
#include <keyhi.h>
#include <nss.h>
#include <pk11pub.h>
#include <prerror.h>
#include <prio.h>
#include <prnetdb.h>
#include <ssl.h>
#include <sslexp.h>
#include <sslproto.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK = 16384, AN_HOUR = 3600 };

static void check(const char *what, int holds) {
  if (holds) return;
  fprintf(stderr, "error: %s: %s\n", what, PR_ErrorToName(PR_GetError()));
  exit(1);
}

/* A key of P-256 that lives as long as this process. */
static SECKEYPrivateKey *new_key(SECKEYPublicKey **public_key) {
  SECOidData *curve = SECOID_FindOIDByTag(SEC_OID_SECG_EC_SECP256R1);
  unsigned char name[16] = {SEC_ASN1_OBJECT_ID, (unsigned char)curve->oid.len};
  SECItem parameters = {siBuffer, name, curve->oid.len + 2};
  for (unsigned i = 0; i < curve->oid.len; i++) name[i + 2] = curve->oid.data[i];
  return PK11_GenerateKeyPair(PK11_GetInternalSlot(), CKM_EC_KEY_PAIR_GEN,
                              &parameters, public_key, PR_FALSE, PR_TRUE, NULL);
}

static PRFileDesc *listener(const char *port) {
  PRFileDesc *socket = PR_NewTCPSocket();
  PRSocketOptionData reuse = {.option = PR_SockOpt_Reuseaddr, .value = {PR_TRUE}};
  PRNetAddr address;
  PR_SetSocketOption(socket, &reuse);
  PR_InitializeNetAddr(PR_IpAddrLoopback, (PRUint16)atoi(port), &address);
  check("bind", PR_Bind(socket, &address) == PR_SUCCESS);
  check("listen", PR_Listen(socket, 5) == PR_SUCCESS);
  return socket;
}

static void serve(PRFileDesc *tls) {
  static char buffer[CHUNK];
  PRInt32 length;
  check("handshake", SSL_ForceHandshake(tls) == SECSuccess);
  fprintf(stderr, "secure\n");
  while ((length = PR_Read(tls, buffer, CHUNK)) > 0)
    check("write", PR_Write(tls, buffer, length) == length);
  check("read", length == 0);
  check("close", PR_Close(tls) == PR_SUCCESS);
}

int main(int count, char **arguments) {
  SSLVersionRange only = {SSL_LIBRARY_VERSION_TLS_1_3, SSL_LIBRARY_VERSION_TLS_1_3};
  SECKEYPublicKey *public_key = NULL;
  SECItem credential = {siBuffer, NULL, 0};
  if (count != 4) return 2;
  check("NSS_Init", NSS_Init(arguments[2]) == SECSuccess);
  CERTCertificate *own = PK11_FindCertFromNickname(arguments[3], NULL);
  check("certificate", own != NULL);
  SECKEYPrivateKey *key = PK11_FindKeyByAnyCert(own, NULL);
  check("key", key != NULL);
  SECKEYPrivateKey *delegated = new_key(&public_key);
  check("delegated key", delegated != NULL);
  check("delegate",
        SSL_DelegateCredential(own, key, public_key, ssl_sig_ecdsa_secp256r1_sha256,
                               AN_HOUR, PR_Now(), &credential) == SECSuccess);
  SSLExtraServerCertData extra = {.authType = ssl_auth_null,
                                  .delegCred = &credential,
                                  .delegCredPrivKey = delegated};
  check("sessions", SSL_ConfigServerSessionIDCache(0, 0, 0, NULL) == SECSuccess);
  PRFileDesc *accepted =
      PR_Accept(listener(arguments[1]), NULL, PR_INTERVAL_NO_TIMEOUT);
  check("accept", accepted != NULL);
  PRFileDesc *tls = SSL_ImportFD(NULL, accepted);
  check("version", SSL_VersionRangeSet(tls, &only) == SECSuccess);
  check("configure", SSL_ConfigServerCert(tls, own, key, &extra, sizeof extra) ==
                         SECSuccess);
  check("server", SSL_ResetHandshake(tls, PR_TRUE) == SECSuccess);
  serve(tls);
  return 0;
}
