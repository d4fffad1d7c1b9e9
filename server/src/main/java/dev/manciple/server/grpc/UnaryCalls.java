package dev.manciple.server.grpc;

import dev.manciple.server.Admission;
import dev.manciple.server.Telemetry;
import dev.manciple.server.auth.AccessControl;
import java.util.concurrent.Executor;

/**
 * What the methods of a server have in common. Thread-safe, as its parts are.
 *
 * @param threads gives each call one of its own
 */
public record UnaryCalls(Telemetry telemetry, Admission admission, AccessControl access, Executor threads) {}
