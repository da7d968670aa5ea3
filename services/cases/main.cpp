// cases 个案: the ledger of suspected and confirmed dropouts, and the ladder they climb.
#include "cases/endpoints/service.h"
#include "host/host.h"

int main(int argc, char** argv) { return host::Run(argc, argv, cases::CasesDefinition()); }
