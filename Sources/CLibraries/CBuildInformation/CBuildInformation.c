#include "CBuildInformation.h"

const char *yeoul_build_commit(void) { return YEOUL_COMMIT; }
