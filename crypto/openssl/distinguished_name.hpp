#pragma once

#include <openssl/x509.h>

#include <string>
#include <string_view>

#include "crypto/openssl/handles.hpp"

// Private to crypto/: X.500 names between text and OpenSSL.
//
// Order: text goes from the particular to the general, the encoding the other way round (RFC 4514
// §2.1), as in .NET, so in Azure: "CN=a, O=b" is encoded as O, CN and shown as "CN=a, O=b" again.
namespace twinkeep::crypto::openssl {

using x509_name_ptr = handle<X509_NAME, X509_NAME_free>;

// Types without case (the table in the .cpp, "OID.2.5.4.3", "2.5.4.3"); ',' or ';' between parts,
// '+' within one; values in double quotes ("" is a quote within) or with backslash escapes
// (RFC 4514 §3). Empty text is the empty name. bad_input names the part that is wrong.
[[nodiscard]] outcome<x509_name_ptr> parse_name(std::string_view text);

// RFC 2253, with a blank behind each comma; S and E, not ST and EMAILADDRESS, as .NET writes them.
// A value that no text can express is '#' and its DER in hexadecimal.
[[nodiscard]] outcome<std::string> write_name(const X509_NAME& name);

}  // namespace twinkeep::crypto::openssl
