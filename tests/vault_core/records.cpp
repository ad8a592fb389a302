#include "regions/vault/records.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "regions/vault/head.hpp"
#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;
using changes = std::vector<regions::record_change>;

bool is_corrupt(const test_vault& vault, const changes& records) {
  const auto loaded = regions::load_vault(vault.identity, records);
  return !loaded.ok() && loaded.error().code == crypto::error_code::corrupt;
}

changes without(changes records, std::string_view key) {
  BOOST_REQUIRE(std::erase_if(records, [&](const auto& r) { return r.key == key; }) == 1);
  return records;
}

bool contains(byte_view content, std::string_view text) {
  return as_text(content).find(text) != std::string_view::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(records)

BOOST_AUTO_TEST_CASE(keys_of_records) {
  using protocol::object_kind;
  BOOST_TEST(regions::head_record(object_kind::secret, "db") == "s/db");
  BOOST_TEST(regions::version_record(object_kind::key, "k", "01") == "k/k/01");
}

BOOST_AUTO_TEST_CASE(no_record_shows_what_it_holds) {
  test_vault vault;
  auto request = set("database", "the value");
  std::get<protocol::set_secret>(request.body).tags = protocol::tag_map{{"colour", "green"}};
  vault.send(request);
  for (const auto& record : vault.records()) {
    for (const auto* text : {"the value", "database", "colour", "green", "enabled"}) {
      BOOST_TEST(!contains(*record.value, text));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_value_opens_only_as_what_it_was_sealed_for) {
  test_vault vault;
  vault.send(set("a", "v"));
  const auto& version = *vault.state().secrets.active.at("a").current();
  BOOST_TEST(regions::open_value(*vault.identity, version.record_key, version.value).ok());
  BOOST_TEST(!regions::open_value(*vault.identity, "s/a/00", version.value).ok());
  auto other_vault = *vault.identity;
  other_vault.name = "other";
  BOOST_TEST(!regions::open_value(other_vault, version.record_key, version.value).ok());
  auto other_region = *vault.identity;
  other_region.home_region = "centralus";
  BOOST_TEST(!regions::open_value(other_region, version.record_key, version.value).ok());
  BOOST_TEST(!regions::open_value(*vault.identity, version.record_key, {}).ok());
  const auto records = vault.records();
  const auto& record =
      *std::ranges::find(records, version.record_key, &regions::record_change::key)->value;
  const auto buffer = std::make_shared<const bytes>(record);
  const regions::sealed_part meta{buffer, 4, record.size() - 4 - version.value.size};
  BOOST_TEST(!regions::open_value(*vault.identity, version.record_key, meta).ok());
}

// A vault's memory is mostly what it keeps of each short secret.
BOOST_AUTO_TEST_CASE(of_a_record_only_the_sealed_value_is_kept) {
  test_vault vault;
  vault.send(set("a", "v"));
  const auto& kept = vault.state().secrets.active.at("a").current()->value;
  BOOST_TEST(kept.offset == 0u);
  BOOST_TEST(kept.buffer->size() == kept.size);
  BOOST_TEST(kept.size == 1 + crypto::seal_overhead_bytes);
}

BOOST_AUTO_TEST_CASE(a_record_moved_to_another_key_does_not_load) {
  test_vault vault;
  vault.send(set("a", "one"));
  vault.send(set("b", "two"));
  auto records = vault.records();
  const auto find = [&](std::string_view key) {
    return std::ranges::find(records, key, &regions::record_change::key);
  };
  std::swap(find("s/a")->value, find("s/b")->value);
  BOOST_TEST(is_corrupt(vault, records));
}

BOOST_AUTO_TEST_CASE(names_that_sort_between_a_head_and_its_versions_load) {
  test_vault vault;
  for (const auto* name : {"abc", "abc-d", "abc-", "ab", "abc0", "ABC-D-E"}) {
    vault.send(set(name, name));
    vault.send(create(name, ec_256));
  }
  vault.send(set("abc", "again"));
  auto records = vault.records();
  BOOST_TEST(std::ranges::is_sorted(records, {}, &regions::record_change::key));
  records.insert(records.begin(), {std::string(regions::data_key_record),
                                   std::make_shared<const bytes>(bytes{1, 2, 3})});
  const auto loaded = regions::load_vault(vault.identity, records);
  BOOST_REQUIRE_MESSAGE(loaded.ok(), why(loaded));
  BOOST_TEST(describe(*loaded) == describe(vault.state()));
  // Nor does it matter if they come in no order at all.
  std::ranges::reverse(records);
  BOOST_TEST(describe(*regions::load_vault(vault.identity, records)) == describe(vault.state()));
}

BOOST_AUTO_TEST_CASE(a_version_without_head_and_a_head_without_version_are_corrupt) {
  test_vault vault;
  const auto first = secret(vault.send(set("db", "one"))).secret->record_key;
  const auto head_of_first = vault.records().front();
  const auto second = secret(vault.send(set("db", "two"))).secret->record_key;
  const auto records = vault.records();
  BOOST_TEST(!is_corrupt(vault, records));
  BOOST_TEST(is_corrupt(vault, without(records, "s/db")));
  BOOST_TEST(is_corrupt(vault, without(records, first)));
  BOOST_TEST(is_corrupt(vault, without(records, second)));
  BOOST_TEST(is_corrupt(vault, without(without(records, first), second)));

  // A head that does not list the second version.
  auto former = without(records, "s/db");
  BOOST_REQUIRE(head_of_first.key == "s/db");
  former.push_back(head_of_first);
  BOOST_TEST(is_corrupt(vault, former));
  BOOST_TEST(!is_corrupt(vault, without(former, second)));
}

// What only a broken service could write: sealed for the right record, and yet of another object.
BOOST_AUTO_TEST_CASE(records_that_contradict_their_keys_are_corrupt) {
  test_vault vault;
  const auto request = set("db", "v");  // the records view into it
  auto records = vault.ask(request).records;
  BOOST_TEST(!is_corrupt(vault, vault.seal(records)));
  const auto original = records.at(1).meta;
  auto head = *regions::read_head(original);
  const auto version = head.versions.at(0);
  head.name = "other";
  records.at(1).meta = regions::write_head(head);
  BOOST_TEST(is_corrupt(vault, vault.seal(records)));
  records.at(1).meta = original;

  auto& meta = records.at(0).meta;
  meta.replace(meta.find(version), version.size(), std::string(version.size(), 'f'));
  BOOST_TEST(is_corrupt(vault, vault.seal(records)));
}

// As a rule a head gains a version; it may lose one as well, or have them in another order.
BOOST_AUTO_TEST_CASE(after_a_change_an_object_has_what_its_head_lists_or_is_corrupt) {
  test_vault vault;
  for (const auto* value : {"one", "two", "three"}) vault.send(set("db", value));
  const auto former = vault.records();
  const auto request = set("db", "four");
  const auto records = vault.ask(request).records;
  const auto head = *regions::read_head(records.at(1).meta);

  using numbers = std::vector<std::size_t>;  // versions in order of creation, from 0 on
  const auto fits = [&](const numbers& listed, const numbers& removed) {
    auto next = head;
    next.versions.clear();
    for (const auto n : listed) next.versions.push_back(head.versions.at(n));
    auto plain = records;
    plain.at(1).meta = regions::write_head(next);
    auto change = vault.seal(plain);
    for (const auto n : removed) {
      change.push_back(
          {regions::version_record(protocol::object_kind::secret, "db", head.versions.at(n)),
           nullptr});
    }
    auto state = regions::load_vault(vault.identity, former);
    BOOST_REQUIRE_MESSAGE(state.ok(), why(state));
    if (!regions::apply_replicated(*state, change).ok()) return false;
    std::vector<std::string> versions;
    for (const auto& v : state->secrets.active.at("db").versions) {
      versions.push_back(v->properties.version);
    }
    BOOST_TEST(versions == next.versions, boost::test_tools::per_element());
    return true;
  };
  BOOST_TEST(fits({0, 1, 2, 3}, {}));
  BOOST_TEST(fits({3, 1, 0, 2}, {}));
  BOOST_TEST(fits({0, 2, 3}, {1}));
  BOOST_TEST(fits({3}, {0, 1, 2}));
  BOOST_TEST(!fits({0, 2, 3}, {}));
  BOOST_TEST(!fits({0, 1, 2}, {}));
  BOOST_TEST(!fits({0, 1, 2, 3}, {1}));
  BOOST_TEST(!fits({0, 1, 1, 2, 3}, {}));
  BOOST_TEST(!fits({0, 1, 1, 3}, {}));
  BOOST_TEST(!fits({0, 1, 2, 3, 3}, {}));
}

BOOST_AUTO_TEST_CASE(a_version_alone_changes_nothing_else_of_its_object) {
  test_vault vault;
  vault.send(set("db", "one"));
  const auto version = vault.last_batch().at(0);
  vault.send(ask_for(id::secret_delete, "db"));
  const auto before = describe(vault.state());
  BOOST_TEST(vault.apply({version}).ok());
  BOOST_TEST(describe(vault.state()) == before);
}

BOOST_AUTO_TEST_CASE(broken_records_are_corrupt_and_no_crash) {
  test_vault vault;
  vault.send(set("db", "one"));
  const auto records = vault.records();
  for (std::size_t r = 0; r < records.size(); ++r) {
    const auto& whole = *records[r].value;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      // A version may be cut after its value only if it has none, which no version lacks.
      auto cut = records;
      cut[r].value = std::make_shared<const bytes>(whole.begin(), whole.begin() + size);
      const auto loaded = regions::load_vault(vault.identity, cut);
      if (loaded.ok()) {
        const auto& version = *loaded->secrets.active.at("db").current();
        BOOST_TEST(!regions::open_value(*vault.identity, version.record_key, version.value).ok());
      }
    }
    for (std::size_t i = 0; i < whole.size(); ++i) {
      auto changed = records;
      auto content = whole;
      content[i] ^= 0x40;
      changed[r].value = std::make_shared<const bytes>(std::move(content));
      const auto loaded = regions::load_vault(vault.identity, changed);
      if (loaded.ok()) {
        const auto& version = *loaded->secrets.active.at("db").current();
        BOOST_TEST(!regions::open_value(*vault.identity, version.record_key, version.value).ok());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(records_of_no_known_kind_are_corrupt) {
  test_vault vault;
  BOOST_TEST(is_corrupt(vault, {{"x/db", std::make_shared<const bytes>()}}));
  BOOST_TEST(is_corrupt(vault, {{"", std::make_shared<const bytes>()}}));
}

BOOST_AUTO_TEST_CASE(a_removal_of_what_is_not_there_is_harmless) {
  test_vault vault;
  vault.send(set("db", "one"));
  const auto before = describe(vault.state());
  BOOST_TEST(
      vault.apply({{"s/other", nullptr}, {"s/other/01", nullptr}, {"k/k/01", nullptr}}).ok());
  BOOST_TEST(describe(vault.state()) == before);
}

BOOST_AUTO_TEST_CASE(an_applied_batch_keeps_what_it_does_not_name) {
  test_vault vault;
  vault.send(set("a", "one"));
  vault.send(set("b", "one"));
  const auto a = vault.state().secrets.active.at("a").current();
  const auto b = vault.state().secrets.active.at("b").current();
  vault.send(set("a", "two"));
  // The very same versions, not opened and parsed once more.
  BOOST_TEST((vault.state().secrets.active.at("a").versions.front() == a));
  BOOST_TEST((vault.state().secrets.active.at("b").current() == b));
}

BOOST_AUTO_TEST_CASE(what_the_primary_did_applies_at_the_secondary) {
  test_vault primary;
  auto secondary = *regions::load_vault(primary.identity, {});
  const auto follow = [&](const protocol::request& request) {
    primary.send(request);
    BOOST_TEST(regions::apply_replicated(secondary, primary.last_batch()).ok());
    BOOST_TEST(describe(secondary) == describe(primary.state()));
  };
  follow(set("a", "one"));
  follow(set("A", "two"));
  follow(update("a", "", {false, {}, {}, {}}));
  follow(ask_for(id::secret_delete, "a"));
  follow(ask_for(id::secret_recover, "a"));
  follow(ask_for(id::secret_delete, "a"));
  follow(ask_for(id::secret_purge, "a"));
  follow(create("a", ec_256));
}

BOOST_AUTO_TEST_CASE(the_data_key_comes_back_only_for_its_vault) {
  seeded_random random(3);
  const crypto::keyring keyring(crypto::data_key::generate(random));
  const auto key = crypto::data_key::generate(random);
  const auto record = regions::make_data_key_record(key, "eastus2", "demo", keyring, random);
  BOOST_TEST(record.key == "!key");
  const auto back = regions::read_data_key_record(record, "eastus2", "demo", keyring);
  BOOST_REQUIRE(back.ok());
  BOOST_TEST(crypto::equal_in_constant_time(back->view(), key.view()));

  BOOST_TEST(!regions::read_data_key_record(record, "eastus2", "other", keyring).ok());
  BOOST_TEST(!regions::read_data_key_record(record, "westus", "demo", keyring).ok());
  const crypto::keyring other(crypto::data_key::generate(random));
  BOOST_TEST(!regions::read_data_key_record(record, "eastus2", "demo", other).ok());
  BOOST_TEST(
      !regions::read_data_key_record({"s/a", record.value}, "eastus2", "demo", keyring).ok());
  BOOST_TEST(!regions::read_data_key_record({"!key", nullptr}, "eastus2", "demo", keyring).ok());
}

BOOST_AUTO_TEST_CASE(a_head_of_a_later_version_is_readable) {
  const auto read = regions::read_head(
      R"({"name":"Db","versions":["01","02"],"request":"r","deleted":5,"purge":6,"new":{"x":[1]}})");
  BOOST_REQUIRE(read.ok());
  BOOST_TEST(read->name == "Db");
  BOOST_TEST(read->versions.back() == "02");
  BOOST_TEST(read->deleted->scheduled_purge_date == 6);
  BOOST_TEST(regions::read_head(regions::write_head(*read))->last_request == "r");
}

BOOST_AUTO_TEST_CASE(a_head_that_lacks_something_is_corrupt) {
  for (const auto* text : {"", "[]", "{}", R"({"name":"a"})", R"({"name":"a","versions":[]})",
                           R"({"name":"a","versions":[1]})", R"({"name":1,"versions":["01"]})",
                           R"({"name":"a","versions":["01"],"deleted":5})",
                           R"({"name":"a","versions":["01"],"deleted":"x","purge":1})"}) {
    BOOST_TEST_INFO(text);
    const auto read = regions::read_head(text);
    BOOST_REQUIRE(!read.ok());
    BOOST_TEST((read.error().code == crypto::error_code::corrupt));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
