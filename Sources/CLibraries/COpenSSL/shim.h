// OpenSSL's libssl, with those of its calls that are macros as functions.
#ifndef YEOUL_COPENSSL_H
#define YEOUL_COPENSSL_H

#include <openssl/err.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static inline int yeoul_tls_minimum_version_1_2(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

static inline void yeoul_tls_prepare_modes(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                                  | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_read_ahead(context, 1);
}

static inline int yeoul_tls_set_server_name(SSL *tls, const char *name) {
    return (int)SSL_set_tlsext_host_name(tls, name);
}

static inline int yeoul_tls_error_library(unsigned long code) {
    return ERR_GET_LIB(code);
}

static inline int yeoul_tls_error_reason(unsigned long code) {
    return ERR_GET_REASON(code);
}

#endif
