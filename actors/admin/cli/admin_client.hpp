#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "crypto/result.hpp"

namespace twinkeep::cli {

enum class verb { get, post, remove };

struct admin_answer {
  boost::json::value content;
  std::string text;  // the body as it came, without line ends behind it
};

// Speaks to the admin listener, one connection a request: an operator's pace, and a service that
// was restarted in between needs no thought. Every error is one line, fit to be shown.
class admin_client {
 public:
  // `uri` as in the ready file: http://HOST:PORT. What is wrong with it shows at the first send.
  explicit admin_client(std::string uri) : uri_(std::move(uri)) {}

  // Any 2xx with a JSON body. The whole exchange is bounded by ten seconds.
  [[nodiscard]] result<admin_answer, std::string> send(verb v, std::string_view path,
                                                       std::string body = {}) const;
  [[nodiscard]] const std::string& uri() const { return uri_; }

 private:
  std::string uri_;
};

// "admin_uri" of a ready file.
[[nodiscard]] result<std::string, std::string> admin_uri_of(const std::string& ready_file);

}  // namespace twinkeep::cli
