#pragma once
#include <libpq-fe.h>
// What a wait is woken by from another thread; the C library's own module leaves it out.
#include <sys/eventfd.h>
