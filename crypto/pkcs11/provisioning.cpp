#include <algorithm>

#include "crypto/hsm_world.hpp"
#include "crypto/pkcs11/connection.hpp"
#include "crypto/pkcs11/offered.hpp"
#include "crypto/pkcs11/pin.hpp"

namespace twinkeep::crypto {

namespace {

using namespace pkcs11;

// Once more what a module failed without a stated reason, as token::run does.
template <class Call>
auto again_if_vague(Call call) {
  auto done = call();
  if (!done && is_vague(done.error().code)) done = call();
  return done;
}

// A token that need not belong to a world.
struct opened_token {
  cryptoki* library;
  std::shared_lock<std::shared_mutex> working;
  token_facts facts;
  session in;
};

attempt<opened_token> open_session(const hsm_location& where) {
  const auto library = cryptoki::open(where.module);
  if (!library) return trouble_of(library.error());
  auto working = (*library)->working();
  auto facts = (*library)->find_token(where.token);
  if (!facts) return failure{std::move(facts).error()};
  auto in = session::open(**library, facts->slot);
  if (!in) return failure{std::move(in).error()};
  return opened_token{*library, std::move(working), *std::move(facts), *std::move(in)};
}

attempt<void> login_user(opened_token& token, const hsm_location& where) {
  const auto pin = read_pin(where.pin_file, where.pin_variable);
  if (!pin) return trouble_of(pin.error());
  return login(*token.library, token.facts, token.in, CKU_USER, *pin);
}

attempt<opened_token> open_for_user(const hsm_location& where) {
  auto token = open_session(where);
  if (!token) return token;
  if (auto in = login_user(*token, where); !in) return failure{std::move(in).error()};
  return token;
}

attempt<void> check_that_it_wraps(const opened_token& token) {
  const auto offered = mechanism_list::read(*token.library, token.facts.slot);
  if (!offered) return failure{offered.error()};
  if (offered->offers(by_world().mechanism, CKF_WRAP | CKF_UNWRAP)) return {};
  return trouble_of({error_code::unsupported,
                     "token \"" + token.facts.label +
                         "\": the module does not offer CKM_AES_KEY_WRAP_PAD, by which keys "
                         "travel from token to token"});
}

constexpr CK_ULONG helper_bits = 3072;
constexpr std::array<std::uint8_t, 3> public_exponent{1, 0, 1};

// Of the joining token, for one use: what is encrypted with the one half only the token opens.
attempt<pair_handles> make_helper(session& in) {
  attributes public_half;
  public_half.no(CKA_TOKEN).number(CKA_MODULUS_BITS, helper_bits).yes(CKA_WRAP);
  public_half.octets(CKA_PUBLIC_EXPONENT, public_exponent);
  attributes private_half;
  private_half.no(CKA_TOKEN).yes(CKA_PRIVATE).yes(CKA_SENSITIVE).no(CKA_EXTRACTABLE);
  private_half.yes(CKA_UNWRAP).no(CKA_DECRYPT).no(CKA_SIGN);
  return in.generate_pair(CKM_RSA_PKCS_KEY_PAIR_GEN, public_half, private_half);
}

// An object of the session: it is gone with that, whatever happens in between.
attempt<CK_OBJECT_HANDLE> trust(session& in, byte_view modulus) {
  attributes a;
  a.number(CKA_CLASS, CKO_PUBLIC_KEY).number(CKA_KEY_TYPE, CKK_RSA).no(CKA_TOKEN).no(CKA_PRIVATE);
  a.octets(CKA_MODULUS, modulus).octets(CKA_PUBLIC_EXPONENT, public_exponent);
  a.yes(CKA_WRAP).yes(CKA_TRUSTED);
  return in.create(a);
}

attempt<world_key> world_to_join(session& in, const hsm_location& where) {
  const auto found = find_world(in);
  if (!found) return failure{found.error()};
  if (*found) return **found;
  return trouble_of(
      {error_code::unavailable, "token \"" + where.token + "\" belongs to no security world"});
}

attempt<void> join(const hsm_location& from, const secret_bytes& officers_pin,
                   const hsm_location& to) {
  auto joining = open_for_user(to);
  if (!joining) return failure{std::move(joining).error()};
  if (auto wraps = check_that_it_wraps(*joining); !wraps) return wraps;
  const auto before = find_world(joining->in);
  if (!before) return failure{before.error()};

  auto source = open_session(from);
  if (!source) return failure{std::move(source).error()};
  if (*before) {
    if (auto in = login_user(*source, from); !in) return in;
    const auto world = world_to_join(source->in, from);
    if (!world) return failure{world.error()};
    if (world->world == (*before)->world) return {};
    return trouble_of(
        {error_code::refused, "token \"" + to.token + "\" belongs to another security world"});
  }
  const auto helper = make_helper(joining->in);
  if (!helper) return failure{helper.error()};
  const passing_object public_half(joining->in, helper->public_half);
  const passing_object private_half(joining->in, helper->private_half);
  const auto modulus = joining->in.read(public_half.get(), CKA_MODULUS);
  if (!modulus) return failure{modulus.error()};

  auto& in = source->in;
  if (auto done = login(*source->library, source->facts, in, CKU_SO, officers_pin); !done) {
    return done;
  }
  const auto trusted = trust(in, *modulus);
  if (!trusted) return failure{trusted.error()};
  const passing_object guest(in, *trusted);
  if (auto out = in.logout(); !out) return out;
  if (auto done = login_user(*source, from); !done) return done;
  const auto world = world_to_join(in, from);
  if (!world) return failure{world.error()};
  const auto moved = move_world(in, *world, guest.get(), joining->in, private_half.get());
  if (!moved) return failure{moved.error()};
  if (moved->world == world->world) return {};
  return trouble_of({error_code::unavailable, "the world's key did not arrive as it was sent"});
}

attempt<hsm_world> create(const hsm_location& first) {
  auto token = open_for_user(first);
  if (!token) return failure{std::move(token).error()};
  if (auto wraps = check_that_it_wraps(*token); !wraps) return failure{wraps.error()};
  const auto before = find_world(token->in);
  if (!before) return failure{before.error()};
  if (*before) {
    return trouble_of({error_code::unavailable,
                       "token \"" + first.token + "\" belongs to a security world already"});
  }
  const auto made = make_world(token->in);
  if (!made) return failure{made.error()};
  return made->world;
}

hsm_condition condition_of(CK_RV code) {
  switch (code) {
    case CKR_TOKEN_NOT_PRESENT:
      return hsm_condition::no_token;
    case CKR_PIN_INCORRECT:
    case CKR_PIN_LOCKED:
      return hsm_condition::wrong_pin;
    case CKR_USER_PIN_NOT_INITIALIZED:
      return hsm_condition::no_pin;
    default:
      return hsm_condition::failing;
  }
}

// Objects whose id is as long as ours are.
attempt<std::size_t> count_keys(session& in) {
  std::size_t count = 0;
  for (const CK_OBJECT_CLASS of : {CKO_PRIVATE_KEY, CKO_SECRET_KEY}) {
    attributes like;
    like.number(CKA_CLASS, of).yes(CKA_TOKEN);
    const auto found = in.find(like);
    if (!found) return failure{found.error()};
    for (const auto object : *found) {
      const auto id = in.read(object, CKA_ID);
      if (id && id->size() == sizeof(hsm_key_id)) ++count;
    }
  }
  return count;
}

attempt<void> look_inside(opened_token& token, hsm_description& found) {
  const auto offered = mechanism_list::read(*token.library, token.facts.slot);
  if (!offered) return failure{offered.error()};
  found.algorithms.clear();
  for (const auto& alg : algorithms()) {
    if (way_of(*offered, alg) != way::none) found.algorithms.push_back(alg.name);
  }
  const auto world = find_world(token.in);
  if (!world) return failure{world.error()};
  const auto keys = count_keys(token.in);
  if (!keys) return failure{keys.error()};
  found.keys = *keys;
  if (*world) found.world = (*world)->world;
  return {};
}

}  // namespace

std::string_view to_string(hsm_condition c) {
  switch (c) {
    case hsm_condition::no_module:
      return "no module";
    case hsm_condition::no_token:
      return "no token";
    case hsm_condition::no_pin:
      return "no PIN";
    case hsm_condition::wrong_pin:
      return "wrong PIN";
    case hsm_condition::no_world:
      return "no world";
    case hsm_condition::member:
      return "member";
    case hsm_condition::failing:
      return "failing";
  }
  return "failing";
}

hsm_description describe_hsm(const hsm_location& where) {
  hsm_description found;
  const auto is = [&](hsm_condition condition, std::string why) {
    found.condition = condition;
    found.what_is_wrong = std::move(why);
    return found;
  };
  const auto library = cryptoki::open(where.module);
  if (!library) return is(hsm_condition::no_module, library.error().message);
  auto token = open_session(where);
  if (!token) return is(condition_of(token.error().code), token.error().what.message);
  found.manufacturer = token->facts.manufacturer;
  found.model = token->facts.model;
  found.serial = token->facts.serial;
  if (auto in = login_user(*token, where); !in) {
    const auto& why = in.error();
    // CKR_OK: not the module's, so the file's or the variable's.
    return is(why.code == CKR_OK ? hsm_condition::no_pin : condition_of(why.code),
              why.what.message);
  }
  if (auto looked = again_if_vague([&] { return look_inside(*token, found); }); !looked) {
    return is(hsm_condition::failing, looked.error().what.message);
  }
  if (found.world) return is(hsm_condition::member, "");
  return is(hsm_condition::no_world, "it belongs to no security world yet");
}

outcome<hsm_world> create_hsm_world(const hsm_location& first) {
  auto made = again_if_vague([&] { return create(first); });
  if (!made) return failure{std::move(made).error().what};
  return *made;
}

outcome<void> join_hsm_world(const hsm_location& source, const secret_bytes& officers_pin,
                             const hsm_location& joining) {
  auto done = again_if_vague([&] { return join(source, officers_pin, joining); });
  if (!done) return failure{std::move(done).error().what};
  return {};
}

outcome<secret_bytes> read_hsm_pin(const std::filesystem::path& file, const std::string& variable) {
  return read_pin(file, variable);
}

}  // namespace twinkeep::crypto
