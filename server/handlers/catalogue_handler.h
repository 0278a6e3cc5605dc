// What providers offer, and how a voice sounds: GET /api/v1/catalogue/voices, .../models,
// POST /api/v1/voices/preview.
#pragma once

#include "server/catalogue/catalogue.h"
#include "server/router.h"

namespace centralita {

void add_catalogue_handler(Router& router, const IoContext& io);

}  // namespace centralita
