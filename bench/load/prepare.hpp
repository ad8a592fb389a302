#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "bench/load/mix.hpp"
#include "bench/load/service.hpp"
#include "bench/load/tls.hpp"
#include "crypto/result.hpp"

namespace twinkeep::load {

// One item of the mix, ready to be sent: its requests are sent in turn. With a cycle each
// connection sends its own so many of them over and over, and one for which there are none left the
// first.
struct prepared_operation {
  std::string label;
  unsigned weight = 1;
  std::vector<std::string> requests;
  std::size_t cycle = 0;  // requests of one connection; 0: all are everybody's
};

// What a run sends, and where.
struct workload {
  endpoint server;
  std::string ca_file;
  std::string tls;                      // protocol and cipher, as negotiated
  std::chrono::seconds token_lasts{0};  // 0: needs no token
  std::vector<prepared_operation> operations;
  std::size_t body_bytes = 0;  // of one answer to the first operation, where it only reads
};

struct workload_shape {
  std::string vault;          // name; empty: the first
  unsigned secrets = 64;      // that get and list find
  unsigned set_names = 1000;  // that set writes to, in turn
  unsigned keys = 1;          // for each kind of key
  unsigned value_bytes = 64;  // of a secret
  bool hsm = false;           // keys are an HSM's
  unsigned connections = 32;  // as in the run: each has its own objects in a cycle
};

// Gets a token by client credentials, makes the secrets and keys that are not there yet, and
// writes the requests of the mix. Everything is named load-...; what is there is used as it is.
[[nodiscard]] result<workload, std::string> prepare(const service& s,
                                                    const std::vector<mix_item>& mix,
                                                    const workload_shape& shape);

// A GET of any https URL without a token, for measuring another server with the same client.
[[nodiscard]] result<workload, std::string> prepare_url(const std::string& url,
                                                        const std::string& ca_file);

}  // namespace twinkeep::load
