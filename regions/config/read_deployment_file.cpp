#include <fstream>
#include <sstream>

#include "regions/topology.hpp"

namespace twinkeep::regions {

result<deployment, config_error> read_deployment_file(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::stringstream text;
  text << in.rdbuf();
  if (!in) return failure{config_error{file.string() + ": cannot be read"}};
  return read_deployment(text.str(), file.string());
}

}  // namespace twinkeep::regions
