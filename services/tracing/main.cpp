// tracing 协查: letters between counties that cannot be lost, doubled or denied.
#include "host/host.h"
#include "tracing/endpoints/service.h"

int main(int argc, char** argv) { return host::Run(argc, argv, tracing::TracingDefinition()); }
