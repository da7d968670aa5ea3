// Only there so that the precompiled headers have a target (see cmake/modules.cmake).
int main() { return 0; }
