// What lint finds in who may ask.
#pragma once
#include <optional>
#include <string>

#include "config/config.h"

namespace wend {

// A network and what is to be said of it.
struct NetworkFinding {
    Prefix network;
    std::string text;
};

// Networks that may ask and are neither private nor exempt from the rate limits: their clients are
// limited as strangers who forge addresses would be. The network is the first of them. Nothing
// where nobody is limited, and for networks that are no one operator's.
std::optional<NetworkFinding> limited_networks(const Config& config);

// The first network that may ask and is larger than any one operator has, where `listen` is reached
// from beyond loopback and private networks.
std::optional<NetworkFinding> open_networks(const Config& config);

// Whether an address of the list is no loopback address.
bool is_beyond_loopback(const std::vector<Endpoint>& addresses);

// Whether it holds addresses that are neither private, link-local nor loopback.
bool is_public(const Prefix& network);

}  // namespace wend
