#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "crypto/seal.hpp"

// Private to crypto/: the file of the key-encryption key. A line with the number of its format,
// what the seal of that number has made, SHA-256 of both. The digest tells a damaged file from a
// wrong passphrase, and a damaged key from a wrong one before every record of the deployment seems
// tampered with. Errors name the file, never its content.
namespace twinkeep::crypto {

[[nodiscard]] std::string_view kek_intro(seal_type type);

[[nodiscard]] failure<error> kek_failure(const std::filesystem::path& file, error_code code,
                                         std::string_view why);

struct kek_content {
  seal_type type;
  secret_bytes sealed;
};
// No value: there is no such file. Refused: others may read it, or it is none of ours.
[[nodiscard]] outcome<std::optional<kek_content>> read_kek_file(const std::filesystem::path& file);

// What is to become the file: complete and durable beside it, under a name of its own, until it is
// published or the object goes.
class kek_draft {
 public:
  [[nodiscard]] static outcome<kek_draft> write(const std::filesystem::path& file,
                                                const kek_content& content);
  kek_draft(kek_draft&& other) noexcept;
  kek_draft& operator=(kek_draft&&) = delete;
  ~kek_draft();

  [[nodiscard]] const std::filesystem::path& path() const { return draft_; }
  // False: there is a file already, and it stays: it may have sealed something.
  [[nodiscard]] outcome<bool> publish();
  // In the place of the file that is there.
  [[nodiscard]] outcome<void> replace();

 private:
  kek_draft(std::filesystem::path file, std::filesystem::path draft)
      : file_(std::move(file)), draft_(std::move(draft)) {}

  std::filesystem::path file_, draft_;
};

// Drafts of a process that ended in between. Precondition: no other process has some.
void discard_kek_drafts(const std::filesystem::path& file);

}  // namespace twinkeep::crypto
