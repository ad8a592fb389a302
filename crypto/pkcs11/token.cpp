#include "crypto/pkcs11/token.hpp"

#include <algorithm>

#include "crypto/pkcs11/key_objects.hpp"
#include "crypto/pkcs11/token_key.hpp"
#include "crypto/pkcs11/transfer.hpp"

namespace twinkeep::crypto {

namespace pkcs11 {

namespace {

failure<error> other_world(std::string_view label, std::string_view what) {
  return fail(error_code::corrupt, "token \"" + std::string{label} + "\": " + std::string{what} +
                                       " is of another security world");
}

// A module may have to be asked anew for a token that came after it.
outcome<std::shared_ptr<connection>> connect(cryptoki& library, const hsm_location& where) {
  const auto once = [&] {
    const auto working = library.working();
    return connection::open(library, where);
  };
  auto opened = once();
  if (!opened && opened.error().code == CKR_TOKEN_NOT_PRESENT) {
    library.look_again();
    opened = once();
  }
  if (!opened) {
    auto why = std::move(opened).error().what;
    why.code = error_code::unavailable;
    return failure{std::move(why)};
  }
  return *std::move(opened);
}

// CKA_ID of all keys of a class that have one of our length.
attempt<void> add_objects(session& in, CK_OBJECT_CLASS of, std::vector<hsm_object>& to) {
  attributes like;
  like.number(CKA_CLASS, of).yes(CKA_TOKEN);
  const auto found = in.find(like);
  if (!found) return failure{found.error()};
  for (const auto object : *found) {
    const auto id = in.read(object, CKA_ID);
    if (!id) return failure{id.error()};
    hsm_object listed;
    if (id->size() != listed.id.size()) continue;
    std::ranges::copy(*id, listed.id.begin());
    const auto label = in.read(object, CKA_LABEL);
    if (!label) return failure{label.error()};
    listed.label = as_text(*label);
    to.push_back(std::move(listed));
  }
  return {};
}

// Reads the key that everything depends on: fails when it, the login or the token is gone.
attempt<void> check_world(session& in, const connection& link) {
  if (const auto id = in.read(link.world().handle, CKA_ID); !id) return failure{id.error()};
  return {};
}

// What the software provider says of it, so that it is said in the same words.
outcome<void> check_spec(const key_spec& spec) {
  const bool is_size =
      spec.type == key_type::oct
          ? spec.octet_bits == 128 || spec.octet_bits == 192 || spec.octet_bits == 256
          : spec.type != key_type::rsa || spec.modulus_bits == 2048 || spec.modulus_bits == 3072 ||
                spec.modulus_bits == 4096;
  if (is_size) return {};
  return failure{make_openssl_provider()->generate(spec).error()};
}

}  // namespace

outcome<std::shared_ptr<token>> token::open(cryptoki& library, const hsm_location& where) {
  auto first = connect(library, where);
  if (!first) return failure{std::move(first).error()};
  return std::shared_ptr<token>(new token(library, where, *std::move(first)));
}

token::token(cryptoki& library, hsm_location where, std::shared_ptr<connection> first)
    : library_(library),
      where_(std::move(where)),
      world_(first->world().world),
      software_(make_openssl_provider()),
      current_(std::move(first)) {}

token::~token() {
  const auto working = library_.working();
  current_.reset();
}

outcome<std::shared_ptr<connection>> token::connected(const std::shared_ptr<connection>& lost) {
  const std::lock_guard lock(opening_);
  if (current_ != nullptr && current_ != lost) return current_;
  if (current_ != nullptr) {
    const auto working = library_.working();
    current_->close();
    current_.reset();
  }
  auto opened = connect(library_, where_);
  if (!opened) return opened;
  if ((*opened)->world().world != world_) {
    const auto working = library_.working();
    opened->reset();
    return fail(error_code::unavailable,
                "token \"" + where_.token + "\": it belongs to another security world now");
  }
  current_ = *std::move(opened);
  return current_;
}

error token::lost_token(const error& why) const {
  return {error_code::unavailable,
          "token \"" + where_.token + "\": opened again, and still " + why.message};
}

outcome<wrapped_key> token::read(byte_view material) const {
  auto key = read_material(material);
  if (key && key->world != world_) return other_world(where_.token, "the key");
  return key;
}

outcome<generated_key> token::generate(const key_spec& spec) {
  if (auto may = check_spec(spec); !may) return failure{std::move(may).error()};
  return run([&](session& in, connection& link) { return generate_wrapped(in, link, spec); });
}

outcome<generated_key> token::import_key(const private_jwk& given) {
  const auto imported = software_->import_key(given);
  if (!imported) return failure{imported.error()};
  return import_software(*imported);
}

outcome<generated_key> token::import_software(const generated_key& given) {
  return run([&](session& in, connection& link) { return import_wrapped(in, link, given); });
}

outcome<generated_key> token::import_transferred(const transferred_key& given) {
  const auto exchange = read(given.exchange_key);
  if (!exchange) return failure{exchange.error()};
  return run([&](session& in, connection& link) {
    return unwrap_transferred(in, link, *exchange, given);
  });
}

outcome<std::unique_ptr<key>> token::load(byte_view material) {
  auto wrapped = read(material);
  if (!wrapped) return failure{std::move(wrapped).error()};
  if (wrapped->pub.type == key_type::oct) {
    return std::unique_ptr<key>(
        std::make_unique<token_cipher>(shared_from_this(), wrapped->id, wrapped->pub));
  }
  auto half = software_->load_public(wrapped->pub);
  if (!half) return failure{std::move(half).error()};
  return std::unique_ptr<key>(std::make_unique<token_pair>(shared_from_this(), wrapped->id,
                                                           wrapped->pub, *std::move(half)));
}

outcome<std::unique_ptr<key>> token::load_public(const public_key& pub) {
  return software_->load_public(pub);
}

outcome<void> token::install(byte_view material, std::string_view label) {
  const auto wrapped = read(material);
  if (!wrapped) return failure{wrapped.error()};
  const std::lock_guard lock(installing_);
  return run([&](session& in, connection& link) -> attempt<void> {
    link.forget(wrapped->id);  // what counts is what the token has
    const auto found = link.find_key(in, wrapped->id);
    if (!found) return failure{found.error()};
    if (*found != CK_INVALID_HANDLE) return {};
    const auto made = unwrap_into_token(in, link, *wrapped, label);
    if (!made) return failure{made.error()};
    link.remember(wrapped->id, *made);
    return {};
  });
}

outcome<bool> token::holds(const hsm_key_id& id) {
  return run([&](session& in, connection& link) -> attempt<bool> {
    const auto found = link.find_key(in, id);
    if (!found) return failure{found.error()};
    return *found != CK_INVALID_HANDLE;
  });
}

outcome<void> token::remove(const hsm_key_id& id) {
  const std::lock_guard lock(installing_);
  return run([&](session& in, connection& link) -> attempt<void> {
    link.forget(id);
    for (;;) {
      const auto found = link.find_key(in, id);
      link.forget(id);
      if (!found) return failure{found.error()};
      if (*found == CK_INVALID_HANDLE) return {};
      if (auto gone = in.destroy(*found); !gone) return gone;
    }
  });
}

outcome<std::vector<hsm_object>> token::inventory() {
  auto listed = run([](session& in, connection& link) -> attempt<std::vector<hsm_object>> {
    // A token that was wiped has no objects, and does not say that it should have.
    if (auto is_there = check_world(in, link); !is_there) return failure{is_there.error()};
    std::vector<hsm_object> all;
    for (const CK_OBJECT_CLASS of : {CKO_PRIVATE_KEY, CKO_SECRET_KEY}) {
      if (auto added = add_objects(in, of, all); !added) return failure{added.error()};
    }
    return all;
  });
  if (listed) std::ranges::sort(*listed, {}, &hsm_object::id);
  return listed;
}

outcome<void> token::ping() {
  return run([](session& in, connection& link) -> attempt<void> { return check_world(in, link); });
}

}  // namespace pkcs11

outcome<std::shared_ptr<hsm_token>> open_hsm_token(const hsm_location& where) {
  static auto& mutex = *new std::mutex;
  static auto& known = *new std::map<hsm_location, std::weak_ptr<pkcs11::token>>;
  const auto library = pkcs11::cryptoki::open(where.module);
  if (!library) return failure{library.error()};
  std::shared_ptr<pkcs11::token> open;
  {
    const std::lock_guard lock(mutex);
    open = known[where].lock();
  }
  if (open != nullptr) {
    // One of them for all who ask, so that installing is one at a time.
    if (auto works = open->ping(); !works) return failure{std::move(works).error()};
    return std::shared_ptr<hsm_token>(std::move(open));
  }
  auto opened = pkcs11::token::open(**library, where);
  if (!opened) return failure{std::move(opened).error()};
  const std::lock_guard lock(mutex);
  auto& entry = known[where];
  if (auto other = entry.lock(); other != nullptr) return std::shared_ptr<hsm_token>(other);
  entry = *opened;
  return std::shared_ptr<hsm_token>(*std::move(opened));
}

}  // namespace twinkeep::crypto
