// libcurl, with its variadic calls as one function for each kind of argument.
#ifndef YEOUL_CCURL_H
#define YEOUL_CCURL_H

#include <curl/curl.h>

typedef size_t (*yeoul_curl_sink)(char *bytes, size_t size, size_t count, void *user);

static inline CURLcode yeoul_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode yeoul_curl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode yeoul_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode yeoul_curl_set_sink(CURL *easy, CURLoption option, yeoul_curl_sink sink) {
    return curl_easy_setopt(easy, option, sink);
}

static inline curl_off_t yeoul_curl_get_offset(CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}

static inline long yeoul_curl_get_long(CURL *easy, CURLINFO info) {
    long value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}

static inline CURLMcode yeoul_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

/// The result of a transfer that ended, or -1 when `message` tells of something else.
static inline int yeoul_curl_message_result(const CURLMsg *message) {
    return message->msg == CURLMSG_DONE ? (int)message->data.result : -1;
}

#endif
