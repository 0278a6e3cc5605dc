// Whether a host is one that no configured URL may name: the machine's own link, where clouds keep
// the services that hand out its credentials.
#pragma once

#include <string>

namespace centralita {

// True for 169.254.0.0/16, fe80::/10, fd00:ec2::/32 and 100.100.100.200, in IPv6 clothes too, for
// the names by which clouds know their metadata service, and for a number that is no address in
// the usual dotted form ("2852039166", "0xa9fea9fe"), which resolvers take for one. Names are not
// resolved: who owns a name can point it anywhere, so the network must be closed as well.
bool is_metadata_host(const std::string& host);

}  // namespace centralita
