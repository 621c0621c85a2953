// What Swift's Glibc module leaves out: waiting for many descriptors, a thread's name, and the state of the clock.
#ifndef YEOUL_CLINUX_H
#define YEOUL_CLINUX_H

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/timex.h>

static const uint32_t yeoul_epoll_in = EPOLLIN;
static const uint32_t yeoul_epoll_out = EPOLLOUT;
static const uint32_t yeoul_epoll_peer_ended = EPOLLRDHUP;
static const uint32_t yeoul_epoll_broken = EPOLLHUP | EPOLLERR;

static inline int yeoul_epoll_create(void) {
    return epoll_create1(EPOLL_CLOEXEC);
}

static inline int yeoul_wakeup_create(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

static inline void yeoul_thread_set_name(const char *name) {
    prctl(PR_SET_NAME, name);
}

#endif
