// The fake service of probe.h as a program.
#include "integration/host/probe.h"

int main(int argc, char** argv) { return host::Run(argc, argv, probe::Registry()); }
