#ifndef YEOUL_CSPAWN_H
#define YEOUL_CSPAWN_H

#include <stdbool.h>
#include <sys/types.h>

/// What a new process gets besides its program, arguments and environment.
struct yeoul_spawn_options {
    /// Its standard input, output and error: descriptors of ours, duplicated. Nothing else is inherited.
    int input;
    int output;
    int error;
    /// Its working folder, or NULL for ours.
    const char *folder;
    /// Its own session, so that signals from our terminal do not reach it.
    bool new_session;
};

/// Starts `path`; answers 0 and sets `pid`, or an errno value. Every signal has its default action in
/// the new process and none is blocked.
int yeoul_spawn(pid_t *pid, const char *path, char *const arguments[], char *const environment[],
                const struct yeoul_spawn_options *options);

#endif
