#include "support.hpp"

#include <openssl/evp.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace twinkeep::test {

boost::json::value read_json(std::string_view file) {
  const auto path = std::filesystem::path{TWINKEEP_TEST_DATA} / file;
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << in.rdbuf();
  return boost::json::parse(text.str());
}

bytes from_hex(const boost::json::value& text) {
  return crypto::hex_decode(std::string_view{text.as_string()}).value();
}

bytes from_base64url(const boost::json::value& text) {
  return crypto::base64url_decode(std::string_view{text.as_string()}).value();
}

bytes digest_of(crypto::hash hash, byte_view data) {
  bytes digest(EVP_MAX_MD_SIZE);
  std::size_t size = 0;
  if (EVP_Q_digest(nullptr, crypto::openssl_name(hash).data(), nullptr, data.data(), data.size(),
                   digest.data(), &size) != 1) {
    throw std::runtime_error("no such hash");
  }
  digest.resize(size);
  return digest;
}

bytes without_leading_zeros(bytes number) {
  const auto first = std::ranges::find_if(number, [](auto octet) { return octet != 0; });
  number.erase(number.begin(), first);
  return number;
}

}  // namespace twinkeep::test
