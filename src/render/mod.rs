//! Domain → bytes. Pure; templates are compiled in.
