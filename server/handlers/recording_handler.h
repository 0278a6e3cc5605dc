// GET /api/v1/calls/{id}/recording: what is kept of a call's sound, as one WAV file, with ranges.
#pragma once

#include "server/recording/shelf.h"
#include "server/router.h"
#include "server/store/store.h"

namespace centralita {

void add_recording_handler(Router& router, store::Store& store, const recording::Shelf& shelf);

}  // namespace centralita
