/* Stands before the system's calls: while a file named in the environment exists, syncing or writing fails.
   Each sync that succeeds adds a byte to a third file. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static int there(const char *name) {
    const char *path = getenv(name);
    return path && access(path, F_OK) == 0;
}

static void count(void) {
    const char *path = getenv("DISK_COUNT");
    if (!path) return;
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (file < 0) return;
    ssize_t (*plain)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    plain(file, "x", 1);
    close(file);
}

int fsync(int file) {
    int (*next)(int) = dlsym(RTLD_NEXT, "fsync");
    if (there("DISK_NO_SYNC")) { errno = EIO; return -1; }
    count();
    return next(file);
}

int fdatasync(int file) {
    int (*next)(int) = dlsym(RTLD_NEXT, "fdatasync");
    if (there("DISK_NO_SYNC")) { errno = EIO; return -1; }
    count();
    return next(file);
}

ssize_t pwrite(int file, const void *bytes, size_t len, off_t at) {
    ssize_t (*next)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
    if (there("DISK_FULL")) { errno = ENOSPC; return -1; }
    return next(file, bytes, len, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t len, off64_t at) {
    ssize_t (*next)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
    if (there("DISK_FULL")) { errno = ENOSPC; return -1; }
    return next(file, bytes, len, at);
}
