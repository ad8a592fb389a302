#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>

namespace twinkeep::cli {

// `twinkeep hsm status` and `twinkeep hsm provision`. PINs come from files and the environment and
// never from the command line, which every user of the machine can read.
class hsm_command {
 public:
  explicit hsm_command(CLI::App& app);
  [[nodiscard]] bool parsed() const { return hsm_->parsed(); }
  // Whether all is well, after printing; what cannot be begun is an error's text.
  [[nodiscard]] int run() const;

 private:
  CLI::App* hsm_;
  CLI::App* status_;
  CLI::App* provision_;
  std::string config_, region_, so_pin_file_, so_pin_variable_;
  unsigned zone_ = 0;
  bool new_world_ = false;
};

}  // namespace twinkeep::cli
