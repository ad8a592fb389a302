#include "actors/gateway/request_reader.hpp"

#include <algorithm>

#include "fuzz.hpp"

using namespace twinkeep;
using actors::request_reader;

namespace {

bool is_final(request_reader::progress state) {
  return state != request_reader::progress::more && state != request_reader::progress::head;
}

// As a session does it: what was not taken is given again with what came since.
void feed(request_reader& reader, std::string_view text, std::size_t step) {
  std::size_t taken = 0;
  for (std::size_t here = 0; here < text.size() && !is_final(reader.state());) {
    here = std::min(here + step, text.size());
    std::size_t more = 0;
    do {
      more = reader.take(text.substr(taken, here - taken));
      taken += more;
      fuzz::require(taken <= here);
    } while (more > 0 && !is_final(reader.state()));
  }
}

}  // namespace

// An octet that says how much comes at a time, and a connection's octets. However they arrive, the
// same request is read from them. (What is malformed may be noticed later: Beast waits for the end
// of a head that came in parts.)
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  byte_view input(data, size);
  const std::size_t step = fuzz::choice(input) % 64 + 1;
  const auto text = as_text(input);
  request_reader whole, parts;
  feed(whole, text, text.size() + 1);
  feed(parts, text, step);
  const bool is_late = whole.state() == request_reader::progress::malformed &&
                       parts.state() == request_reader::progress::more;
  fuzz::require(is_late || whole.state() == parts.state());
  if (whole.state() != request_reader::progress::done) return 0;
  const auto &a = whole.head(), &b = parts.head();
  fuzz::require(a.method == b.method && a.target == b.target && a.host == b.host);
  fuzz::require(a.authorization == b.authorization && a.keep_alive == b.keep_alive);
  fuzz::require(!a.host.empty() && std::ranges::equal(whole.body(), parts.body()));
  return 0;
}
