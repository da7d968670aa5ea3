// attendance 考勤: roll calls, leave, absence streaks. See README.md.
#include "attendance/endpoints/service.h"
#include "host/host.h"

int main(int argc, char** argv) { return host::Run(argc, argv, attendance::ServiceDefinition()); }
