#include "protocol/json/write_certificate.hpp"

#include "protocol/api_versions.hpp"
#include "protocol/json/write_parts.hpp"

namespace twinkeep::protocol::json {

namespace {

constexpr auto certificate_kind = object_kind::certificate;

void write_certificate_id(writer& out, const answer_context& context, std::string_view name,
                          std::string_view version) {
  write_id(out, context, collection_of(certificate_kind), name, version);
}

// What is known only once there is a leaf (CONTRACT 6.4): the key and the secret of the same name
// and version can be read only then as well.
void write_leaf(writer& out, const answer_context& context, std::string_view name,
                const certificate_properties& certificate) {
  if (certificate.is_pending()) return;
  out.key("kid");
  write_id(out, context, collection_of(object_kind::key), name, certificate.version);
  out.key("sid");
  write_id(out, context, collection_of(object_kind::secret), name, certificate.version);
  out.key("x5t").base64url(certificate.thumbprint);
  out.key("cer").base64(certificate.chain.front());
  out.key("contentType").string(certificate.content_type);
}

void write_common(writer& out, const answer_context& context,
                  const certificate_properties& certificate) {
  open_attributes(out, context, certificate.attributes);
  out.end_object();
  write_tags(out, certificate.tags);
}

void write_preserve_order(writer& out, const answer_context& context, bool preserve) {
  if (!is_since(context.api_version, "7.6-preview.2")) return;
  out.key("preserveCertOrder").boolean(preserve);
}

void write_failure(writer& out, const pending_operation& pending) {
  if (pending.status != pending_status::failed) return;
  out.key("error").begin_object().key("code").string(pending.error_code);
  out.key("message").string(pending.error_message).end_object();
}

}  // namespace

text write_certificate(const answer_context& context, std::string_view name,
                       const certificate_properties& certificate, const certificate_policy& policy,
                       const std::optional<deletion>& deleted, bool has_pending) {
  const auto cer_chars = certificate.is_pending() ? 0 : certificate.chain.front().size() * 4 / 3;
  writer out(4 * bundle_chars + length_of(certificate.tags) + cer_chars);
  out.begin_object();
  write_deletion(out, context, certificate_kind, name, deleted);
  out.key("id");
  write_certificate_id(out, context, name, certificate.version);
  write_leaf(out, context, name, certificate);
  write_common(out, context, certificate);
  out.key("policy");
  write_policy_object(out, context, name, policy);
  if (has_pending) {
    out.key("pending").begin_object().key("id");
    write_certificate_id(out, context, name, "pending");
    out.end_object();
  }
  write_preserve_order(out, context, certificate.preserve_order);
  return out.end_object().take();
}

text write_pending(const answer_context& context, const pending_operation& pending) {
  writer out(2 * bundle_chars + pending.csr.size() * 4 / 3 + pending.status_details.size());
  out.begin_object().key("id");
  write_certificate_id(out, context, pending.name, "pending");
  out.key("issuer").begin_object().key("name").string(pending.issuer);
  if (pending.certificate_type) out.key("cty").string(*pending.certificate_type);
  out.end_object();
  out.key("csr").base64(pending.csr);
  out.key("cancellation_requested").boolean(pending.cancellation_requested);
  out.key("status").string(to_string(pending.status));
  if (!pending.status_details.empty()) out.key("status_details").string(pending.status_details);
  write_failure(out, pending);
  if (pending.status == pending_status::completed) {
    out.key("target");
    write_certificate_id(out, context, pending.name, {});
  }
  write_preserve_order(out, context, pending.preserve_order);
  out.key("request_id").string(pending.request_id);
  return out.end_object().take();
}

text write_certificate_page(const page_context& page, std::span<const certificate_item> items) {
  return write_page(page, items, [&page](writer& out, const certificate_item& item) {
    const auto& certificate = *item.properties;
    out.key("id");
    write_certificate_id(out, page.answer, item.name, shown_version(page, certificate.version));
    write_deletion(out, page.answer, certificate_kind, item.name, item.deleted);
    if (!certificate.is_pending()) out.key("x5t").base64url(certificate.thumbprint);
    write_common(out, page.answer, certificate);
    if (!certificate.is_pending() && is_since(page.answer.api_version, "7.0")) {
      out.key("subject").string(certificate.subject);
    }
  });
}

}  // namespace twinkeep::protocol::json
