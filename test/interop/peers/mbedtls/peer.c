/*
 * A TLS 1.2 peer on mbedTLS 2.28. The command line is that of every program
 * here: see ../../support/own-program.ts.
 */
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/dhm.h>
#include <mbedtls/ecp.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cache.h>
#include <mbedtls/ssl_ticket.h>
#include <mbedtls/x509_crt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 16, CHUNK = 16384 };

static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context random_source;
static mbedtls_ssl_config config;
static mbedtls_x509_crt own, trusted;
static mbedtls_pk_context key;
static mbedtls_dhm_context dh;
static mbedtls_ssl_cache_context cache;
static mbedtls_ssl_ticket_context tickets;
static int suites[MOST + 1];
static mbedtls_ecp_group_id groups[MOST + 1];
static const char *protocols[MOST + 1];
static unsigned char psk[64];

static int argument_count;
static char **arguments;

/* The value of an option, or NULL. */
static const char *option(const char *name) {
  size_t length = strlen(name);
  for (int i = 2; i < argument_count; i++)
    if (!strncmp(arguments[i], name, length) && arguments[i][length] == '=')
      return arguments[i] + length + 1;
  return NULL;
}

static int option_is(const char *name, const char *value) {
  const char *found = option(name);
  return found && !strcmp(found, value);
}

static void fail(const char *what) {
  fprintf(stderr, "error: %s\n", what);
  exit(1);
}

static void check(const char *what, int result) {
  char text[128];
  if (result >= 0) return;
  mbedtls_strerror(result, text, sizeof text);
  fprintf(stderr, "error: %s: %s\n", what, text);
  exit(1);
}

/* What goes wrong on a connection: a fatal alert comes with its number. */
static void check_tls(const char *what, mbedtls_ssl_context *tls, int result) {
  static const struct { int number; const char *name; } alerts[] = {
      {40, "handshake_failure"}, {42, "bad_certificate"}, {48, "unknown_ca"}};
  if (result == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE)
    for (size_t i = 0; i < sizeof alerts / sizeof *alerts; i++)
      if (tls->in_msg[1] == alerts[i].number) fail(alerts[i].name);
  check(what, result);
}

/* Calls what() for each item of a list with commas between. */
static void each(const char *name, void (*what)(const char *, int)) {
  const char *list = option(name);
  if (!list) return;
  char *copy = strdup(list);
  int index = 0;
  for (char *item = strtok(copy, ","); item && index < MOST; item = strtok(NULL, ","))
    what(item, index++);
}

static void add_suite(const char *name, int index) {
  char dashed[80];
  snprintf(dashed, sizeof dashed, "%s", name);
  for (char *at = dashed; *at; at++)
    if (*at == '_') *at = '-';
  suites[index] = mbedtls_ssl_get_ciphersuite_id(dashed);
  if (!suites[index]) fail(dashed);
}

static void add_group(const char *name, int index) {
  const mbedtls_ecp_curve_info *info = mbedtls_ecp_curve_info_from_name(name);
  if (!info) fail(name);
  groups[index] = info->grp_id;
}

static void add_protocol(const char *name, int index) {
  protocols[index] = strdup(name);
}

static void configure_psk(void) {
  const char *pair = option("psk");
  if (!pair) return;
  const char *hex = strchr(pair, ':') + 1;
  size_t length = strlen(hex) / 2;
  for (size_t i = 0; i < length; i++) {
    unsigned byte;
    sscanf(hex + 2 * i, "%2x", &byte);
    psk[i] = byte;
  }
  check("psk", mbedtls_ssl_conf_psk(&config, psk, length,
                                    (const unsigned char *)pair, hex - 1 - pair));
}

static void configure(int end) {
  mbedtls_entropy_init(&entropy);
  mbedtls_ctr_drbg_init(&random_source);
  check("seed", mbedtls_ctr_drbg_seed(&random_source, mbedtls_entropy_func,
                                      &entropy, NULL, 0));
  mbedtls_ssl_config_init(&config);
  check("defaults", mbedtls_ssl_config_defaults(&config, end, MBEDTLS_SSL_TRANSPORT_STREAM,
                                                MBEDTLS_SSL_PRESET_DEFAULT));
  mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &random_source);
  mbedtls_ssl_conf_min_version(&config, 3, 3);
  mbedtls_ssl_conf_max_version(&config, 3, 3);
  mbedtls_x509_crt_init(&own);
  mbedtls_x509_crt_init(&trusted);
  mbedtls_pk_init(&key);
  if (option("cert")) {
    check("cert", mbedtls_x509_crt_parse_file(&own, option("cert")));
    check("key", mbedtls_pk_parse_keyfile(&key, option("key"), NULL));
    check("own", mbedtls_ssl_conf_own_cert(&config, &own, &key));
  }
  if (option("ca")) check("ca", mbedtls_x509_crt_parse_file(&trusted, option("ca")));
  mbedtls_ssl_conf_ca_chain(&config, &trusted, NULL);
  int mode = MBEDTLS_SSL_VERIFY_REQUIRED;
  if (end == MBEDTLS_SSL_IS_SERVER && option_is("auth", "none")) mode = MBEDTLS_SSL_VERIFY_NONE;
  if (end == MBEDTLS_SSL_IS_SERVER && option_is("auth", "optional")) mode = MBEDTLS_SSL_VERIFY_OPTIONAL;
  mbedtls_ssl_conf_authmode(&config, mode);
  each("suites", add_suite);
  if (suites[0]) mbedtls_ssl_conf_ciphersuites(&config, suites);
  each("groups", add_group);
  if (groups[0]) mbedtls_ssl_conf_curves(&config, groups);
  each("alpn", add_protocol);
  if (protocols[0]) check("alpn", mbedtls_ssl_conf_alpn_protocols(&config, protocols));
  configure_psk();
  if (option("dh")) {
    mbedtls_dhm_init(&dh);
    check("dh", mbedtls_dhm_parse_dhmfile(&dh, option("dh")));
    check("dh", mbedtls_ssl_conf_dh_param_ctx(&config, &dh));
  }
  if (option_is("etm", "no")) mbedtls_ssl_conf_encrypt_then_mac(&config, 0);
  if (option_is("ems", "no")) mbedtls_ssl_conf_extended_master_secret(&config, 0);
  if (option_is("fragment", "1024"))
    check("fragment", mbedtls_ssl_conf_max_frag_len(&config, MBEDTLS_SSL_MAX_FRAG_LEN_1024));
  if (end == MBEDTLS_SSL_IS_CLIENT && option_is("tickets", "no"))
    mbedtls_ssl_conf_session_tickets(&config, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
  if (end == MBEDTLS_SSL_IS_SERVER) {
    mbedtls_ssl_cache_init(&cache);
    mbedtls_ssl_conf_session_cache(&config, &cache, mbedtls_ssl_cache_get, mbedtls_ssl_cache_set);
  }
  if (end == MBEDTLS_SSL_IS_SERVER && !option_is("tickets", "no")) {
    mbedtls_ssl_ticket_init(&tickets);
    check("tickets", mbedtls_ssl_ticket_setup(&tickets, mbedtls_ctr_drbg_random, &random_source,
                                              MBEDTLS_CIPHER_AES_256_GCM, 3600));
    mbedtls_ssl_conf_session_tickets_cb(&config, mbedtls_ssl_ticket_write,
                                        mbedtls_ssl_ticket_parse, &tickets);
  }
}

/* Tells of a connection; a session is resumed when its id or master secret is the old one. */
static void tell(mbedtls_ssl_context *tls, int resumed) {
  char name[128] = "";
  const mbedtls_x509_crt *peer = mbedtls_ssl_get_peer_cert(tls);
  if (peer) mbedtls_x509_dn_gets(name, sizeof name, &peer->subject);
  const char *protocol = mbedtls_ssl_get_alpn_protocol(tls);
  fprintf(stderr, "secure version=%s suite=%s alpn=%s resumed=%s peer=%s\n",
          mbedtls_ssl_get_version(tls), mbedtls_ssl_get_ciphersuite(tls),
          protocol ? protocol : "", resumed ? "true" : "false", name);
}

static unsigned char last_master[48];

static void handshake(mbedtls_ssl_context *tls) {
  int result;
  while ((result = mbedtls_ssl_handshake(tls)) == MBEDTLS_ERR_SSL_WANT_READ ||
         result == MBEDTLS_ERR_SSL_WANT_WRITE) {
  }
  check_tls("handshake", tls, result);
  int resumed = !memcmp(last_master, tls->session->master, sizeof last_master);
  memcpy(last_master, tls->session->master, sizeof last_master);
  tell(tls, resumed);
}

static void write_all(mbedtls_ssl_context *tls, const unsigned char *bytes, size_t length) {
  while (length > 0) {
    int count = mbedtls_ssl_write(tls, bytes, length);
    check_tls("write", tls, count);
    bytes += count;
    length -= count;
  }
}

/* At the peer's close_notify nought; an end without is a failure. */
static int read_some(mbedtls_ssl_context *tls, unsigned char *bytes, size_t most) {
  int count = mbedtls_ssl_read(tls, bytes, most);
  if (count == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) return 0;
  if (count == 0) fail("no close_notify");
  check_tls("read", tls, count);
  return count;
}

static void exchange(mbedtls_ssl_context *tls, unsigned char *bytes, size_t length) {
  write_all(tls, bytes, length);
  for (size_t at = 0; at < length;) {
    int count = read_some(tls, bytes + at, length - at);
    if (count == 0) fail("the peer closed");
    at += count;
  }
}

static void leave(mbedtls_ssl_context *tls, mbedtls_net_context *net) {
  unsigned char byte;
  check_tls("close", tls, mbedtls_ssl_close_notify(tls));
  if (read_some(tls, &byte, 1) != 0) fail("data after the end");
  mbedtls_net_free(net);
}

static void dial(mbedtls_ssl_context *tls, mbedtls_net_context *net,
                 const mbedtls_ssl_session *session) {
  mbedtls_ssl_init(tls);
  check("setup", mbedtls_ssl_setup(tls, &config));
  check("name", mbedtls_ssl_set_hostname(tls, option("name")));
  if (session) check("session", mbedtls_ssl_set_session(tls, session));
  mbedtls_net_init(net);
  check("connect", mbedtls_net_connect(net, "127.0.0.1", option("port"), MBEDTLS_NET_PROTO_TCP));
  mbedtls_ssl_set_bio(tls, net, mbedtls_net_send, mbedtls_net_recv, NULL);
  handshake(tls);
}

static void client(void) {
  static unsigned char buffer[CHUNK];
  mbedtls_ssl_context tls;
  mbedtls_net_context net;
  mbedtls_ssl_session session;
  mbedtls_ssl_session *known = NULL;
  if (option_is("connections", "2")) {
    unsigned char line[] = "first\n";
    dial(&tls, &net, NULL);
    exchange(&tls, line, 6);
    mbedtls_ssl_session_init(&session);
    check("session", mbedtls_ssl_get_session(&tls, &session));
    known = &session;
    leave(&tls, &net);
  }
  dial(&tls, &net, known);
  for (ssize_t count; (count = read(0, buffer, sizeof buffer)) > 0;) {
    exchange(&tls, buffer, count);
    for (ssize_t at = 0; at < count;) at += write(1, buffer + at, count - at);
  }
  leave(&tls, &net);
}

static void server(void) {
  static unsigned char buffer[CHUNK];
  mbedtls_net_context listener;
  mbedtls_net_init(&listener);
  check("listen", mbedtls_net_bind(&listener, "127.0.0.1", option("port"), MBEDTLS_NET_PROTO_TCP));
  for (int left = option_is("connections", "2") ? 2 : 1; left > 0; left--) {
    mbedtls_ssl_context tls;
    mbedtls_net_context net;
    mbedtls_ssl_init(&tls);
    check("setup", mbedtls_ssl_setup(&tls, &config));
    mbedtls_net_init(&net);
    check("accept", mbedtls_net_accept(&listener, &net, NULL, 0, NULL));
    mbedtls_ssl_set_bio(&tls, &net, mbedtls_net_send, mbedtls_net_recv, NULL);
    handshake(&tls);
    for (int count; (count = read_some(&tls, buffer, sizeof buffer)) > 0;)
      write_all(&tls, buffer, count);
    mbedtls_ssl_close_notify(&tls);
    mbedtls_net_free(&net);
  }
}

int main(int count, char **values) {
  argument_count = count;
  arguments = values;
  int is_client = !strcmp(values[1], "client");
  configure(is_client ? MBEDTLS_SSL_IS_CLIENT : MBEDTLS_SSL_IS_SERVER);
  if (is_client) client();
  else server();
  return 0;
}
