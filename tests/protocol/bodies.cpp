#include "bodies.hpp"

#include <vector>

// read_body as a whole: JSON, limits, and every shape of a request about secrets.
namespace twinkeep::protocol::json {

using test::has;
using test::must_read;
using test::read;
using test::said;

namespace {

using enum operation_id;

std::vector<operation_id> all_with_body() {
  std::vector<operation_id> all;
  for (const auto& row : operations()) {
    if (row.has_body && row.shape != shape::restore) all.push_back(row.id);
  }
  return all;
}
const auto with_body = all_with_body();

set_secret must_set(std::string_view body) {
  return must_read<set_secret>(secret_set, body);
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string nested(std::string_view open, std::string_view inner, std::string_view close,
                   std::size_t times) {
  return R"({"value":"v","x":)" + repeated(open, times) + std::string(inner) +
         repeated(close, times) + '}';
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bodies_as_json)

BOOST_AUTO_TEST_CASE(what_is_not_json_is_refused_for_every_operation) {
  for (const std::string_view text : {"",
                                      " ",
                                      "\xEF\xBB\xBF",
                                      "{",
                                      "}",
                                      "{\"a\"",
                                      "{\"a\":",
                                      "{\"a\":1",
                                      "{\"a\":1,",
                                      "{,}",
                                      "{\"a\":1,}",
                                      "{\"a\":}",
                                      "{\"a\" 1}",
                                      "{\"a\":1 \"b\":2}",
                                      "{a:1}",
                                      "{'a':1}",
                                      "{1:1}",
                                      "{\"a\":tru}",
                                      "{\"a\":truex}",
                                      "{\"a\":nul}",
                                      "{\"a\":nullx}",
                                      "{\"a\":True}",
                                      "{\"a\":[1,]}",
                                      "{\"a\":[1 2]}",
                                      "{\"a\":[}",
                                      "{\"a\":[1}",
                                      "{\"a\":{]}",
                                      "{\"a\":-}",
                                      "{\"a\":01}",
                                      "{\"a\":+1}",
                                      "{\"a\":.5}",
                                      "{\"a\":1.}",
                                      "{\"a\":1e}",
                                      "{\"a\":0x1}",
                                      "{\"a\":NaN}",
                                      "{\"a\":1x}",
                                      "{\"a\":\"}",
                                      "{\"a\":\"\\x\"}",
                                      "{\"a\":\"\\u12\"}",
                                      "{\"a\":\"\\ud800\"}",
                                      "{\"a\":\"\n\"}",
                                      "{\"a\":\"\xFF\"}",
                                      "{\"\xFF\":1}",
                                      "{\"\\ud800\":1}",
                                      "{} x",
                                      "{}{}",
                                      "{}}",
                                      "{}]",
                                      "{},",
                                      "{}\xEF\xBB\xBF",
                                      "{}//",
                                      "{\"a\":1}/**/"}) {
    for (const auto operation : with_body) {
      const auto answer = said(read(operation, text));
      BOOST_TEST(answer.starts_with("BadParameter: The request body "),
                 answer << " for " << text << " of " << row_of(operation).name);
    }
  }
  const std::string_view with_nul("{\"a\":1}\0", 8);
  BOOST_TEST(!read(secret_update, with_nul).ok());
}

BOOST_AUTO_TEST_CASE(what_is_no_object_is_refused) {
  for (const std::string_view text : {"[]", "[{}]", "null", "true", "1", "\"value\""}) {
    for (const auto operation : with_body) {
      const auto answer = said(read(operation, text));
      BOOST_TEST(answer.starts_with("BadParameter: The request body "), answer << " for " << text);
    }
  }
}

BOOST_AUTO_TEST_CASE(messages_do_not_quote_a_value) {
  const auto answer = said(read(secret_set, R"({"value":"hunter2)"));
  BOOST_TEST(!has(answer, "hunter2"), answer);
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_and_blanks_are_tolerated) {
  const auto body = must_set("\xEF\xBB\xBF \r\n\t{ \"value\" :\t\"v\" } \n");
  BOOST_TEST(test::text_of(body.value) == "v");
  BOOST_TEST(!read(secret_set, "\xEF\xBB\xBF\xEF\xBB\xBF{\"value\":\"v\"}").ok());
}

BOOST_AUTO_TEST_CASE(unknown_members_are_ignored_but_looked_at) {
  const auto body = must_set(
      R"({"id":"x","kid":1,"a":{"value":"no","b":[1,-2.5e3,"s",true,null,{}]},"value":"v",)"
      R"("attributes":{"created":"x","recoveryLevel":[],"exportable":"?"},"Value":1})");
  BOOST_TEST(test::text_of(body.value) == "v");
  BOOST_TEST(!body.tags);
  for (const auto* junk : {"{\"b\":}", "[1,,2]", "\"\\q\"", "1e", "tru", "nulll", "{\"\\q\":1}"}) {
    const auto text = R"({"value":"v","x":)" + std::string(junk) + '}';
    BOOST_TEST(!read(secret_set, text).ok(), text);
  }
}

BOOST_AUTO_TEST_CASE(null_is_absent) {
  const auto body = must_set(R"({"value":"v","contentType":null,"tags":null,)"
                             R"("attributes":{"enabled":null,"nbf":null,"exp":null}})");
  BOOST_TEST(!body.content_type);
  BOOST_TEST(!body.tags);
  BOOST_TEST(!body.attributes.enabled);
  BOOST_TEST(!body.attributes.not_before);
  BOOST_TEST(!body.attributes.expires);
  BOOST_TEST(read(secret_update, R"({"attributes":null})").ok());
  BOOST_TEST(read(key_update, R"({"key_ops":null,"tags":null,"release_policy":null})").ok());
}

BOOST_AUTO_TEST_CASE(nesting_ends_at_32_levels) {
  BOOST_TEST(read(secret_set, nested("[", "1", "]", 31)).ok());
  BOOST_TEST(read(secret_set, nested("{\"a\":", "1", "}", 31)).ok());
  const std::string refusal = "BadParameter: The request body is nested deeper than 32 levels.";
  BOOST_TEST(said(read(secret_set, nested("[", "1", "]", 32))) == refusal);
  BOOST_TEST(said(read(secret_set, nested("{\"a\":", "1", "}", 32))) == refusal);
  BOOST_TEST(said(read(secret_set, nested("[", "", "]", 200'000))) == refusal);
  BOOST_TEST(said(read(secret_set, nested("{\"a\":[", "", "]}", 50'000))) == refusal);
  // Depth, not number: many siblings are fine.
  BOOST_TEST(read(secret_set, R"({"value":"v","x":[)" + repeated("[],{},", 5000) + "1]}").ok());
  // The text may be cut off within the depths as well.
  BOOST_TEST(!read(secret_set, R"({"x":)" + repeated("[", 1000)).ok());
}

BOOST_AUTO_TEST_CASE(a_body_has_a_megabyte_at_most) {
  const std::string start = R"({"value":"v","x":")";
  const auto filled = [&](std::size_t size) {
    return start + std::string(size - start.size() - 2, 'x') + "\"}";
  };
  BOOST_TEST(read(secret_set, filled(1u << 20)).ok());
  const auto large = filled((1u << 20) + 1);
  for (const auto operation : with_body) {
    BOOST_TEST(said(read(operation, large)) ==
               "RequestEntityTooLarge: The request body has 1048577 bytes, allowed are 1048576.");
  }
}

BOOST_AUTO_TEST_CASE(operations_without_a_body_ignore_what_is_sent) {
  for (const auto& row : operations()) {
    if (std::ranges::find(with_body, row.id) != with_body.end()) continue;
    for (const std::string_view text : {"", "{", "null", "{\"value\":1}"}) {
      const auto done = read(row.id, text);
      BOOST_TEST_REQUIRE(done.ok(), row.name);
      BOOST_TEST(std::holds_alternative<std::monostate>(*done), row.name);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bodies_of_secrets)

BOOST_AUTO_TEST_CASE(every_member_is_read) {
  const auto body = must_set(R"({"value":"s3","contentType":"text/plain","tags":{"a":"b","":""},)"
                             R"("attributes":{"enabled":false,"nbf":1,"exp":1900000000}})");
  BOOST_TEST(test::text_of(body.value) == "s3");
  BOOST_TEST(body.content_type.value() == "text/plain");
  BOOST_TEST((body.tags.value() == tag_map{{"a", "b"}, {"", ""}}));
  BOOST_TEST(body.attributes.enabled.value() == false);
  BOOST_TEST(body.attributes.not_before.value() == 1);
  BOOST_TEST(body.attributes.expires.value() == 1'900'000'000);
}

BOOST_AUTO_TEST_CASE(the_value_is_required_and_may_be_empty) {
  const std::string refusal = "BadParameter: Member 'value' is required.";
  BOOST_TEST(said(read(secret_set, "{}")) == refusal);
  BOOST_TEST(said(read(secret_set, R"({"value":null})")) == refusal);
  BOOST_TEST(said(read(secret_set, R"({"Value":"v"})")) == refusal);
  BOOST_TEST(must_set(R"({"value":""})").value.empty());
  for (const auto* wrong : {"1", "true", "[]", "{}"}) {
    BOOST_TEST(said(read(secret_set, R"({"value":)" + std::string(wrong) + '}')) ==
               "BadParameter: Member 'value' must be a string.");
  }
}

BOOST_AUTO_TEST_CASE(any_text_is_a_value) {
  const auto body = must_set(R"({"value":"\u0000\u001f\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00 é😀"})");
  const std::string expected =
      std::string("\0\x1f", 2) + "\"\\/\b\f\n\r\t\xC3\xA9\xF0\x9F\x98\x80 \xC3\xA9\xF0\x9F\x98\x80";
  BOOST_TEST(test::text_of(body.value) == expected);
}

BOOST_AUTO_TEST_CASE(a_value_has_25600_bytes_at_most) {
  const auto set = [](const std::string& value) {
    return read(secret_set, R"({"value":")" + value + "\"}");
  };
  BOOST_TEST(set(std::string(25'600, 'x')).ok());
  BOOST_TEST(said(set(std::string(25'601, 'x'))) ==
             "BadParameter: Member 'value' has 25601 bytes, allowed are 25600.");
  // Bytes of the text that is meant, not of its escapes, and not characters.
  BOOST_TEST(set(repeated("\\u0041", 25'600)).ok());
  BOOST_TEST(set(repeated("\xC3\xA9", 12'800)).ok());
  BOOST_TEST(!set(repeated("\xC3\xA9", 12'801)).ok());
}

BOOST_AUTO_TEST_CASE(the_last_of_two_members_counts) {
  BOOST_TEST(test::text_of(must_set(R"({"value":"a","value":"b"})").value) == "b");
  BOOST_TEST((must_set(R"({"value":"a","tags":{"x":"1"},"tags":{"y":"2"}})").tags.value() ==
              tag_map{{"y", "2"}}));
}

BOOST_AUTO_TEST_CASE(names_may_be_escaped) {
  BOOST_TEST(test::text_of(must_set(R"({"v\u0061lue":"a"})").value) == "a");
}

BOOST_AUTO_TEST_CASE(dates_are_integers_negative_ones_too) {
  const auto dated = [](std::string_view date) {
    return read(secret_update, R"({"attributes":{"exp":)" + std::string(date) + "}}");
  };
  // What the JS SDK makes of the year 2040.
  const auto body =
      must_read<update_secret>(secret_update, R"({"attributes":{"exp":-2085978496}})");
  BOOST_TEST(body.attributes.expires.value() == -2'085'978'496);
  BOOST_TEST(dated("9223372036854775807").ok());
  BOOST_TEST(dated("-9223372036854775808").ok());
  for (const auto* wrong : {"1.5", "1e3", "9223372036854775808", "-9223372036854775809", "\"1\"",
                            "true", "[]", "{}", "1.0"}) {
    BOOST_TEST(said(dated(wrong)) ==
                   "BadParameter: Member 'attributes.exp' must be an integer of 64 bits.",
               wrong);
  }
  BOOST_TEST(said(read(secret_update, R"({"attributes":{"nbf":"1"}})")) ==
             "BadParameter: Member 'attributes.nbf' must be an integer of 64 bits.");
  BOOST_TEST(said(read(secret_update, R"({"attributes":{"enabled":1}})")) ==
             "BadParameter: Member 'attributes.enabled' must be true or false.");
  BOOST_TEST(said(read(secret_update, R"({"attributes":[]})")) ==
             "BadParameter: Member 'attributes' must be an object.");
}

BOOST_AUTO_TEST_CASE(a_content_type_has_255_characters_at_most) {
  const auto typed = [](const std::string& text) {
    return read(secret_update, R"({"contentType":")" + text + "\"}");
  };
  BOOST_TEST(typed(std::string(255, 'x')).ok());
  BOOST_TEST(typed(repeated("\xC3\xA9", 255)).ok());
  BOOST_TEST(said(typed(std::string(256, 'x'))) ==
             "BadParameter: Member 'contentType' has 256 characters, allowed are 255.");
  // Beyond the basic plane a character counts twice, as in .NET.
  BOOST_TEST(typed(repeated("\xF0\x9F\x98\x80", 127)).ok());
  BOOST_TEST(!typed(repeated("\xF0\x9F\x98\x80", 128)).ok());
  BOOST_TEST(said(read(secret_update, R"({"contentType":1})")) ==
             "BadParameter: Member 'contentType' must be a string.");
}

BOOST_AUTO_TEST_CASE(tags_have_limits) {
  const auto many = [](std::size_t count) {
    std::string tags;
    for (std::size_t i = 0; i < count; ++i) {
      tags += (i == 0 ? "\"t" : ",\"t") + std::to_string(i) + "\":\"v\"";
    }
    return read(secret_update, R"({"tags":{)" + tags + "}}");
  };
  const auto one = [](std::size_t name, std::size_t value) {
    return read(secret_update, R"({"tags":{")" + std::string(name, 'n') + R"(":")" +
                                   std::string(value, 'v') + R"("}})");
  };
  BOOST_TEST(many(15).ok());
  BOOST_TEST(said(many(16)) == "BadParameter: Member 'tags' has more than 15 tags.");
  BOOST_TEST(one(512, 512).ok());
  BOOST_TEST(has(said(one(513, 1)), "The name of a tag has 513 characters, allowed are 512."));
  BOOST_TEST(has(said(one(1, 513)), "The value of a tag has 513 characters, allowed are 512."));
  BOOST_TEST(has(said(read(secret_update, R"({"tags":{"a":1}})")), "must be a string"));
  BOOST_TEST(said(read(secret_update, R"({"tags":["a"]})")) ==
             "BadParameter: Member 'tags' must be an object.");
}

BOOST_AUTO_TEST_CASE(an_update_tells_absent_tags_from_none) {
  const auto nothing = must_read<update_secret>(secret_update, "{}");
  BOOST_TEST(!nothing.tags);
  BOOST_TEST(!nothing.content_type);
  const auto cleared = must_read<update_secret>(secret_update, R"({"tags":{},"value":"ignored"})");
  BOOST_TEST_REQUIRE(cleared.tags.has_value());
  BOOST_TEST(cleared.tags->empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bodies_of_restore)

BOOST_AUTO_TEST_CASE(a_blob_is_base64url) {
  const auto blob = [](std::string_view text) { return read_backup_blob(as_bytes(text)); };
  BOOST_TEST((blob(R"({"value":"AAEC_-8"})").value() == bytes{0, 1, 2, 0xFF, 0xEF}));
  BOOST_TEST(said(blob("{}")) == "BadParameter: Member 'value' is required.");
  BOOST_TEST(said(blob(R"({"value":1})")) == "BadParameter: Member 'value' must be a string.");
  for (const auto* wrong : {"A", "AB+/", "A A", "AAF"}) {
    BOOST_TEST(said(blob(R"({"value":")" + std::string(wrong) + "\"}")) ==
                   "BadParameter: Backup blob contains invalid or corrupt version.",
               wrong);
  }
  // An object of many versions makes more than a megabyte.
  BOOST_TEST(blob(R"({"value":")" + std::string(4u << 20, 'A') + "\"}").ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::json
