package dev.sluice.server;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Starts and stops the NBD listener with the application. */
@Component
public class NbdServerLifecycle implements SmartLifecycle {

  private final NbdServer server;

  NbdServerLifecycle(NbdServer server) {
    this.server = server;
  }

  @Override
  public void start() {
    server.start();
  }

  @Override
  public void stop() {
    server.stop();
  }

  @Override
  public boolean isRunning() {
    return server.isListening();
  }
}
