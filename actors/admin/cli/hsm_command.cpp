#include "actors/admin/cli/hsm_command.hpp"

#include <iostream>

#include "actors/admin/cli/hsm_provision.hpp"

namespace twinkeep::cli {

namespace {

result<regions::deployment, std::string> read_config(const std::string& name) {
  auto read = regions::read_deployment_file(name);
  if (!read) return failure{read.error().message};
  if (read->hsms.empty()) return failure{name + ": names no HSMs ([[hsm]])"};
  return *std::move(read);
}

int complain(const std::string& message) {
  std::cerr << "twinkeep: " << message << '\n';
  return EXIT_FAILURE;
}

int print(const hsm_report& report) {
  std::cout << report.text << std::flush;
  return report.is_well ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

hsm_command::hsm_command(CLI::App& app)
    : hsm_(app.add_subcommand("hsm", "Tokens and their security worlds, without the service")),
      status_(hsm_->add_subcommand("status", "The configuration's tokens, and what they lack")),
      provision_(hsm_->add_subcommand("provision",
                                      "Take tokens into the security world of their geography")) {
  hsm_->require_subcommand(1);
  for (auto* const command : {status_, provision_}) {
    command->add_option("--config", config_, "The service's configuration")->required();
  }
  provision_->add_option("--region", region_, "Only this region's tokens");
  provision_->add_option("--zone", zone_, "Only this zone's token");
  auto* const file = provision_->add_option(
      "--so-pin-file", so_pin_file_,
      "A file whose first line is the PIN of the security officer of a token that belongs to the "
      "world already: he lets others join");
  provision_
      ->add_option("--so-pin-env", so_pin_variable_, "The environment variable that has that PIN")
      ->excludes(file);
  provision_->add_flag("--new-world", new_world_,
                       "Make a world although not every token of the geography can be looked at");
}

int hsm_command::run() const {
  const auto deployment = read_config(config_);
  if (!deployment) return complain(deployment.error());
  if (status_->parsed()) return print(show_hsms(look_at_hsms(*deployment)));
  provision_request request{region_, zone_, {}, new_world_};
  if (!so_pin_file_.empty() || !so_pin_variable_.empty()) {
    auto pin = crypto::read_hsm_pin(so_pin_file_, so_pin_variable_);
    if (!pin) return complain(pin.error().message);
    request.officers_pin = *std::move(pin);
  }
  return print(provision_hsms(*deployment, request));
}

}  // namespace twinkeep::cli
