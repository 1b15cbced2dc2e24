#pragma once

#include "measure/party.hpp"

// What a holder does to its lock and to its descriptor, by fork, dup, exec and descriptor passing.

namespace inturn::measure {

/// Forks a process that lives on by itself, until the laboratory ends it; the result is its pid.
void fork_one_that_stays(actor& holder);
/// Forks a process that unlocks, whether it may or not, and ends.
void fork_one_that_unlocks(actor& holder);
void dup_and_close(actor& holder);
/// Becomes sleep(1), with the descriptor if there is one.
void exec_another(actor& holder);
/// Sends the descriptor over the socket whose number is the argument.
void send_descriptor(actor& holder);

/// Receives a descriptor from that socket and keeps it until it is killed.
[[noreturn]] void keep_what_comes(int socket);

}  // namespace inturn::measure
