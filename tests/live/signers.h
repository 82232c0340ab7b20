// Zones signed by programs from outside of this project: ldns-signzone, dnssec-signzone of BIND 9
// and kzonesign of Knot DNS.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dns/zone_file.h"
#include "tests/live/nsd.h"
#include "tests/live/wend_process.h"

namespace wend::live {

enum class Signer : std::uint8_t { ldns, bind, knot };

struct Signing {
    Signer signer = Signer::ldns;
    int algorithm = 15;
    bool nsec3 = false;
    bool opt_out = false;  // with nsec3
    // Of the signatures, as 20260101000000; empty: now. For ldns.
    std::string inception{};
    std::string expiration{};
};

// The programs that are missing here, by name. Empty: all three signers can be used.
std::vector<std::string> missing_signers();

// Runs them in a directory of its own.
class SignerBench {
  public:
    // The records of the zone with all that the signer adds. `text` is a zone file with relative
    // names; `apex` is absolute. Fails the test if the program does.
    std::vector<dns::ZoneRecord> sign(const Signing& signing, const std::string& apex,
                                      const std::string& text);

  private:
    std::string sign_with_ldns(const Signing& signing, const std::string& apex,
                               const std::string& file) const;
    std::string sign_with_bind(const Signing& signing, const std::string& apex,
                               const std::string& file) const;
    std::string sign_with_knot(const Signing& signing, const std::string& apex,
                               const std::string& file);

    TemporaryDirectory directory_;
    int count_ = 0;
};

// As a zone file for a name server.
ZoneText text_of(const std::string& apex, const std::vector<dns::ZoneRecord>& records);

// "a.test. 3600 IN DS ..." of the keys of the signed zone that are secure entry points.
std::string ds_text(const std::string& apex, const std::vector<dns::ZoneRecord>& records);

}  // namespace wend::live
