#include "cli/cli.h"

int main(int argc, char** argv) { return vedette::RunCommandLine(argc, argv); }
