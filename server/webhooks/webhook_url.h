// Where a webhook may lead. By default only to https and to public addresses: whoever may configure
// webhooks must not reach, through this server, what stands behind its firewall.
#pragma once

#include "server/agents/language.h"

#include <gio/gio.h>

#include <optional>
#include <string>

namespace centralita {

// Loopback, link-local, private, shared (RFC 6598), multicast or none at all.
bool is_private_address(GInetAddress* address);

// Why `url` cannot be a webhook's; empty: it can. `allow_private`: loopback and private addresses
// are allowed, and http to them.
std::optional<agents::Words> problem_with_webhook_url(const std::string& url, bool allow_private);

}  // namespace centralita
