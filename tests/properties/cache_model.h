// A cache that is slow, never full and obvious: the rules of who replaces whom and how long, with
// std::map and nothing else. What the real one is compared with.
#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "cache/cache.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/types.h"

namespace wend::cache {

// Times are in seconds; names are given as text in lower case.
class CacheModel {
  public:
    struct Data {
        dns::RRset rrset;
        Rank rank{};
        std::int64_t expires = 0;
    };

    struct Denied {
        dns::Security security{};
        std::int64_t expires = 0;
    };

    using At = std::pair<std::string, dns::Type>;

    explicit CacheModel(const Options& options) : options_(options) {}

    const Data* find(const std::string& name, dns::Type type, Rank at_least,
                     std::int64_t now) const {
        const auto found = data_.find({name, type});
        const bool visible =
            found != data_.end() && now < found->second.expires && found->second.rank >= at_least;
        return visible ? &found->second : nullptr;
    }

    const Denied* find_name_error(const std::string& name, std::int64_t now) const {
        const auto found = name_errors_.find(name);
        return found != name_errors_.end() && now < found->second.expires ? &found->second
                                                                          : nullptr;
    }

    const Denied* find_no_data(const std::string& name, dns::Type type, std::int64_t now) const {
        const auto found = no_data_.find({name, type});
        return found != no_data_.end() && now < found->second.expires ? &found->second : nullptr;
    }

    void store(const std::string& name, const dns::RRset& rrset, Rank rank, std::int64_t now) {
        const std::int64_t ttl = kept(rrset.ttl(), options_.ttl_max, rrset.security());
        if (ttl == 0) {
            return;
        }
        const dns::Type type = rrset.type();
        Data incoming{rrset, rank, now + ttl};
        if (const Data* old = find(name, type, Rank::hint, now)) {
            const bool same_rank = rank == old->rank;
            const bool are_answers = rank >= Rank::answer && old->rank >= Rank::answer;
            const bool is_proved = rrset.security() == dns::Security::secure;
            const bool was_proved = old->rrset.security() == dns::Security::secure;
            if (are_answers && is_proved != was_proved
                    ? was_proved
                    : rank < old->rank || (same_rank && stands(old->rrset.security(), rrset))) {
                return;
            }
            if (same_rank && type == dns::Type::ns) {
                incoming.expires = std::min(incoming.expires, old->expires);
            }
        }
        if (rank >= Rank::answer) {
            const Denied* no_name = find_name_error(name, now);
            const Denied* no_data = find_no_data(name, type, now);
            if ((no_name != nullptr && stands(no_name->security, rrset)) ||
                (no_data != nullptr && stands(no_data->security, rrset))) {
                return;
            }
            name_errors_.erase(name);
            no_data_.erase({name, type});
        }
        data_[{name, type}] = incoming;
    }

    void store_denial(const std::string& name, const Denial& denial, dns::Type type,
                      std::uint32_t soa_minimum, std::int64_t now) {
        const std::int64_t ttl = kept(std::min(denial.soa.ttl(), soa_minimum),
                                      options_.negative_ttl_max, denial.security);
        if (ttl == 0) {
            return;
        }
        const bool is_name_error = denial.rcode == dns::Rcode::nxdomain;
        const Data* alias = is_name_error ? find(name, dns::Type::cname, Rank::hint, now) : nullptr;
        const Data* data = find(name, type, Rank::hint, now);
        const Denied* no_name = find_name_error(name, now);
        const Denied* no_data = find_no_data(name, type, now);
        if ((alias != nullptr && stands(alias->rrset.security(), denial)) ||
            (data != nullptr && stands(data->rrset.security(), denial)) ||
            (no_name != nullptr && stands(no_name->security, denial)) ||
            (no_data != nullptr && stands(no_data->security, denial))) {
            return;
        }
        data_.erase({name, type});
        name_errors_.erase(name);
        no_data_.erase({name, type});
        if (is_name_error) {
            data_.erase({name, dns::Type::cname});
            name_errors_[name] = {denial.security, now + ttl};
        } else {
            no_data_[{name, type}] = {denial.security, now + ttl};
        }
    }

    void remove(const std::string& name, dns::Type type) {
        data_.erase({name, type});
        no_data_.erase({name, type});
        name_errors_.erase(name);
    }

  private:
    static std::int64_t kept(std::uint32_t ttl, std::uint32_t most, dns::Security security) {
        const std::uint32_t limit = security == dns::Security::bogus ? std::min(most, 60U) : most;
        return ttl > 0x7fffffffU ? 0 : std::min(ttl, limit);
    }

    static bool stands(dns::Security fresh, dns::Security incoming) {
        using enum dns::Security;
        if (fresh == secure) {
            return incoming != secure;
        }
        return incoming == bogus && (fresh == insecure || fresh == indeterminate);
    }

    static bool stands(dns::Security fresh, const dns::RRset& incoming) {
        return stands(fresh, incoming.security());
    }

    static bool stands(dns::Security fresh, const Denial& incoming) {
        return stands(fresh, incoming.security);
    }

    Options options_;
    std::map<At, Data> data_;
    std::map<std::string, Denied> name_errors_;
    std::map<At, Denied> no_data_;
};

}  // namespace wend::cache
