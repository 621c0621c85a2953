// posix_spawn with what Swift's import of <spawn.h> lacks: a new session, a working folder, and
// closing every inherited descriptor are GNU extensions, invisible without _GNU_SOURCE.
#define _GNU_SOURCE
#include "CSpawn.h"

#include <signal.h>
#include <spawn.h>
#include <unistd.h>

static int describe_files(posix_spawn_file_actions_t *actions, const struct yeoul_spawn_options *options) {
    const int sources[3] = {options->input, options->output, options->error};
    int failure = 0;
    for (int target = 0; target < 3 && failure == 0; target++) {
        // Duplicating a descriptor onto itself also clears its close-on-exec flag here.
        failure = posix_spawn_file_actions_adddup2(actions, sources[target], target);
    }
    if (failure == 0) failure = posix_spawn_file_actions_addclosefrom_np(actions, 3);
    if (failure == 0 && options->folder != NULL) {
        failure = posix_spawn_file_actions_addchdir_np(actions, options->folder);
    }
    return failure;
}

static int describe_signals(posix_spawnattr_t *attributes, const struct yeoul_spawn_options *options) {
    sigset_t all, none;
    sigfillset(&all);
    // These two cannot be changed, and asking for it is an error.
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    sigemptyset(&none);
    int failure = posix_spawnattr_setsigdefault(attributes, &all);
    if (failure == 0) failure = posix_spawnattr_setsigmask(attributes, &none);
    short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    if (options->new_session) flags |= POSIX_SPAWN_SETSID;
    if (failure == 0) failure = posix_spawnattr_setflags(attributes, flags);
    return failure;
}

int yeoul_spawn(pid_t *pid, const char *path, char *const arguments[], char *const environment[],
                const struct yeoul_spawn_options *options) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failure = posix_spawn_file_actions_init(&actions);
    if (failure != 0) return failure;
    failure = posix_spawnattr_init(&attributes);
    if (failure != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return failure;
    }
    failure = describe_files(&actions, options);
    if (failure == 0) failure = describe_signals(&attributes, options);
    if (failure == 0) failure = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}
