#pragma once

namespace twinkeep::crypto {

// OpenSSL keeps copies of keys in blocks of its own, and gives some of them back as they are (3.0:
// parsing and writing PKCS#8, PKCS#12). From here on, whatever it gives back is wiped. First thing
// in main: false, and nothing changed, once OpenSSL has allocated anything.
[[nodiscard]] bool wipe_what_openssl_gives_back();

}  // namespace twinkeep::crypto
