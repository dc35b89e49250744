/* Lets every flush of a disk take longer by SLOW_FLUSH_US microseconds, so that what is measured on
   a disk with a fast cache can be set beside figures of an ordinary one. For LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static int slowly(const char *name, int file)
{
    const char *longer = getenv("SLOW_FLUSH_US");
    struct timespec wait = {0, (longer ? atol(longer) : 0) * 1000};
    int done = ((int (*)(int))dlsym(RTLD_NEXT, name))(file);
    nanosleep(&wait, NULL);
    return done;
}

int fsync(int file) { return slowly("fsync", file); }
int fdatasync(int file) { return slowly("fdatasync", file); }
