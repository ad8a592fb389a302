#pragma once

#include <p11-kit/pkcs11.h>

#include <filesystem>
#include <string_view>

// A PKCS #11 module that is SoftHSM but for what it is told to get wrong. As a library of its own
// it serves a whole service too: TWINKEEP_FAULTY_PKCS11 in the environment names a file, and as
// long as that holds a number every call takes so many milliseconds longer.
namespace twinkeep::test {

class faulty_module {
 public:
  // Loads it, once.
  faulty_module();
  // All faults are over.
  ~faulty_module();
  faulty_module(const faulty_module&) = delete;
  faulty_module& operator=(const faulty_module&) = delete;

  [[nodiscard]] static const std::filesystem::path& file();

  // The next `times` calls of a function ("C_Sign") answer so.
  void fail(const char* call, CK_RV code, int times);
  // It is not in the list, and calls that begin with it are refused.
  void hide(CK_MECHANISM_TYPE type);
  // How often it was called so far.
  [[nodiscard]] int count(const char* call) const;
};

}  // namespace twinkeep::test
