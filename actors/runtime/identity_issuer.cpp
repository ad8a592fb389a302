#include <array>
#include <boost/json.hpp>

#include "actors/runtime/durable_file.hpp"
#include "actors/runtime/identity_parts.hpp"
#include "crypto/barrier.hpp"

namespace twinkeep::actors::identity {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
namespace token = protocol::token;

constexpr std::size_t longest_small_file = 4096;
constexpr std::size_t longest_key_file = 64 * 1024;

constexpr std::string_view new_client =
    "Put it right, or remove it for a new client with a new secret";
constexpr std::string_view new_key =
    "Put it right, or remove it for a new key; tokens signed before then count no more";

bool is_id(std::string_view text) {
  constexpr std::size_t longest = 128;
  return !text.empty() && text.size() <= longest &&
         text.find_first_not_of(
             "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._") ==
             std::string_view::npos;
}

void append(crypto::wiping_bytes& out, std::string_view text) {
  const auto view = as_bytes(text);
  out.insert(out.end(), view.begin(), view.end());
}

// Nothing in it needs escaping: ids and base64url.
crypto::secret_bytes write_client(const built_in_client& client) {
  crypto::wiping_bytes out;
  out.reserve(longest_small_file);
  append(out, "{\n  \"client_id\": \"" + client.client_id + "\",\n");
  append(out, "  \"object_id\": \"" + client.object_id + "\",\n");
  append(out, "  \"client_secret\": \"");
  append(out, as_text(client.client_secret.view()));
  append(out, "\"\n}\n");
  return crypto::secret_bytes{std::move(out)};
}

built_in_client make_client(crypto::random_source& random) {
  constexpr std::size_t secret_size = 32;
  crypto::secret_bytes raw(secret_size);
  random.fill(raw.writable());
  auto encoded = crypto::base64url_encode(raw.view());
  built_in_client client{crypto::random_guid(random), crypto::random_guid(random),
                         crypto::secret_bytes::copy_of(as_bytes(encoded))};
  crypto::wipe(encoded.data(), encoded.size());
  return client;
}

std::string_view text_member(const json::object& members, std::string_view name) {
  const auto* found = members.if_contains(json::string_view{name.data(), name.size()});
  const auto* text = found ? found->if_string() : nullptr;
  return text ? std::string_view{text->data(), text->size()} : std::string_view{};
}

outcome<built_in_client> parse_client(const fs::path& file, byte_view content) {
  // The parser's memory is ours, so that the secret does not stay behind in it.
  constexpr std::size_t room = 8 * longest_small_file;
  crypto::secret_bytes scratch(room);
  crypto::secret_bytes values(room);
  json::monotonic_resource memory(values.writable().data(), room);
  json::parser parser({}, {}, scratch.writable().data(), room);
  parser.reset(&memory);
  boost::system::error_code bad;
  const auto text = as_text(content);
  parser.write(text.data(), text.size(), bad);
  if (bad) return broken(file, "expected JSON, found: " + bad.message(), new_client);
  const auto document = parser.release();
  const auto* members = document.if_object();
  if (members == nullptr) return broken(file, "expected a JSON object", new_client);
  for (const auto* name : {"client_id", "object_id", "client_secret"}) {
    if (!is_id(text_member(*members, name))) {
      return broken(file,
                    std::string{name} + ": expected 1 to 128 of the characters A-Z a-z 0-9 - . _",
                    new_client);
    }
  }
  return built_in_client{
      std::string{text_member(*members, "client_id")},
      std::string{text_member(*members, "object_id")},
      crypto::secret_bytes::copy_of(as_bytes(text_member(*members, "client_secret")))};
}

// The key's file: this line, then sealed: the size of a key set in four octets, the key set with
// the public half, and the material.
constexpr std::string_view intro = "twinkeep issuer key 1\n";
constexpr std::size_t size_octets = 4;
constexpr crypto::record_identity signer_identity{"", "", "issuer.key", "material"};

crypto::secret_bytes pack(std::string_view key_set, byte_view material) {
  crypto::wiping_bytes out;
  out.reserve(size_octets + key_set.size() + material.size());
  for (std::size_t i = 0; i < size_octets; ++i) {
    out.push_back(static_cast<std::uint8_t>(key_set.size() >> (8 * (size_octets - 1 - i))));
  }
  append(out, key_set);
  out.insert(out.end(), material.begin(), material.end());
  return crypto::secret_bytes{std::move(out)};
}

outcome<signing_key> unpack(const fs::path& file, byte_view plain, crypto::key_provider& provider) {
  std::size_t size = 0;
  if (plain.size() >= size_octets) {
    for (const auto octet : plain.first(size_octets)) size = size << 8 | octet;
    plain = plain.subspan(size_octets);
  }
  if (size > plain.size()) return broken(file, "expected a key, found less", new_key);
  auto set = token::read_key_set(plain.first(size));
  if (!set || set->size() != 1) return broken(file, "expected one public key", new_key);
  auto key = provider.load(plain.subspan(size));
  if (!key) return broken(file, key.error().message, new_key);
  return signing_key{std::move(*key), std::move(set->front())};
}

outcome<signing_key> make_signer(const fs::path& file, const crypto::data_key& sealing,
                                 crypto::key_provider& provider, crypto::random_source& random) {
  auto made = provider.generate({crypto::key_type::rsa, 2048, {}});
  if (!made) return file_failure(file, made.error().message);
  auto key = provider.load(made->material.view());
  if (!key) return file_failure(file, key.error().message);
  token::issuer_key pub{token::thumbprint(made->pub), std::move(made->pub)};
  const auto plain = pack(token::write_key_set({pub}, ""), made->material.view());
  const auto sealed = crypto::seal(sealing, signer_identity, plain.view(), random);
  bytes content(intro.begin(), intro.end());
  content.insert(content.end(), sealed.begin(), sealed.end());
  if (auto done = write_durably(file, content, owner_only); !done) return failure{done.error()};
  return signing_key{std::move(*key), std::move(pub)};
}

}  // namespace

outcome<std::string> load_tenant(const fs::path& file, crypto::random_source& random) {
  const auto content = read_small_file(file, longest_small_file, secrecy::is_public);
  if (!content) return failure{content.error()};
  if (*content) {
    auto text = std::string{as_text((*content)->view())};
    if (text.ends_with('\n')) text.pop_back();
    if (is_id(text)) return text;
    return broken(file, "expected one line with the id of a tenant",
                  "Put it right, or remove it for a new tenant id");
  }
  auto tenant = crypto::random_guid(random);
  if (auto done = write_durably(file, as_bytes(tenant + '\n'), owner_only); !done) {
    return failure{done.error()};
  }
  return tenant;
}

outcome<built_in_client> load_client(const fs::path& file, crypto::random_source& random) {
  const auto content = read_small_file(file, longest_small_file, secrecy::is_secret);
  if (!content) return failure{content.error()};
  if (*content) return parse_client(file, (*content)->view());
  auto client = make_client(random);
  if (auto done = write_durably(file, write_client(client).view(), owner_only); !done) {
    return failure{done.error()};
  }
  return client;
}

outcome<signing_key> load_signer(const fs::path& file, const crypto::keyring& keys,
                                 crypto::key_provider& provider, crypto::random_source& random) {
  const auto sealing = keys.derive("twinkeep issuer key");
  const auto content = read_small_file(file, longest_key_file, secrecy::is_secret);
  if (!content) return failure{content.error()};
  if (!*content) return make_signer(file, sealing, provider, random);
  const auto view = (*content)->view();
  if (!as_text(view).starts_with(intro)) {
    return broken(file, "expected a signing key of format 1", new_key);
  }
  const auto plain = crypto::open(sealing, signer_identity, view.subspan(intro.size()));
  if (!plain) {
    return broken(file, "cannot be opened with this key-encryption key: " + plain.error().message,
                  new_key);
  }
  return unpack(file, plain->view(), provider);
}

outcome<token::issuer> read_issuer(const regions::issuer_config& config) {
  if (config.openid) return token::issuer{config.name, false, config.tenant, {}};
  auto keys = read_key_set_file(config);
  if (!keys) return failure{std::move(keys).error()};
  return token::issuer{config.name, false, config.tenant, std::move(*keys)};
}

outcome<std::vector<token::issuer_key>> read_key_set_file(const regions::issuer_config& config) {
  const auto content =
      read_small_file(config.key_set_file, protocol::token::max_key_set_bytes, secrecy::is_public);
  const auto about = "key set of issuer " + config.name + ": ";
  if (!content) return failure{about + content.error()};
  if (!*content) return failure{about + config.key_set_file.string() + ": no such file"};
  auto keys = token::read_key_set((*content)->view());
  if (!keys) return failure{about + file_failure(config.key_set_file, keys.error().message).value};
  if (keys->empty()) {
    return failure{about +
                   file_failure(config.key_set_file, "expected a key for RS256 or ES256").value};
  }
  return std::move(*keys);
}

}  // namespace twinkeep::actors::identity
