// A shared library that exports something else.
extern "C" __attribute__((visibility("default"))) int something_else() { return 1; }
