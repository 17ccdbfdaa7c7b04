package dev.sluice.access.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.Valve;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StrangersValveTest {

  private static final int MANY = 1000;

  /** What serves the requests, once it may. */
  private static final class Server extends ValveBase {
    private final AtomicInteger reached = new AtomicInteger();
    private final Semaphore may = new Semaphore(0);

    @Override
    public void invoke(Request request, Response response) {
      reached.incrementAndGet();
      may.acquireUninterruptibly();
    }
  }

  private final Server server = new Server();

  private static StrangersValve before(Valve next) {
    return before(next, Duration.ofHours(1));
  }

  private static StrangersValve before(Valve next, Duration patience) {
    StrangersValve valve = new StrangersValve(request -> !request.isSecure(), patience);
    valve.setNext(next);
    return valve;
  }

  private static Thread send(StrangersValve valve, boolean known) {
    Request request = new Request(new Connector(), new org.apache.coyote.Request());
    request.setSecure(known);
    return send(valve, request, new Response(new org.apache.coyote.Response()));
  }

  private static Thread send(StrangersValve valve, Request request, Response response) {
    return Thread.startVirtualThread(
        () -> {
          try {
            valve.invoke(request, response);
          } catch (IOException | ServletException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** A stranger's request, whose response this is. */
  private static Response send(StrangersValve valve) {
    Response response = new Response(new org.apache.coyote.Response());
    send(valve, new Request(new Connector(), new org.apache.coyote.Request()), response);
    return response;
  }

  private static void awaitWaiting(Thread thread) {
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
  }

  @AfterEach
  void letAllGo() {
    server.may.release(MANY);
  }

  @Test
  void strangersTakeTurnsAndOthersPass() {
    StrangersValve valve = before(server);
    send(valve, false);
    send(valve, false);
    await().until(() -> server.reached.get() == 2);
    Thread third = send(valve, false);
    awaitWaiting(third);

    send(valve, true);
    await().until(() -> server.reached.get() == 3);
    awaitWaiting(third);

    server.may.release(3);
    await().until(() -> server.reached.get() == 4);
  }

  @Test
  void whoeverComesWhileManyWaitIsToldToComeLater() {
    StrangersValve valve = before(server);
    for (int i = 0; i < 2; i++) {
      send(valve, false);
    }
    await().until(() -> server.reached.get() == 2);
    for (int i = 0; i < 32; i++) {
      awaitWaiting(send(valve, false));
    }

    Response told = send(valve);
    await().until(() -> told.getStatus() == 503);
    assertThat(told.getHeader("Retry-After")).isEqualTo("1");
    assertThat(told.getHeader("Connection")).isEqualTo("close");

    server.may.release(2 + 32);
    await().until(() -> server.reached.get() == 2 + 32);
    send(valve, false);
    await().until(() -> server.reached.get() == 2 + 32 + 1);
  }

  @Test
  void aTurnEndsWithAFailureToo() throws InterruptedException {
    StrangersValve valve =
        before(
            new ValveBase() {
              @Override
              public void invoke(Request request, Response response) {
                throw new IllegalStateException("it fails");
              }
            });
    for (int i = 0; i < 3; i++) {
      Thread failing = send(valve, false);
      failing.join();
    }

    valve.setNext(server);
    send(valve, false);
    await().until(() -> server.reached.get() == 1);
  }

  @Test
  void whoeverHasWaitedForLongGoesOn() {
    StrangersValve valve = before(server, Duration.ofMillis(1));
    for (int i = 0; i < 4; i++) {
      send(valve, false);
    }
    await().until(() -> server.reached.get() == 4);
  }
}
