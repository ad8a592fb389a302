#include <algorithm>
#include <charconv>

#include "regions/vault/certificate_decisions.hpp"

// Pages of a list. A position is where the next page starts: for objects the lower-case name of
// the last one shown, so that a page costs one search however big the vault is, and objects that
// come and go in between neither repeat nor hide others; for versions, which only ever are
// appended, the number of those shown.
namespace twinkeep::regions {

namespace {

const protocol::page_request& page_of(const question& q) {
  static const protocol::page_request whole;
  const auto* asked = body_of<protocol::page_request>(q);
  return asked == nullptr ? whole : *asked;
}

std::size_t size_of(const protocol::page_request& page) {
  return std::clamp(page.max_results, 1u, protocol::max_page_size);
}

template <class Stored>
typename page_answer<Stored>::item item_of(const object<Stored>& o,
                                           std::shared_ptr<const Stored> version) {
  return {o.name, std::move(version), o.deleted};
}

// Certificates whose first version is not completed are shown to those who ask for them.
template <class Stored>
bool is_hidden(const Stored& current, const protocol::page_request& asked) {
  if constexpr (std::is_same_v<Stored, stored_certificate>) {
    return current.properties.is_pending() && !asked.include_pending;
  }
  return false;
}

bool is_position(const std::string& after) {
  return after.empty() || (protocol::is_object_name(after) && protocol::lower(after) == after);
}

template <class Stored>
decision page(const typename object_set<Stored>::map& objects,
              const protocol::page_request& asked) {
  if (!is_position(asked.after)) return refuse(refusals::bad_position());
  page_answer<Stored> answer;
  auto it = objects.upper_bound(asked.after);
  std::string_view last;
  for (; it != objects.end() && answer.items.size() < size_of(asked); ++it) {
    last = it->first;
    if (is_hidden(*it->second.current(), asked)) continue;
    answer.items.push_back(item_of(it->second, it->second.current()));
  }
  if (it != objects.end()) answer.next = last;
  return {std::move(answer), {}};
}

std::optional<std::size_t> number_in(std::string_view text) {
  std::size_t number = 0;
  if (text.empty()) return number;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

}  // namespace

template <class Stored>
decision list(const question& q) {
  return page<Stored>(kind_of<Stored>::objects(q.vault).active, page_of(q));
}

template <class Stored>
decision list_deleted(const question& q) {
  return page<Stored>(kind_of<Stored>::objects(q.vault).deleted, page_of(q));
}

template <class Stored>
decision list_versions(const question& q) {
  const auto& asked = page_of(q);
  const auto shown = number_in(asked.after);
  if (!shown) return refuse(refusals::bad_position());
  page_answer<Stored> answer;
  // Of a name that nobody has, Azure shows an empty list. A position behind the end is no error:
  // the paired region may not have the youngest versions yet.
  const auto* o = find_active<Stored>(q);
  if (o == nullptr || *shown >= o->versions.size()) return {std::move(answer), {}};
  const auto end = *shown + std::min(size_of(asked), o->versions.size() - *shown);
  for (auto i = *shown; i < end; ++i) answer.items.push_back(item_of(*o, o->versions[i]));
  if (end < o->versions.size()) answer.next = std::to_string(end);
  return {std::move(answer), {}};
}

decision list_issuers(const question& q) {
  const auto& asked = page_of(q);
  if (!is_position(asked.after)) return refuse(refusals::bad_position());
  issuer_page answer;
  auto it = q.vault.issuers.upper_bound(asked.after);
  for (; it != q.vault.issuers.end() && answer.items.size() < size_of(asked); ++it) {
    answer.items.push_back(it->second);
    answer.next = it->first;
  }
  if (it == q.vault.issuers.end()) answer.next.clear();
  return {std::move(answer), {}};
}

template decision list<stored_secret>(const question&);
template decision list<stored_key>(const question&);
template decision list<stored_certificate>(const question&);
template decision list_versions<stored_secret>(const question&);
template decision list_versions<stored_key>(const question&);
template decision list_versions<stored_certificate>(const question&);
template decision list_deleted<stored_secret>(const question&);
template decision list_deleted<stored_key>(const question&);
template decision list_deleted<stored_certificate>(const question&);

}  // namespace twinkeep::regions
