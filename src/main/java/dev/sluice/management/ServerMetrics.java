package dev.sluice.management;

import dev.sluice.nbd.transmission.Command;
import dev.sluice.nbd.transmission.NbdError;
import dev.sluice.server.ServerObserver;
import dev.sluice.server.handshake.HandshakeFailure;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Meters of NBD connections and requests. All are registered at the start. */
@Component
final class ServerMetrics implements ServerObserver {

  private final Map<HandshakeFailure, Counter> failures = new EnumMap<>(HandshakeFailure.class);
  private final Map<Command, Timer> requests = new EnumMap<>(Command.class);
  private final Timer otherRequests;
  private final Map<NbdError, Counter> errors = new EnumMap<>(NbdError.class);

  ServerMetrics(MeterRegistry registry) {
    for (HandshakeFailure reason : HandshakeFailure.values()) {
      failures.put(
          reason,
          Counter.builder("sluice.handshake.failures")
              .description("Connections that ended without an export")
              .tag("reason", Tags.of(reason))
              .register(registry));
    }
    otherRequests = requests("other", registry);
    for (Command command : Command.values()) {
      // DISC gets no reply, and RESIZE is never served, so they have no timers of their own.
      boolean served = command != Command.DISC && command != Command.RESIZE;
      requests.put(command, served ? requests(Tags.of(command), registry) : otherRequests);
    }
    for (NbdError error : NbdError.values()) {
      if (error != NbdError.SUCCESS) {
        errors.put(
            error,
            Counter.builder("sluice.request.errors")
                .description("Requests that were answered with an error")
                .tag("error", Tags.of(error))
                .register(registry));
      }
    }
  }

  private static Timer requests(String command, MeterRegistry registry) {
    return Timer.builder("sluice.requests")
        .description("Requests, from the header's arrival until the reply was sent")
        .tag("command", command)
        .register(registry);
  }

  @Override
  public void handshakeFailed(HandshakeFailure reason) {
    Tags.get(failures, reason).increment();
  }

  @Override
  public void requestServed(@Nullable Command command, NbdError error, long nanos) {
    Timer timer = command == null ? otherRequests : Tags.get(requests, command);
    timer.record(nanos, TimeUnit.NANOSECONDS);
    if (error != NbdError.SUCCESS) {
      Tags.get(errors, error).increment();
    }
  }
}
