#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace twinkeep::protocol {

// What the audit log says of one request, in the terms of Azure's AuditEvent records. These fields
// and no others: no body, no header line but the two named here, no message that could quote input.
struct audit_record {
  std::int64_t time_ms = 0;         // Unix time
  std::string_view vault;           // empty: the host is no vault's
  std::string_view resource_group;  // empty: the default one
  std::string_view operation;       // Azure's name: "SecretGet"
  std::string_view api_version;
  unsigned status = 0;
  std::string_view status_text;
  std::string_view code, inner;  // of an error
  std::chrono::nanoseconds took{0};
  std::string_view address;
  std::string_view address_type;
  std::string_view client_request_id;  // as it was sent; only a GUID counts
  std::string_view request_id;
  // Of a token that was believed.
  std::string_view object_id, user_name, application_id;
  std::string_view client_info;  // User-Agent
  std::string_view origin;       // "https://demo.vault.localhost:8443"
  std::string_view target;       // path and query as they were sent
  // The object asked for: "secrets", its name, its version.
  std::string_view collection, name, version;
  std::string_view region;  // that answered
  std::string_view mode;    // of the vault
  bool read_only = false;   // failed over
};

// Writes records as lines of JSON, into memory that it has from the beginning. Everything that a
// client controls is escaped to ASCII and cut to a bound, so a record is one line, whatever is in
// it.
class audit_line_writer {
 public:
  explicit audit_line_writer(std::string_view subscription);
  // Valid until the next call; ends with '\n'.
  [[nodiscard]] std::string_view write(const audit_record& record);

  static constexpr std::size_t longest = 4096;
  static constexpr std::string_view default_resource_group = "twinkeep";

 private:
  void write_time(std::int64_t unix_ms);

  std::string subscription_;
  std::int64_t second_ = -1;     // that `date_` is of
  std::array<char, 19> date_{};  // "2026-11-25T04:48:58"
  std::array<char, longest> out_{};
};

// Which parameters of a query are told: those that the contract has and that hold nothing secret.
// $skiptoken, and what no operation takes, is left out.
[[nodiscard]] bool is_audited_parameter(std::string_view name);

}  // namespace twinkeep::protocol
