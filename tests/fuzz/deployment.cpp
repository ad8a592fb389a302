#include "fuzz.hpp"
#include "regions/topology.hpp"

using namespace twinkeep;

// A configuration file.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = regions::read_deployment(as_text({data, size}), "file");
  fuzz::require(read.ok() || read.error().message.starts_with("file"));
  return 0;
}
