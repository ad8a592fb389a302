// The catalog against a copy of the facts that it was made from (tests/data/regions.csv).
#include "regions/catalog.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace twinkeep::regions::tests {

namespace {

using row = std::vector<std::string>;

std::map<std::string, row> read_facts() {
  std::ifstream file{TWINKEEP_TEST_DATA "/regions.csv"};
  BOOST_REQUIRE_MESSAGE(file.is_open(), "tests/data/regions.csv is missing");
  std::map<std::string, row> rows;
  std::string line;
  std::getline(file, line);
  BOOST_TEST(line ==
             "name,display_name,geography,paired_region,availability_zones,replication,failover,"
             "source");
  while (std::getline(file, line)) {
    row fields;
    std::istringstream cut{line};
    for (std::string field; std::getline(cut, field, ',');) fields.push_back(field);
    BOOST_REQUIRE_MESSAGE(fields.size() == 8, line);
    BOOST_TEST(rows.emplace(fields[0], fields).second, "twice: " << fields[0]);
  }
  return rows;
}

std::string pair_of(std::string_view region) {
  const auto* facts = find_region(region);
  BOOST_REQUIRE_MESSAGE(facts != nullptr, region);
  return std::string{facts->pair};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(catalog)

BOOST_AUTO_TEST_CASE(every_row_is_as_documented) {
  const auto documented = read_facts();
  BOOST_TEST(documented.size() == 71u);
  BOOST_TEST(region_catalog().size() == documented.size());
  for (const auto& facts : region_catalog()) {
    const auto it = documented.find(std::string{facts.name});
    BOOST_REQUIRE_MESSAGE(it != documented.end(), facts.name << " is not documented");
    const row found{std::string{facts.name},
                    std::string{facts.display_name},
                    std::string{facts.geography},
                    std::string{facts.pair},
                    std::to_string(facts.availability_zones),
                    facts.geo_replicated ? "geo" : "zone",
                    facts.fails_over ? "yes" : "no",
                    it->second[7]};
    BOOST_TEST(found == it->second, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_region_is_found_by_its_exact_name) {
  for (const auto& facts : region_catalog()) BOOST_TEST(find_region(facts.name) == &facts);
  for (const auto* name : {"", "eastus22", "EastUS2", "a", "zz", "East US 2"}) {
    BOOST_TEST(find_region(name) == nullptr, name);
  }
}

BOOST_AUTO_TEST_CASE(pairs_are_mutual_but_for_the_documented_ones) {
  const std::map<std::string, std::string> one_way{{"brazilsouth", "southcentralus"},
                                                   {"brazilsoutheast", "brazilsouth"},
                                                   {"westindia", "southindia"},
                                                   {"indiasouthcentral", "centralindia"},
                                                   {"westus3", "eastus"},
                                                   {"usgovarizona", "usgovtexas"}};
  std::map<std::string, std::string> found;
  for (const auto& facts : region_catalog()) {
    if (facts.pair.empty()) continue;
    if (pair_of(facts.pair) != facts.name) found.emplace(facts.name, facts.pair);
  }
  BOOST_TEST((found == one_way));
}

BOOST_AUTO_TEST_CASE(a_pair_shares_its_geography_but_for_brazil_south) {
  for (const auto& facts : region_catalog()) {
    if (facts.pair.empty()) continue;
    const bool shared = find_region(facts.pair)->geography == facts.geography;
    BOOST_TEST(shared == (facts.name != "brazilsouth"), facts.name);
  }
}

BOOST_AUTO_TEST_CASE(three_paired_regions_do_not_fail_over) {
  std::vector<std::string_view> staying;
  for (const auto& facts : region_catalog()) {
    if (!facts.pair.empty() && !facts.fails_over) staying.push_back(facts.name);
  }
  const std::vector<std::string_view> documented{"brazilsouth", "brazilsoutheast", "westus3"};
  BOOST_TEST(staying == documented, boost::test_tools::per_element());
  BOOST_TEST(!find_region("brazilsouth")->geo_replicated);
  BOOST_TEST(!find_region("westus3")->geo_replicated);
  BOOST_TEST(find_region("brazilsoutheast")->geo_replicated);
}

BOOST_AUTO_TEST_CASE(a_region_without_a_pair_has_zones_and_is_not_copied) {
  for (const auto& facts : region_catalog()) {
    if (!facts.pair.empty()) continue;
    BOOST_TEST(facts.availability_zones == 3u, facts.name);
    BOOST_TEST((!facts.geo_replicated && !facts.fails_over), facts.name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
