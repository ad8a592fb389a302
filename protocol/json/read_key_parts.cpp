#include <algorithm>

#include "protocol/join.hpp"
#include "protocol/json/read_parts.hpp"
#include "protocol/messages.hpp"

namespace twinkeep::protocol::json {

outcome<void> read_key_ops(reader& in, reader::value& v,
                           std::optional<std::vector<key_operation>>& out, std::string_view name) {
  std::vector<key_operation> ops;
  const auto of_item = join({name, "[]"});
  auto done = in.array(v, name, [&](reader::value& item) -> outcome<void> {
    auto given = in.string(item, of_item);
    if (!given) return failure{std::move(given).error()};
    const auto op = find_key_operation(*given);
    if (!op) {
      // Azure's literal text for a model violation (CONTRACT 5.5), and then what would help.
      auto refused = invalid_property();
      refused.message += join({"Member '", name, "' holds ", quoted(*given),
                               "; accepted are encrypt, decrypt, sign, verify, wrapKey, ",
                               "unwrapKey, import and export."});
      return failure{std::move(refused)};
    }
    // Once is enough: a set, in the order in which it was given.
    if (std::ranges::find(ops, *op) == ops.end()) ops.push_back(*op);
    return {};
  });
  if (done) out = std::move(ops);
  return done;
}

// Only its form: whether a key may have one, and which, is the vault's to say (CONTRACT 5.5).
outcome<void> read_release_policy(reader& in, reader::value& v,
                                  std::optional<release_policy>& out) {
  release_policy policy;
  std::optional<bytes> data;
  std::optional<std::string> content_type;
  const auto member = [&](std::string_view name, reader::value& m) -> outcome<void> {
    if (name == "data") return read_bytes(in, m, "release_policy.data", data);
    if (name == "immutable") {
      return assign(in.boolean(m, "release_policy.immutable"), policy.immutable);
    }
    if (name == "contentType") {
      return read_text(in, m, "release_policy.contentType", content_type, max_content_type_chars);
    }
    return in.ignore(m);
  };
  auto done = in.object(v, "release_policy", member);
  if (!done) return done;
  if (data) policy.data = *std::move(data);
  if (content_type) policy.content_type = *std::move(content_type);
  out = std::move(policy);
  return {};
}

outcome<key_kind> key_kind_named(std::string_view name, std::string_view given) {
  if (const auto kind = find_key_kind(given)) return *kind;
  return failure{bad_parameter(join(
      {"Member '", name, "' is ", quoted(given),
       ", which is no type of key. Accepted are RSA, RSA-HSM, EC, EC-HSM, oct and oct-HSM."}))};
}

outcome<crypto::curve> curve_named(std::string_view name, std::string_view given) {
  if (const auto crv = crypto::find_curve(given)) return *crv;
  return failure{not_accepted(name, given, {"P-256", "P-256K", "P-384", "P-521"})};
}

}  // namespace twinkeep::protocol::json
