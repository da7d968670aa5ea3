// registry 学籍: students, schools, classes, enrolment changes, the lists of other departments.
#include "host/host.h"
#include "registry/endpoints/service.h"

int main(int argc, char** argv) { return host::Run(argc, argv, registry::ServiceDefinition()); }
