// Random tokens, comparisons that do not tell how much of a secret was right, and what is kept of
// secrets in their place. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace centralita {

// 256 random bits as 43 characters that are safe in a URL, a header and a cookie.
std::string random_token();

// In a time that depends on the length of `given` alone.
bool same_secret(std::string_view given, std::string_view secret);

// What is stored of a random token: BLAKE2b-256, hexadecimal. A token has 256 bits of its own, so
// that nothing slower is needed. `purpose` keeps the hashes of different things apart.
std::string token_hash(std::string_view purpose, std::string_view token);

// The same for a `text` that somebody might guess, bound to a random `key` that is stored nowhere.
std::string keyed_hash(std::string_view key, std::string_view text);

// argon2id with libsodium's interactive costs (64 MB, about 0.1 s); the text holds salt and costs.
std::string hash_password(const std::string& password);
// An empty or broken `hash` takes as long as a right one and is false.
bool check_password(const std::string& hash, const std::string& password);

}  // namespace centralita
