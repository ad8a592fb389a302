// The configuration's part of the audit log.
#include <boost/test/unit_test.hpp>

#include "regions/topology.hpp"

namespace twinkeep::regions::tests {

namespace {

result<deployment, config_error> read_audit_part(std::string_view settings) {
  return read_deployment("[audit]\n" + std::string{settings}, "twinkeep.toml");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_audit)

BOOST_AUTO_TEST_CASE(there_is_a_log_unless_it_is_switched_off) {
  const auto d = default_deployment();
  BOOST_TEST((d.audit.to == audit_target::file));
  BOOST_TEST(d.audit.file.empty());
  BOOST_TEST(!d.audit.required);
  const auto off = read_audit_part("to = \"none\"");
  BOOST_REQUIRE(off.ok());
  BOOST_TEST((off->audit.to == audit_target::none));
}

BOOST_AUTO_TEST_CASE(every_setting_is_read) {
  const auto d = read_audit_part(
      "to = \"file\"\nfile = \"/var/log/kv.json\"\nrotate_mb = 7\nkeep = 9\nrequired = true");
  BOOST_REQUIRE(d.ok());
  BOOST_TEST(d->audit.file == "/var/log/kv.json");
  BOOST_TEST(d->audit.rotate_mb == 7u);
  BOOST_TEST(d->audit.keep == 9u);
  BOOST_TEST(d->audit.required);
  const auto out = read_audit_part("to = \"stdout\"\nrequired = true");
  BOOST_REQUIRE(out.ok());
  BOOST_TEST((out->audit.to == audit_target::standard_output));
}

BOOST_AUTO_TEST_CASE(mistakes_are_told_with_line_and_key) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"to = \"syslog\"", "twinkeep.toml:2: audit.to: expected \"file\", \"stdout\" or \"none\""},
      {"file = \"\"", "twinkeep.toml:2: audit.file: expected a path"},
      {"rotate_mb = 0", "twinkeep.toml:2: audit.rotate_mb: "},
      {"keep = 0", "twinkeep.toml:2: audit.keep: "},
      {"required = \"yes\"", "twinkeep.toml:2: audit.required: "},
      {"rotate_md = 1", "twinkeep.toml:2: audit.rotate_md: "},
      {"to = \"stdout\"\nfile = \"x\"", "twinkeep.toml:3: audit.file: expected to = \"file\""},
      {"to = \"none\"\nrequired = true", "twinkeep.toml:3: audit.required: expected false"}};
  for (const auto& [settings, start] : mistakes) {
    const auto d = read_audit_part(settings);
    BOOST_TEST(!d.ok(), settings);
    if (!d.ok()) BOOST_TEST(d.error().message.starts_with(start), d.error().message);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
