#include "faulty_module.hpp"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace twinkeep::test {

namespace {

template <class Function>
Function* symbol(const char* name) {
  static void* const library = ::dlopen(faulty_module::file().c_str(), RTLD_NOW | RTLD_LOCAL);
  void* const found = library == nullptr ? nullptr : ::dlsym(library, name);
  if (found == nullptr) throw std::runtime_error(std::string{"no "} + name);
  return reinterpret_cast<Function*>(found);
}

}  // namespace

const std::filesystem::path& faulty_module::file() {
  static const std::filesystem::path file = TWINKEEP_FAULTY_MODULE;
  return file;
}

faulty_module::faulty_module() {
  symbol<void()>("faulty_end")();
}

faulty_module::~faulty_module() {
  symbol<void()>("faulty_end")();
}

void faulty_module::fail(const char* call, CK_RV code, int times) {
  symbol<void(const char*, CK_RV, int)>("faulty_fail")(call, code, times);
}

void faulty_module::hide(CK_MECHANISM_TYPE type) {
  symbol<void(CK_MECHANISM_TYPE)>("faulty_hide")(type);
}

int faulty_module::count(const char* call) const {
  return symbol<int(const char*)>("faulty_count")(call);
}

}  // namespace twinkeep::test
