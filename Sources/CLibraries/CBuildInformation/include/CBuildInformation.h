#pragma once

/// The commit that was built, or "unknown".
const char *_Nonnull yeoul_build_commit(void);
