package dev.sluice.server.relay;

import dev.sluice.logging.LogContext;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import dev.sluice.posix.WakeDescriptor;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients here whose exports other pods have, each on a platform thread of its own once it has
 * its export. Thread-safe.
 */
public final class Relays implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Relays.class);

  private static final int CONNECTS_WITHIN_MILLIS = 2000;

  private final Elsewhere elsewhere;
  private final Consumer<Bootstrap> socketOptions;
  private final int most;
  private final AtomicInteger places = new AtomicInteger();
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private final AtomicLong started = new AtomicLong();

  /** Guarded by this; there is none before the first relay, and none after the end. */
  private @Nullable WakeDescriptor stop;

  /**
   * None yet.
   *
   * @param socketOptions what the sockets of connections to other pods need
   */
  public Relays(Elsewhere elsewhere, Consumer<Bootstrap> socketOptions) {
    this.elsewhere = elsewhere;
    this.socketOptions = socketOptions;
    this.most = elsewhere.maxRelays();
  }

  /** One of the places that there are for such clients, until it is left. */
  public final class Seat {

    private final AtomicBoolean taken = new AtomicBoolean(true);

    private Seat() {}

    /** Leaves it; more often is the same. */
    public void leave() {
      if (taken.getAndSet(false)) {
        places.decrementAndGet();
      }
    }
  }

  /** A place for one more client, or nothing if there is none. */
  public Optional<Seat> takeSeat() {
    int before = places.getAndUpdate(count -> count < most ? count + 1 : count);
    return before < most ? Optional.of(new Seat()) : Optional.empty();
  }

  /** How many clients there are, with those that are still in the handshake. */
  public int count() {
    return places.get();
  }

  /** How many there may be. */
  public int limit() {
    return most;
  }

  /** Connects to the pod that has an export, on the client's event loop. */
  public OwnerConnection connect(
      EventLoop loop,
      Place place,
      Terms terms,
      @Nullable InetAddress client,
      @Nullable ByteBuffer contexts) {
    OwnerConnection connection = new OwnerConnection(elsewhere, place, terms, client, contexts);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(EpollSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECTS_WITHIN_MILLIS)
            .option(ChannelOption.TCP_NODELAY, true);
    socketOptions.accept(bootstrap);
    connection.connect(bootstrap);
    return connection;
  }

  /**
   * Passes on what comes from now on.
   *
   * @param client a descriptor of the client's socket, which is owned here whatever comes of it
   * @param fromClient what was read of it already
   * @param granted where transmission follows
   * @param ended what is called once, when it is over; not if this throws
   * @throws ErrnoException when the connection to the owner has ended
   * @throws OutOfMemoryError when there can be no more threads
   */
  public void start(int client, byte[] fromClient, OwnerConnection granted, Runnable ended)
      throws ErrnoException {
    Relay relay = relay(client, fromClient, granted);
    boolean begun = false;
    try {
      start(relay, granted.place(), ended);
      begun = true;
    } finally {
      if (!begun) {
        relay.close(true);
      }
    }
  }

  private static Relay relay(int client, byte[] fromClient, OwnerConnection granted)
      throws ErrnoException {
    try {
      return new Relay(client, fromClient, granted.duplicate(), granted.readAlready());
    } catch (ErrnoException e) {
      Posix.close(client);
      throw e;
    }
  }

  private void start(Relay relay, Place place, Runnable ended) throws ErrnoException {
    int stopping = stopDescriptor();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("nbd-relay-" + started.incrementAndGet())
            .unstarted(() -> run(relay, place, stopping, ended));
    synchronized (running) { // so that nobody joins a thread that has not started
      running.add(thread);
      try {
        thread.start();
      } catch (OutOfMemoryError e) { // no thread can be created
        running.remove(thread);
        throw e;
      }
    }
  }

  private void run(Relay relay, Place place, int stopping, Runnable ended) {
    try (LogContext _ = LogContext.of(place.export())) {
      log.debug("A client is passed on to {}", place.owner());
      relay.run(stopping);
      log.debug("A client that was passed on to {} has left", place.owner());
    } finally {
      ended.run();
      running.remove(Thread.currentThread());
    }
  }

  private synchronized int stopDescriptor() throws ErrnoException {
    if (stop == null) {
      stop = new WakeDescriptor();
    }
    return stop.number();
  }

  /** Waits until all clients that are passed on now have left, but not longer than this. */
  public void awaitEnd(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    List<Thread> now;
    synchronized (running) {
      now = List.copyOf(running);
    }
    for (Thread thread : now) {
      long left = deadline - System.nanoTime();
      if (left <= 0 || !thread.join(Duration.ofNanos(left))) {
        return;
      }
    }
  }

  /** Breaks all connections that are left. */
  @Override
  public void close() {
    WakeDescriptor ending;
    synchronized (this) {
      ending = stop;
      stop = null;
    }
    if (ending == null) {
      return;
    }
    ending.signal();
    try {
      awaitEnd(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ending.close();
  }
}
